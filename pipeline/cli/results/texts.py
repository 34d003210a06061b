"""Say how systems did and how they compare: to a person, and as tables for LaTeX."""

from collections.abc import Iterator, Sequence

from pipeline.cli import latex
from pipeline.cli.columns import aligned
from pipeline.cli.estimates import (
    NONE,
    interval,
    interval_heading,
    percent,
    places,
    probability,
)
from pipeline.cli.model_texts import model_rows
from pipeline.cli.results.notes import notes
from pipeline.cli.wording import many
from pipeline.comparing.cells import CellMean
from pipeline.comparing.differences import Difference
from pipeline.results import CriterionResults, Rank, Results
from pipeline.stats.resampling.intervals import Estimate
from pipeline.stats.systems.signflip import EXACT

PAIRS_SHOWN = 45  # those of ten systems


def lines(found: Results) -> Iterator[str]:
    yield _extent(found)
    yield ""
    yield from aligned(_table_5(found))
    for criterion, each in found.criteria.items():
        yield ""
        if not any(system.n for system in each.systems):
            missing = sum(system.missing for system in each.systems)
            yield f"{criterion}: nobody has given a score, {missing:,} missing"
            continue
        yield from aligned(_systems(criterion, each, found))
        yield from _differences(criterion, each, found)
        if each.model is not None:
            yield ""
            head = [f"{criterion}: model", "log odds", interval_heading(found.plan.level), "p"]
            rows = model_rows(each.model, systems=found.systems, raters=found.raters)
            yield from aligned([head, *rows])
    for criterion, each in found.criteria.items() if found.groups else ():
        if not any(system.n for system in each.systems):
            continue
        yield ""
        yield from aligned(_groups(criterion, found), left=3)
    yield ""
    yield from notes(found)


def _extent(found: Results) -> str:
    of_group = f" (group {found.group})" if found.group else ""
    counts = ", ".join(
        f"{name} {_of(count, getattr(found.assigned, name))}"
        for name, count in vars(found.scored).items()
    )
    return f"study {found.study}: {counts}{of_group}"


def _of(count: int, assigned: int) -> str:
    return f"{count:,}" if count == assigned else f"{count:,} of {assigned:,} assigned"


def _table_5(found: Results) -> list[list[str]]:
    return [
        ["mean", *found.criteria],
        *(
            [system, *(places(each.systems[row].mean.value) for each in found.criteria.values())]
            for row, system in enumerate(found.systems)
        ),
    ]


def _systems(criterion: str, of: CriterionResults, found: Results) -> list[list[str]]:
    shares = [f"share {value}" for value in of.systems[0].share]
    level = interval_heading(found.plan.level)
    rows = [[criterion, "n", "mean", level, *shares, "missing"]]
    rows += [[*_cell(each), f"{each.missing:,}"] for each in of.systems]
    if not of.ranks:
        return rows
    ranks = [["rank", "P(best)"], *map(_rank, of.ranks)]
    return [[*row, *rank] for row, rank in zip(rows, ranks, strict=True)]


def _cell(each: CellMean) -> list[str]:
    shares = [percent(share) for share in each.share.values()]
    return [each.system, f"{each.n:,}", places(each.mean.value), interval(each.mean), *shares]


def _rank(each: Rank) -> list[str]:
    rank = each.rank
    if rank.value is None:
        return [NONE, NONE]
    ends = "" if rank.low is None else f" ({rank.low:g} to {rank.high:g})"
    return [f"{rank.value:g}{ends}", places(each.p_best)]


def _differences(criterion: str, of: CriterionResults, found: Results) -> Iterator[str]:
    if not of.differences:
        return
    yield ""
    heading = ["mean difference", interval_heading(found.plan.level)]
    rows = [[f"{criterion}: pairs", *heading, "p", "p (Holm)", "net", "questions"]]
    rows += [[f"{each.a} − {each.b}", *_difference(each)] for each in of.differences[:PAIRS_SHOWN]]
    yield from aligned(rows)
    more = len(of.differences) - PAIRS_SHOWN
    if more > 0:
        yield f"… and {many(more, 'more pair')} (--json lists them all)"


def _difference(each: Difference) -> list[str]:
    return [
        places(each.estimate.value),
        interval(each.estimate),
        probability(each.p),
        probability(each.p_holm),
        places(each.net, 2),
        f"{each.n_pairs:,}",
    ]


def _groups(criterion: str, found: Results) -> list[list[str]]:
    level = interval_heading(found.plan.level)
    rows = [[f"{criterion} by group", "", "system", "n", "mean", level]]
    for group in found.groups:
        raters = many(group.raters, "rater")
        rows += [
            [str(group.group or "no group"), raters, *_cell(each)[:4]]
            for each in group.criteria[criterion]
        ]
    for each in found.group_differences[criterion]:
        name = " − ".join(group or "no group" for group in (each.a, each.b))
        asked = many(each.n_pairs, "question")
        figures = [places(each.estimate.value), interval(each.estimate)]
        rows.append([name, asked, each.system, "", *figures])
    return rows


def latex_tables(found: Results) -> Iterator[str]:
    """Yield Table 5 with its intervals, and the pairwise differences where there are any."""
    heading = ["", *found.criteria]
    rows = [
        [
            system,
            *(_with_interval(each.systems[row].mean) for each in found.criteria.values()),
        ]
        for row, system in enumerate(found.systems)
    ]
    yield from latex.table(heading, rows, caption=_caption(found), label="tab:results")
    if any(each.differences for each in found.criteria.values()):
        yield ""
        yield from _latex_differences(found)


def _latex_differences(found: Results) -> Iterator[str]:
    rows: list[Sequence[str]] = []
    for criterion, of in found.criteria.items():
        rows += [[]] if rows else []
        rows += [
            [
                f"{criterion}: {each.a} minus {each.b}",
                _with_interval(each.estimate),
                *_difference(each)[2:],
            ]
            for each in of.differences
        ]
    tests = dict.fromkeys(
        each.test for of in found.criteria.values() for each in of.differences if each.test
    )
    caption = (
        "Mean differences over questions with"
        f" {100 * found.plan.level:g}% intervals; p: {' or '.join(tests) or EXACT}, over"
        f" questions, and adjusted by Holm for the family of {many(found.family.tests, 'test')};"
        " net: wins minus losses by questions."
    )
    heading = ["", "difference", "p", "p (Holm)", "net", "questions"]
    yield from latex.table(heading, rows, caption=caption, label="tab:differences")


def _caption(found: Results) -> str:
    scored = found.scored
    return (
        f"Mean scores by {many(scored.raters, 'rater')} on {many(scored.questions, 'question')}"
        f" with {100 * found.plan.level:g}% intervals (bootstrap over questions, BCa,"
        f" {found.plan.resamples:,} resamples, seed {found.plan.seed}; raters held fixed)."
    )


def _with_interval(figure: Estimate) -> str:
    if figure.low is None:
        return places(figure.value)
    return f"{places(figure.value)} ({interval(figure)})"
