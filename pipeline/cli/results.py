"""`cbt results`: each system's means, intervals and shares on each criterion."""

from collections.abc import Iterator
from typing import Any

import click

from pipeline.cli.columns import aligned
from pipeline.cli.command import Command, common_options, opened, show
from pipeline.cli.estimates import interval_heading
from pipeline.results import Results, ResultsOf, SystemMean, run


@click.command(cls=Command)
@common_options
@click.option("--study", required=True, metavar="NAME", help="The study.")
@click.option("--group", metavar="GROUP", help="Only raters of this group, for example therapist.")
def results(study: str, group: str | None, database: str | None, as_json: bool) -> None:
    """Show each system's mean score on each criterion, as in the paper's Table 5.

    Reads the newest judgement of every assignment, and changes nothing. Repeats and calibration
    items are left out, missing scores are counted. The intervals hold for these raters, with the
    questions as a sample of others. Systems appear by code until 'cbt study unblind'.
    """
    found = run(opened(database), ResultsOf(study=study, group=group))
    show(_as_object(found), _lines(found), as_json=as_json)


def _as_object(found: Results) -> dict[str, Any]:
    return {
        "study": found.study,
        "group": found.group,
        "status": found.status,
        "unblinded": found.unblinded,
        **vars(found.scored),
        "assigned": vars(found.assigned),
        "left_out": {"repeats": found.repeats, "calibration": found.calibration},
        "criteria": {
            criterion: {"systems": [_system_object(each) for each in systems]}
            for criterion, systems in found.criteria.items()
        },
    }


def _system_object(each: SystemMean) -> dict[str, Any]:
    mean = each.mean
    refused = {"code": mean.code, "reason": mean.reason} if mean.code else {}
    return {
        "system": each.system,
        "n": mean.n,
        "items": each.items,
        "questions": mean.questions,
        "mean": mean.value,
        "value": mean.value,
        "low": mean.low,
        "high": mean.high,
        "level": mean.level,
        "method": mean.method,
        "share": {str(value): share for value, share in mean.share.items()},
        "missing": each.missing,
        "left_out": {"repeats": each.repeats, "calibration": each.calibration},
    } | refused


def _lines(found: Results) -> Iterator[str]:
    criteria = found.criteria
    of_group = f" (group {found.group})" if found.group else ""
    counts = ", ".join(
        f"{name} {_of(count, getattr(found.assigned, name))}"
        for name, count in vars(found.scored).items()
    )
    yield f"study {found.study}: {counts}{of_group}"
    yield ""
    systems = [each.system for each in next(iter(criteria.values()))]
    table = [["mean", *criteria]]
    table += [
        [system, *(_places(means[row].mean.value) for means in criteria.values())]
        for row, system in enumerate(systems)
    ]
    yield from aligned(table)
    for criterion, means in criteria.items():
        yield ""
        yield from aligned([_heading(criterion, means), *map(_row, means)])
    yield ""
    yield from _notes(found)


def _of(count: int, assigned: int) -> str:
    return f"{count:,}" if count == assigned else f"{count:,} of {assigned:,} assigned"


def _heading(criterion: str, means: list[SystemMean]) -> list[str]:
    first = means[0].mean
    shares = [f"share {value}" for value in first.share]
    return [criterion, "n", "mean", interval_heading(first.level), *shares, "missing"]


def _row(each: SystemMean) -> list[str]:
    mean = each.mean
    interval = "-" if mean.low is None else f"{_places(mean.low)} to {_places(mean.high)}"
    shares = ["-" if share is None else f"{share:.1%}" for share in mean.share.values()]
    return [
        each.system,
        f"{mean.n:,}",
        _places(mean.value),
        interval,
        *shares,
        f"{each.missing:,}",
    ]


def _places(value: float | None) -> str:
    return "-" if value is None else f"{value:z.3f}"


def _notes(found: Results) -> Iterator[str]:
    means = [each for systems in found.criteria.values() for each in systems]
    yield (
        f"n counts scores of newest judgements; intervals ({means[0].mean.method}):"
        " for these raters, the questions as a sample"
    )
    for reason in dict.fromkeys(each.mean.reason for each in means if each.mean.reason):
        yield f'"-" stands where {reason}'
    if found.repeats or found.calibration:
        judgements = "judgement" if found.repeats == 1 else "judgements"
        yield (
            f"left out: {found.repeats:,} {judgements} of repeats,"
            f" {found.calibration:,} of calibration items"
        )
    if any(_leaves_the_scale(each) for each in means):
        yield "an interval that leaves the scale rests on too few questions to be used"
    if found.status == "open":
        yield "the study is still open: these figures are preliminary"
    if not found.unblinded:
        yield "until 'cbt study unblind', systems are shown by code"
    yield "for research only: the answers are by models, not by professionals"


def _leaves_the_scale(each: SystemMean) -> bool:
    low, high, scale = each.mean.low, each.mean.high, list(each.mean.share)
    return low is not None and high is not None and not scale[0] <= low <= high <= scale[-1]
