"""Say how the raters of a study score: to a person, and as tables for LaTeX."""

from collections.abc import Iterator

import numpy as np

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
from pipeline.cli.raters.notes import notes
from pipeline.cli.wording import many
from pipeline.raters import CriterionRaters, RaterInAll, RaterOn, RatersFound
from pipeline.stats.resampling.intervals import Estimate, Undefined

Rows = list[list[str]]


def lines(found: RatersFound, *, consensus: bool) -> Iterator[str]:
    of_group = f" of the group {found.group}" if found.group else ""
    criteria = "criterion" if len(found.asked) == 1 else "criteria"
    raters = many(len(found.names), "rater")
    yield f"study {found.study}: {raters}{of_group}, {len(found.asked)} {criteria}"
    yield ""
    yield from aligned(in_all(found), left=2)
    for name, each in found.criteria.items():
        for table in _tables(name, each, found, consensus=consensus):
            yield ""
            yield from aligned(table)
    yield ""
    yield from notes(found, consensus=consensus)


def _tables(
    name: str, each: CriterionRaters, found: RatersFound, *, consensus: bool
) -> Iterator[Rows]:
    yield scale(name, each)
    yield severity(name, each, found)
    if any(drift.n for on in each.raters for drift in on.habit.drifts):
        yield drift(name, each, found)
    if each.model is not None:
        yield model(name, each, found)
    if consensus:
        yield suggested(name, each, found)


def latex_tables(found: RatersFound) -> Iterator[str]:
    first, *rows = in_all(found)
    yield from latex.table(
        first, rows, caption=f"Raters of the study {found.study}", label="tab:raters"
    )
    for name, each in found.criteria.items():
        first, *rows = [
            [*of_scale, *of_severity[1:]]
            for of_scale, of_severity in zip(
                scale(name, each), severity(name, each, found), strict=True
            )
        ]
        yield from latex.table(
            first,
            rows,
            caption=f"Raters of the study {found.study} on {name}, against the others'"
            " scores for the same answers",
            label=f"tab:raters-{list(found.criteria).index(name) + 1}",
        )


def in_all(found: RatersFound) -> Rows:
    level = interval_heading(found.plan.level)
    head = ["rater", "group", "answers", "seconds", "quartiles", "fast"]
    head += ["halo", "others", "difference", level]
    return [head, *map(_in_all, found.raters)]


def _in_all(each: RaterInAll) -> list[str]:
    took, halo = each.pace, each.halo
    quartiles = f"{places(took.lower, 0)} to {places(took.upper, 0)}" if took.n else NONE
    fast = f"{took.fast:,} of {took.timed:,}" if took.timed else NONE
    pace = [places(took.median, 0), quartiles, fast]
    alike = [places(halo.own.value, 2), places(halo.others.value, 2)]
    answers = f"{each.judgements:,}"
    return [each.rater, each.group or NONE, answers, *pace, *alike, *_two(halo.difference)]


def scale(name: str, each: CriterionRaters) -> Rows:
    head = [name, "n", "missing", "mean", "sd", "others' sd", "most used", "others' use of it"]
    return [head, *(_scale(rater, each) for rater in each.raters)]


def _scale(each: RaterOn, of: CriterionRaters) -> list[str]:
    spread = each.spread
    most = NONE if spread.most is None else f"{of.levels[spread.most]}: {percent(spread.share)}"
    return [
        each.rater,
        f"{spread.n:,}",
        f"{each.missing:,}",
        places(spread.mean, 2),
        places(spread.deviation, 2),
        places(spread.others_deviation, 2),
        most,
        percent(spread.others_share),
    ]


def severity(name: str, each: CriterionRaters, found: RatersFound) -> Rows:
    level = interval_heading(found.plan.level)
    head = [name, "against others", level, "kappa with others", level, "same again"]
    return [head, *map(_severity, each.raters)]


def _severity(each: RaterOn) -> list[str]:
    own = each.with_themselves
    again = f"{percent(own.percent_agreement.value)} of {own.n:,}" if own.n else NONE
    return [each.rater, *_two(each.habit.difference), *_two(each.with_others.weighted), again]


def drift(name: str, each: CriterionRaters, found: RatersFound) -> Rows:
    level = interval_heading(found.plan.level)
    head = [f"{name}: drift", "first third", "middle", "last", "change", level]
    head += ["per 100 positions", level, "per day", level]
    rows = []
    for rater in each.raters:
        by_position, by_time = rater.habit.drifts
        thirds = [places(value, 2) for value in by_position.thirds]
        trends = [*_two(by_position.trend), *_two(by_time.trend)]
        rows.append([rater.rater, *thirds, *_two(by_position.change), *trends])
    common = [*_two(each.by_position), *_two(each.by_time)]
    return [head, *rows, ["all raters", *[""] * 5, *common]]


def model(name: str, each: CriterionRaters, found: RatersFound) -> Rows:
    head = [f"{name}: model", "log odds", interval_heading(found.plan.level), "p"]
    fitted = each.model
    if fitted is None or isinstance(fitted, Undefined):
        return [head, ["no model", fitted.reason if fitted else "", "", ""]]
    test = fitted.rater_test
    wanted = {rater.rater for rater in each.raters}
    rows = [
        [found.names[effect.place], *_two(effect.estimate), ""]
        for effect in fitted.raters
        if found.names[effect.place] in wanted
    ]
    return [head, *rows, ["all raters alike", "", "", probability(test.p if test else None)]]


def suggested(name: str, each: CriterionRaters, found: RatersFound) -> Rows:
    levels = [str(level) for level in each.levels]
    model = each.consensus
    head = [f"{name}: what is suggested", *levels]
    if isinstance(model, Undefined):
        return [head, [f"nothing: {model.reason}", *[""] * len(levels)]]
    rows = [["share of the answers", *map(percent, model.shares.tolist())]]
    if not model.converged:
        rows.append([f"not settled after {model.steps:,} steps", *[""] * len(levels)])
    wanted = {rater.rater for rater in each.raters}
    for place, rater in enumerate(found.names):
        if rater not in wanted:
            continue
        for level, row in zip(levels, model.confusion[place], strict=True):
            cells = [NONE if np.isnan(value) else percent(float(value)) for value in row]
            rows.append([f"where it is {level}, {rater} gives", *cells])
    return [head, *rows]


def _two(estimate: Estimate, digits: int = 2) -> list[str]:
    return [places(estimate.value, digits), interval(estimate, digits)]
