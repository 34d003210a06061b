"""How automatic metrics go with people's scores: correlations on each criterion, with intervals."""

import shlex
from collections.abc import Iterator, Sequence

from pipeline.cli.wording import many
from pipeline.metrics.known import KNOWN
from pipeline.metrics.of_study import WithPeople
from pipeline.report.cells import interval_cell, two_places
from pipeline.report.context import Context
from pipeline.report.document.blocks import (
    Block,
    Cell,
    Column,
    Dot,
    Dots,
    Group,
    Heading,
    Paragraph,
    Picture,
    Source,
    Table,
)
from pipeline.report.sources import pointer
from pipeline.stats.correlation.with_people import Three

COEFFICIENTS = {"spearman": "Spearman", "kendall": "Kendall's tau-b", "pearson": "Pearson"}
CORRELATIONS = "How automatic metrics go with people's scores"
WITHIN, POOLED = "within", "pooled"


def blocks(context: Context, found: Sequence[WithPeople]) -> Iterator[Block]:
    """Yield the part of a rating study, or remember why there is none."""
    if context.known.study.kind != "rating":
        return
    if not any(each.correlation.n for each in found):
        why = "no answer has both a score by people and one by a metric"
        context.lacks(CORRELATIONS, why, "cbt score --system NAME --reference NAME")
        return
    yield Heading("metrics-and-people", "Automatic metrics beside people's scores", level=3)
    several = max(each.correlation.systems for each in found) > 1
    yield Paragraph(_about(several=several))
    told = {
        criterion: [each for each in found if each.criterion == criterion]
        for criterion in context.criteria
    }
    yield _picture(context, told, WITHIN if several else POOLED)
    for criterion, of in told.items():
        yield _table(context, criterion, of)


def _about(*, several: bool) -> str:
    mean = (
        "Each answer's value by a metric is held against the mean of all scores that people gave"
        " it, repeats and calibration items left out."
    )
    if not several:
        return mean
    return (
        f"{mean} Over all answers together, a metric also correlates with people where it only"
        " tells one system from another. Within systems it has to tell a system's better answers"
        " from its worse ones: each system's coefficient is worked out by itself, and their mean is"
        " given."
    )


def _table(context: Context, criterion: str, found: Sequence[WithPeople]) -> Table:
    groups = [Group(tuple(tuple(_row(context, each, POOLED)) for each in found), "All answers")]
    if any(each.correlation.within.spearman.code != "one_system" for each in found):
        rows = tuple(tuple(_row(context, each, WITHIN)) for each in found)
        groups.insert(0, Group(rows, "Within systems"))
    return Table(
        f"metrics-{criterion}",
        f"{context.name(criterion)}: correlations of automatic metrics with people's scores",
        (
            Column("metric", text=True),
            *(
                Column(heading, (name, f"{name}_low", f"{name}_high"))
                for name, heading in COEFFICIENTS.items()
            ),
            Column("n"),
        ),
        tuple(groups),
        notes=tuple(_notes(found)),
    )


def _row(context: Context, each: WithPeople, scope: str) -> Iterator[Cell]:
    yield Cell(each.scores.title)
    for name in COEFFICIENTS:
        yield interval_cell(_told(context, each, scope, name), two_places)
    yield Cell(f"{each.correlation.n:,}", (each.correlation.n,))


def _three(each: WithPeople, scope: str) -> Three:
    return each.correlation.within if scope == WITHIN else each.correlation.pooled


def _told(context: Context, each: WithPeople, scope: str, name: str) -> Source:
    estimate = getattr(_three(each, scope), name)
    study = context.known.study.name
    ways = list(dict.fromkeys(one.scores.way for one in context.findings.metrics.with_people))
    at = ("metrics", ways.index(each.scores.way), "criteria", each.criterion, scope, name, "value")
    where = "within systems" if scope == WITHIN else "over all answers"
    source = Source(
        id=f"metrics.{each.criterion}.{each.scores.id}.{scope}.{name}",
        about=f"{COEFFICIENTS[name]} of {each.scores.title} and {each.criterion} {where}",
        value=estimate.value,
        command=shlex.join(["cbt", "results", "--study", study, "--metrics", "--json"]),
        at=pointer(at),
        low=estimate.low,
        high=estimate.high,
        level=estimate.level,
        method=f"{each.scores.way.signature}; {estimate.method}",
        n=each.correlation.n,
        code=estimate.code or "",
        reason=estimate.reason or "",
    )
    context.sources.told[source.id] = source
    return source


def _notes(found: Sequence[WithPeople]) -> Iterator[str]:
    estimates = [each.correlation.pooled.spearman for each in found]
    for method in dict.fromkeys(each.method for each in estimates if each.low is not None):
        yield f"In brackets the {100 * estimates[0].level:g}% interval: {method}."
    yield (
        "n is the number of answers that have both. Nothing is tested here, and no interval is"
        " adjusted for how many there are."
    )
    yield (
        "People's mean of few scores is itself uncertain, so that no metric can reach 1; this is"
        " not corrected."
    )
    if any(KNOWN[each.scores.way.metric].whole == "bleu" for each in found):
        yield (
            "One answer's BLEU is sentence BLEU with effective order (eff:yes), rougher than that"
            " of all answers."
        )
    systems = max(each.correlation.systems for each in found)
    for each in found:
        if each.without:
            yield (
                f"{each.scores.title}: {many(each.without, 'answer')} that people scored have no"
                " value by it."
            )
        if 0 < each.correlation.systems < systems:
            left = many(each.correlation.systems, "system")
            yield f"{each.scores.title}: the mean within systems is over {left} only."


def _picture(context: Context, told: dict[str, list[WithPeople]], scope: str) -> Picture:
    where = "within systems" if scope == WITHIN else "over all answers"
    panels = tuple(
        Dots(
            context.name(criterion),
            "Spearman",
            tuple(_dot(each, scope) for each in found),
            at=0.0,
            limits=(-1.0, 1.0),
        )
        for criterion, found in told.items()
    )
    return Picture(
        "metrics-people",
        f"Rank correlations of automatic metrics with people's scores, {where}",
        "; ".join(f"{panel.title}: {_read(panel)}" for panel in panels),
        panels,
    )


def _dot(each: WithPeople, scope: str) -> Dot:
    found = _three(each, scope).spearman
    return Dot(each.scores.title, found.value, found.low, found.high, two_places(found.value))


def _read(panel: Dots) -> str:
    return ", ".join(f"{dot.name} {dot.note}" for dot in panel.dots)
