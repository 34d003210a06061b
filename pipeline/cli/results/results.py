"""`cbt results`: each system's means on each criterion, compared with the others'."""

import itertools
from pathlib import Path
from typing import Any

import click

from pipeline.cli import pictures
from pipeline.cli.command import Command, common_options, opened, show
from pipeline.cli.estimates import as_object as figure_object
from pipeline.cli.model_texts import model_object
from pipeline.cli.results import texts, with_metrics
from pipeline.cli.results.notes import notes
from pipeline.cli.results.picture import draw
from pipeline.comparing.cells import CellMean
from pipeline.comparing.differences import Difference
from pipeline.figures import check_ending
from pipeline.metrics import of_study
from pipeline.results import CriterionResults, Rank, Results, ResultsOf, SystemMean, run
from pipeline.stats.resampling.intervals import Estimate


@click.command(cls=Command)
@common_options
@click.option("--study", required=True, metavar="NAME", help="The study.")
@click.option("--group", metavar="GROUP", help="Only raters of this group, for example therapist.")
@click.option(
    "--model", is_flag=True, help="Also fit the mixed model of each criterion (takes seconds)."
)
@click.option(
    "--metrics",
    is_flag=True,
    help="Also how the automatic scores of 'cbt score' go with these (takes seconds).",
)
@click.option(
    "--picture",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Also draw means and differences, as .svg, .png or .pdf.",
)
@click.option("--latex", "as_latex", is_flag=True, help="Print the tables for LaTeX.")
def results(
    *,
    study: str,
    group: str | None,
    model: bool,
    metrics: bool,
    picture: Path | None,
    as_latex: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Show each system's mean score on each criterion, as in the paper's Table 5, and compare them.

    Reads the newest judgement of every assignment, and changes nothing. Repeats and calibration
    items are left out, missing scores are counted. Systems appear by code until 'cbt study
    unblind'.

    Shows n, means and shares with bootstrap intervals over questions (the raters held fixed), all
    pairwise differences with an exact sign-flip test, adjusted by Holm over the study's frozen
    family, ranks, and groups of raters beside each other.
    """
    if picture:
        check_ending(picture)
    store = opened(database)
    found = run(store, ResultsOf(study=study, group=group, model=model))
    beside = of_study.read(store, study=study, group=group) if metrics else []
    if picture:
        pictures.write(picture, lambda path: draw(path, found))
    latex = "\n".join(texts.latex_tables(found)) if as_latex else None
    result = as_object(found) | ({"latex": latex} if latex else {})
    result |= {"metrics": with_metrics.as_objects(beside)} if metrics else {}
    lines = itertools.chain(with_metrics.lines(beside), texts.lines(found))
    show(result, [latex] if latex else lines, as_json=as_json)


def as_object(found: Results) -> dict[str, Any]:
    return {
        "study": found.study,
        "group": found.group,
        "status": found.status,
        "unblinded": found.unblinded,
        **vars(found.scored),
        "assigned": vars(found.assigned),
        "left_out": {"repeats": found.repeats, "calibration": found.calibration},
        "analysis": vars(found.plan),
        "family": vars(found.family) | {"method": "Holm"},
        "criteria": {name: _criterion(each, found) for name, each in found.criteria.items()},
        "groups": [
            {
                "group": each.group,
                "raters": each.raters,
                "descriptive_only": each.descriptive_only,
                "criteria": {
                    criterion: {"systems": [_cell(cell) for cell in cells]}
                    for criterion, cells in each.criteria.items()
                },
            }
            for each in found.groups
        ],
        "group_differences": {
            criterion: [
                {"a": each.a, "b": each.b, "system": each.system, "n_pairs": each.n_pairs}
                | figure_object(each.estimate)
                for each in differences
            ]
            for criterion, differences in found.group_differences.items()
        },
        "notes": list(notes(found)),
    }


def _criterion(each: CriterionResults, found: Results) -> dict[str, Any]:
    of: dict[str, Any] = {
        "systems": [_system(system) for system in each.systems],
        "differences": [_difference(difference) for difference in each.differences],
        "ranks": [_rank(rank) for rank in each.ranks],
    }
    if each.model is not None:
        of |= {"model": model_object(each.model, systems=found.systems, raters=found.raters)}
    return of


def _system(each: SystemMean) -> dict[str, Any]:
    left_out = {"repeats": each.repeats, "calibration": each.calibration}
    return _cell(each) | {"missing": each.missing, "left_out": left_out}


def _cell(each: CellMean) -> dict[str, Any]:
    return {
        "system": each.system,
        "n": each.n,
        "items": each.items,
        "questions": each.questions,
        "mean": each.mean.value,
        **_figure(each.mean),
        "share": {str(value): share for value, share in each.share.items()},
    }


def _figure(estimate: Estimate) -> dict[str, Any]:
    """Return the contract's interval with all its keys, also where there is no figure."""
    ends = {"low": estimate.low, "high": estimate.high}
    return ends | {"level": estimate.level, "method": estimate.method} | figure_object(estimate)


def _difference(each: Difference) -> dict[str, Any]:
    why = each.no_p_holm
    return {
        "a": each.a,
        "b": each.b,
        **_figure(each.estimate),
        "p": each.p,
        "p_holm": each.p_holm,
        **({"no_p_holm": {"code": why.code, "reason": why.reason}} if why else {}),
        "test": each.test,
        "n_pairs": each.n_pairs,
        "wins": each.wins,
        "losses": each.losses,
        "ties": each.ties,
        "net": each.net,
        "difference_of_means": each.of_means,
        "balanced": each.balanced,
        "even": each.even,
    }


def _rank(each: Rank) -> dict[str, Any]:
    return {
        "system": each.system,
        **_figure(each.rank),
        "mean_rank": each.mean,
        "p_best": each.p_best,
    }
