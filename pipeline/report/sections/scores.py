"""Table 5: the systems' mean scores on each criterion, with intervals, shares and pictures."""

from collections.abc import Iterator
from typing import Any

from pipeline.report.cells import NONE, interval_cell, interval_text, percent, places, value_cell
from pipeline.report.context import Context
from pipeline.report.document.blocks import (
    Bar,
    Bars,
    Block,
    Cell,
    Column,
    Dot,
    Dots,
    Group,
    Heading,
    Note,
    Picture,
    Source,
    Table,
)
from pipeline.report.sources import Finding

Criteria = dict[str, dict[str, Any]]


def blocks(context: Context) -> Iterator[Block]:
    """Yield the section of a rating study."""
    found = context.findings.results
    if not found.whole:
        return
    criteria: Criteria = found.whole["criteria"]
    means = {
        (criterion, place): _mean(context, found, criterion, place)
        for criterion, of in criteria.items()
        for place in range(len(of["systems"]))
    }
    yield Heading("scores", "Scores")
    yield _table_5(context, found, means)
    silent = [c for c, of in criteria.items() if not any(each["n"] for each in of["systems"])]
    for criterion in silent:
        yield Note(f"{context.name(criterion)}: nobody gave a score, so there is no figure of it.")
    yield from _pictures(context, criteria, means)
    for criterion in criteria:
        if criterion not in silent:
            yield _shares(context, found, criterion, means)


def _mean(context: Context, found: Finding, criterion: str, place: int) -> Source:
    each = found.whole["criteria"][criterion]["systems"][place]
    system = each["system"]
    return context.sources.figure(
        f"t5.{criterion}.{context.code(system)}.mean",
        f"mean {criterion} of {system}",
        found,
        ("criteria", criterion, "systems", place),
        rows=context.sources.rows(criterion=criterion, system=system),
        n=each["n"],
    )


def _table_5(context: Context, found: Finding, means: dict[tuple[str, int], Source]) -> Table:
    criteria: Criteria = found.whole["criteria"]
    first = next(iter(criteria.values()))["systems"]
    rows = tuple(
        (Cell(each["system"]), *(interval_cell(means[criterion, place]) for criterion in criteria))
        for place, each in enumerate(first)
    )
    columns = (
        Column(context.name(criterion), (criterion, f"{criterion}_low", f"{criterion}_high"))
        for criterion in criteria
    )
    return Table(
        "t5",
        "Mean scores of each system (Table 5 of the reference study)",
        (Column("system", text=True), *columns),
        (Group(rows),),
        notes=tuple(_notes(context, means)),
    )


def _notes(context: Context, means: dict[tuple[str, int], Source]) -> Iterator[str]:
    levels = {source.level for source in means.values() if source.level}
    methods = dict.fromkeys(source.method for source in means.values() if source.method)
    for level in sorted(levels):
        yield f"In brackets the {100 * level:g}% interval: {'; '.join(methods)}."
    scales = {tuple(level["value"] for level in c["levels"]) for c in context.criteria.values()}
    for scale in sorted(scales):
        yield f"The scale is from {scale[0]} to {scale[-1]}."


def _shares(
    context: Context, found: Finding, criterion: str, means: dict[tuple[str, int], Source]
) -> Table:
    systems = found.whole["criteria"][criterion]["systems"]
    levels = list(systems[0]["share"])

    def row(place: int, each: dict[str, Any]) -> Iterator[Cell]:
        code = context.code(each["system"])
        at = ("criteria", criterion, "systems", place)

        def figure(name: str, *where: str) -> Source:
            return context.sources.figure(
                f"t5.{criterion}.{code}.{name}",
                f"{name.replace('.', ' ')} of {each['system']}'s scores on {criterion}",
                found,
                (*at, *where),
                rows=context.sources.rows(criterion=criterion, system=each["system"]),
                n=each["n"],
            )

        yield Cell(each["system"])
        yield value_cell(figure("n", "n"), f"{each['n']:,}")
        mean = means[criterion, place]
        yield Cell(interval_text(mean), (mean.value, mean.low, mean.high), mean.id)
        for level in levels:
            share = figure(f"share.{level}", "share", level)
            yield value_cell(share, percent(share.value))
        yield value_cell(figure("missing", "missing"), f"{each['missing']:,}")

    return Table(
        f"t5-{criterion}",
        f"{context.name(criterion)}: how the scores share out",
        (
            Column("system", text=True),
            Column("n"),
            Column("mean", ("mean", "low", "high")),
            *(Column(level, (f"share_{level}",), over="share of each score") for level in levels),
            Column("missing"),
        ),
        (Group(tuple(tuple(row(place, each)) for place, each in enumerate(systems))),),
    )


def _pictures(
    context: Context, criteria: Criteria, means: dict[tuple[str, int], Source]
) -> Iterator[Block]:
    dots = tuple(
        Dots(
            context.name(criterion),
            "mean",
            tuple(
                Dot(each["system"], source.value, source.low, source.high, places(source.value))
                for place, each in enumerate(of["systems"])
                for source in [means[criterion, place]]
            ),
            limits=context.scale(criterion),
        )
        for criterion, of in criteria.items()
    )
    yield Picture(
        "means",
        "Mean scores with their intervals",
        "; ".join(f"{panel.title}: {_read(panel)}" for panel in dots),
        dots,
    )
    bars = tuple(
        Bars(
            context.name(criterion),
            tuple(of["systems"][0]["share"]),
            tuple(Bar(each["system"], _shared(each), each["n"]) for each in of["systems"]),
        )
        for criterion, of in criteria.items()
    )
    yield Picture(
        "distributions",
        "How the scores share out",
        "Stacked bars of the share of each score, for each system and criterion.",
        bars,
    )


def _shared(each: dict[str, Any]) -> tuple[float, ...]:
    return tuple(each["share"].values()) if each["n"] else ()


def _read(panel: Dots) -> str:
    return ", ".join(f"{dot.name} {NONE if dot.value is None else dot.note}" for dot in panel.dots)
