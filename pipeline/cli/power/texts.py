"""Say what a planned study reaches: as lines, as JSON, and as a table for LaTeX."""

from collections.abc import Iterator
from typing import Any

from pipeline.cli import latex
from pipeline.cli.columns import aligned
from pipeline.cli.estimates import NONE, interval, interval_heading, places
from pipeline.cli.estimates import as_object as figure_object
from pipeline.cli.planning_texts import about
from pipeline.cli.wording import RESEARCH_ONLY, many
from pipeline.power import Cell, Planned, ToFind, ToKnow, ToNarrow
from pipeline.stats.planning.components import METHOD, implied

OF = {"mean": "a system's mean", "difference": "a difference of two systems", "alpha": "alpha"}
PARTS = {
    "item": "item",
    "item_system": "item × system",
    "rater": "rater",
    "item_rater": "item × rater",
    "residual": "residual",
}
ALIKE = {
    "answer": "of the same answer",
    "question": "of two systems' answers to a question",
    "rater": "by the same rater",
    "rater_and_question": "by the same rater on a question",
}
FEW = 30  # questions


def as_object(found: Planned) -> dict[str, Any]:
    figure = _figure_name(found)
    smallest, larger = found.smallest, found.larger
    return {
        "goal": _goal_object(found),
        "systems": found.systems,
        "level": found.how.level,
        "comparisons": found.how.comparisons,
        "alpha": found.how.alpha,
        "simulations": found.how.simulations,
        "seed": found.how.seed,
        "drawn_from": _population_object(found),
        "designs": [
            _design(cell) | {figure: figure_object(cell.figure), "reached": _reached(found, cell)}
            for cell in found.cells
        ],
        "smallest": None if smallest is None else _design(smallest),
        "larger": None if larger is None else vars(larger),
    }


def _reached(found: Planned, cell: Cell) -> bool | None:
    return None if isinstance(found.goal, ToKnow) else cell.reached


def _design(cell: Cell) -> dict[str, Any]:
    return {**vars(cell.design), "judgements": cell.judgements}


def _figure_name(found: Planned) -> str:
    if isinstance(found.goal, ToFind):
        return "power"
    return "half_width" if isinstance(found.goal, ToNarrow) else "detectable"


def _goal_object(found: Planned) -> dict[str, Any]:
    kind = {"power": "difference", "half_width": "width"}
    name = _figure_name(found)
    return {"wish": kind.get(name, name), **vars(found.goal)}


def _population_object(found: Planned) -> dict[str, Any]:
    population, study = found.population, found.study
    about: dict[str, Any] = {
        "levels": list(population.levels),
        "shares": {
            str(level): share
            for level, share in zip(population.levels, population.shares, strict=True)
        },
        "deviations": vars(population.deviations),
        "correlations": vars(implied(population)),
    }
    if study is None:
        return {"study": None, "method": "assumed", **about}
    fitted = study.fitted
    return {
        "study": study.study,
        "criterion": study.criterion,
        "status": study.status,
        "method": METHOD,
        **about,
        "observed_correlations": vars(fitted.alike),
        "at_zero": list(fitted.at_zero),
        "scores": fitted.scores,
        "questions": fitted.questions,
        "systems": fitted.systems,
        "raters": fitted.raters,
    }


def lines(found: Planned) -> Iterator[str]:
    yield wish(found)
    yield ""
    yield from aligned([_heading(found), *_rows(found)])
    yield ""
    yield from _answer(found)
    yield from _drawn_from(found)
    yield from _notes(found)


def wish(found: Planned) -> str:
    goal = found.goal
    if isinstance(goal, ToFind):
        return f"power to find a difference of {goal.difference:g} in mean score"
    if isinstance(goal, ToNarrow):
        return f"± of the {interval_heading(found.how.level)} of {OF[goal.of]}, as expected"
    return f"difference in mean score that is found with power {goal.power:g}"


def aim(found: Planned) -> float | None:
    """Return the figure that a design is to reach."""
    if isinstance(found.goal, ToFind):
        return found.goal.power
    return found.goal.half_width if isinstance(found.goal, ToNarrow) else None


def _heading(found: Planned) -> list[str]:
    return ["items", *(many(raters, "rater") for raters in _raters(found))]


def _raters(found: Planned) -> list[int]:
    return sorted({cell.design.raters for cell in found.cells})


def _rows(found: Planned) -> Iterator[list[str]]:
    by_design = {(cell.design.items, cell.design.raters): cell for cell in found.cells}
    for items in sorted({cell.design.items for cell in found.cells}):
        yield [f"{items:,}", *(_cell(found, by_design[items, each]) for each in _raters(found))]


def _cell(found: Planned, cell: Cell) -> str:
    if cell.figure.value is None:
        return NONE
    # That of a width is far below what anybody plans by; --json has it.
    noise = "" if isinstance(found.goal, ToNarrow) else f" ({interval(cell.figure)})"
    return f"{places(cell.figure.value)}{noise}{'*' if cell.reached else ''}"


def _answer(found: Planned) -> Iterator[str]:
    """Yield which design reaches the goal, or about which one would."""
    goal, smallest, larger = found.goal, found.smallest, found.larger
    for reason in dict.fromkeys(c.figure.reason for c in found.cells if c.figure.reason):
        yield f'"{NONE}" stands where {reason}'
    if isinstance(goal, ToKnow):
        return
    reaches = "power " if isinstance(goal, ToFind) else "± "
    reaches += f"{aim(found):g}"
    if smallest:
        design = smallest.design
        size = _size(design.items, design.raters, found.systems, smallest.judgements)
        yield f"* reaches {reaches}; the smallest that does: {size}"
    elif larger:
        items = about(larger.items)
        size = _size(items, larger.raters, found.systems, items * larger.raters * found.systems)
        yield f"none of these designs reaches {reaches}; about {size} would"
    else:
        yield f"none of these designs reaches {reaches}, and none tells how far it is"


def _size(items: int, raters: int, systems: int, judgements: int) -> str:
    parts = many(items, "item"), many(systems, "system"), many(raters, "rater")
    return f"{' × '.join(parts)} = {many(judgements, 'judgement')}"


def _drawn_from(found: Planned) -> Iterator[str]:
    population, study = found.population, found.study
    if study:
        of = study.fitted
        yield (
            f"drawn from what varies in {study.study} on {study.criterion} ({METHOD}):"
            f" {many(of.scores, 'score')} of {many(of.raters, 'rater')} on answers of"
            f" {many(of.systems, 'system')} to {many(of.questions, 'question')}"
        )
    else:
        yield "drawn from what is assumed, not measured; --study NAME takes it from a study"
    parts = ", ".join(f"{PARTS[name]} {sd:.3g}" for name, sd in vars(population.deviations).items())
    yield f"standard deviations on the latent scale: {parts}"
    shares = ", ".join(
        f"{level}: {share:.1%}"
        for level, share in zip(population.levels, population.shares, strict=True)
    )
    alike = ", ".join(
        f"{places(value, 2)} {ALIKE[name]}" for name, value in vars(implied(population)).items()
    )
    yield f"scores given: {shares}"
    yield f"their correlation: {alike}"


def _notes(found: Planned) -> Iterator[str]:
    how, study = found.how, found.study
    if isinstance(found.goal, ToNarrow):
        yield f"{found.cells[0].figure.method}; raters held fixed"
    else:
        yield f"{how.method}, raters held fixed; in brackets: the simulation's noise"
    if how.comparisons > 1 and not isinstance(found.goal, ToNarrow):
        yield (
            f"each test rejects at {1 - how.level:.3g} / {how.comparisons:,}, as if all"
            f" {how.comparisons:,} comparisons were the first in Holm's order: the worst case"
        )
    if study and study.fitted.at_zero:
        parts = ", ".join(PARTS[name] for name in study.fitted.at_zero)
        yield f"estimated below 0, so taken as 0: {parts}"
    if study and study.fitted.questions < FEW:
        yield f"fewer than {FEW} questions tell roughly what varies; so do few raters"
    if study and study.status == "open":
        yield "the study is still open: what varies in it is preliminary"
    yield RESEARCH_ONLY


def latex_lines(found: Planned) -> Iterator[str]:
    of = found.study
    source = f"the scores of {of.study} on {of.criterion}" if of else "assumed deviations"
    first = wish(found)
    noise = "" if isinstance(found.goal, ToNarrow) else "; in brackets the simulation's noise"
    reached = "; * reaches the goal" if found.smallest else ""
    caption = (
        f"{first[0].upper()}{first[1:]}, by items and raters ({many(found.systems, 'system')}),"
        f" simulated from {source}{noise}{reached}."
    )
    yield from latex.table(_heading(found), list(_rows(found)), caption=caption, label="tab:power")
