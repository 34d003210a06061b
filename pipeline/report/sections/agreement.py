"""How far raters agree: coefficients over all raters and labels, and what to think of them."""

from collections.abc import Iterator, Sequence

from pipeline.report.cells import NONE, interval_cell, value_cell
from pipeline.report.context import Context
from pipeline.report.document.blocks import (
    Block,
    Cell,
    Column,
    Group,
    Heading,
    Note,
    Paragraph,
    Source,
    Table,
)
from pipeline.report.sections.agreement_raters import pairs, repeats, without
from pipeline.report.sections.coefficients import Criteria, interval_methods, named, ratings_of
from pipeline.report.sources import Finding

EXTENT = {
    "items_with_two": "items with two {given} or more",
    "raters": "raters",
    "judgements": "{given}",
    "missing": "missing",
}
GIVEN = {"rating": "scores", "distortion": "votes"}
COMPLETE = "complete items"  # how the method of an intraclass correlation begins


def blocks(context: Context) -> Iterator[Block]:
    """Yield the section, or remember why there is none."""
    found = context.findings.agreement
    yield Heading("agreement", "Agreement")
    if not found.whole:
        context.lacks("Agreement", found.why)
        return
    criteria: Criteria = found.whole["criteria"]
    yield _coefficients(context, found, criteria)
    if found.whole.get("labels"):
        yield _labels(context, found)
    yield from _remarks(context, criteria)
    yield from pairs(context, found, criteria)
    yield from without(context, found, criteria)
    yield from repeats(context, found, criteria)


def _coefficients(context: Context, found: Finding, criteria: Criteria) -> Table:
    """Return the coefficients, one a row, a column for each criterion."""
    kinds = dict.fromkeys(
        (each["name"], each["metric"]) for of in criteria.values() for each in of["coefficients"]
    )
    told = {
        (criterion, each["name"], each["metric"]): coefficient(context, found, criterion, place)
        for criterion, of in criteria.items()
        for place, each in enumerate(of["coefficients"])
    }
    rows = tuple(
        (
            Cell(named(name, metric)),
            *(
                interval_cell(told[criterion, name, metric])
                if (criterion, name, metric) in told
                else Cell(NONE)
                for criterion in criteria
            ),
        )
        for name, metric in kinds
    )
    extents = tuple(_extent(context, found, criteria, what) for what in EXTENT)
    return Table(
        "coefficients",
        "Agreement between raters",
        (
            Column("coefficient", text=True),
            *(Column(context.name(c), (c, f"{c}_low", f"{c}_high")) for c in criteria),
        ),
        (Group(rows), Group(extents)),
        notes=tuple(_notes(list(told.values()))),
    )


def coefficient(context: Context, found: Finding, criterion: str, place: int) -> Source:
    """Return one coefficient of a criterion, with the rows of all its scores."""
    each = found.whole["criteria"][criterion]["coefficients"][place]
    metric = f".{each['metric']}" if each["metric"] else ""
    return context.sources.figure(
        f"agreement.{criterion}.{each['name']}{metric}",
        f"{named(each['name'], each['metric'])} of {criterion}",
        found,
        ("criteria", criterion, "coefficients", place),
        rows=ratings_of(context, criterion),
    )


def _extent(context: Context, found: Finding, criteria: Criteria, what: str) -> tuple[Cell, ...]:
    name = EXTENT[what].format(given=GIVEN[context.known.study.kind])

    def cell(criterion: str) -> Cell:
        source = context.sources.figure(
            f"agreement.{criterion}.{what}",
            f"{name} of {criterion}",
            found,
            ("criteria", criterion, what),
            rows=ratings_of(context, criterion),
        )
        return value_cell(source, f"{source.value or 0:,}")

    return (Cell(name), *(cell(criterion) for criterion in criteria))


def _notes(told: Sequence[Source]) -> Iterator[str]:
    levels = {source.level for source in told if source.level}
    for level in sorted(levels):
        yield f"In brackets the {100 * level:g}% interval, with raters held fixed."
    methods = [source.method for source in told if source.method]
    if methods:
        yield f"Intervals: {'; '.join(interval_methods(methods))}."
    if any(method.startswith(COMPLETE) for method in methods):
        yield "Intraclass correlations rest on the items that all raters scored."


def _labels(context: Context, found: Finding) -> Table:
    labels = found.whole["labels"]

    def told(what: str, place: int, name: str) -> Source:
        return context.sources.figure(
            f"agreement.labels.{name}",
            f"agreement on {name}",
            found,
            ("labels", what, place),
            rows=ratings_of(context, ""),
        )

    sets = tuple(
        (
            Cell(named(each["name"], each["metric"])),
            Cell(f"{each['n']:,}", (each["n"],)),
            interval_cell(told("coefficients", place, f"{each['name']}.{each['metric']}")),
        )
        for place, each in enumerate(labels["coefficients"])
    )
    each_label = tuple(
        (
            Cell(context.labels.get(each["label"], each["label"])),
            Cell(f"{each['votes']:,}", (each["votes"],)),
            interval_cell(told("labels", place, each["label"])),
        )
        for place, each in enumerate(labels["labels"])
        if each["votes"]
    )
    return Table(
        "agreement-labels",
        "Agreement of labellers on which distortions are there",
        (
            Column("of", text=True),
            Column("items, votes", ("items_or_votes",)),
            Column("agreement", ("agreement", "low", "high")),
        ),
        (Group(sets, "Sets of labels"), Group(each_label, "Each label by itself (nominal alpha)")),
    )


def _remarks(context: Context, criteria: Criteria) -> Iterator[Block]:
    """Yield one note for each thing to beware of, with the criteria that it is about."""
    about: dict[str, dict[str, list[str]]] = {}
    for criterion, of in criteria.items():
        for warning in of["warnings"]:
            messages = about.setdefault(warning["code"], {})
            messages.setdefault(warning["message"], []).append(context.name(criterion))
    for messages in about.values():
        told = (f"{', '.join(names)}: {message}." for message, names in messages.items())
        yield Note(" ".join(map(_capital, told)), warning=True)
    for criterion, of in criteria.items():
        if of["planning"]:
            yield Paragraph(_capital(f"{context.name(criterion)}: {of['planning']['text']}"))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
