"""How raters differ: severity, spread, drift, pace; described, and nobody judged."""

from collections.abc import Iterator
from typing import Any

from pipeline.report.cells import NONE, interval_cell, places, two_places, value_cell
from pipeline.report.context import Context
from pipeline.report.document.blocks import (
    Block,
    Cell,
    Column,
    Dot,
    Dots,
    Group,
    Heading,
    Listing,
    Paragraph,
    Picture,
    Source,
    Table,
)
from pipeline.report.sources import Finding

WITH_OTHERS = ("with_others", "kappa_quadratic")
CHANGE = ("drift", "position", "change")


def blocks(context: Context) -> Iterator[Block]:
    """Yield the section, or remember why there is none."""
    found = context.findings.raters
    yield Heading("raters", "Raters")
    if not found.whole:
        context.lacks("Severity, spread, drift and pace of raters", found.why)
        return
    yield Paragraph(
        "How each rater scores, beside the others on the same answers. All of it is described: a"
        " rater who differs is not a worse one."
    )
    criteria = found.whole["criteria"]
    yield _in_all(context, found)
    for criterion, of in criteria.items():
        if any(each["n"] for each in of["raters"]):
            yield _on(context, found, criterion)
    yield from _picture(context, found)
    yield from _notes(context, found.whole)


def _in_all(context: Context, found: Finding) -> Table:
    raters = found.whole["raters"]

    def row(place: int, each: dict[str, Any]) -> Iterator[Cell]:
        at = ("raters", place)
        name = each["rater"]
        yield Cell(name)
        yield Cell(each["group"] or NONE)
        yield Cell(f"{each['judgements']:,}", (each["judgements"],))
        seconds = each["seconds"]
        known = ("median",) if "median" in seconds else ()
        median = context.sources.figure(
            f"raters.{name}.seconds",
            f"median seconds that {name} took for an answer",
            found,
            (*at, "seconds", *known),
            rows=context.sources.rows(rater=name),
            n=seconds.get("n"),
        )
        yield value_cell(median, places(median.value, 0))
        for whose in ("own", "others"):
            halo = context.sources.figure(
                f"raters.{name}.halo.{whose}",
                f"mean correlation of criteria, {whose}: {name}",
                found,
                (*at, "halo", whose),
                rows=context.sources.rows(rater=name) if whose == "own" else None,
            )
            yield interval_cell(halo, two_places)

    return Table(
        "raters-all",
        "Raters over all criteria",
        (
            Column("rater", text=True),
            Column("group", text=True),
            Column("answers", ("judgements",)),
            Column("median seconds", ("median_seconds",)),
            Column("halo", ("halo", "halo_low", "halo_high")),
            Column("others' halo", ("others_halo", "others_low", "others_high")),
        ),
        (Group(tuple(tuple(row(place, each)) for place, each in enumerate(raters))),),
        notes=(
            "Halo: the mean correlation of a rater's criteria; others' halo: that of the other"
            " raters on the same answers.",
        ),
    )


def _on(context: Context, found: Finding, criterion: str) -> Table:
    raters = found.whole["criteria"][criterion]["raters"]
    told = [_severity(context, found, criterion, place) for place in range(len(raters))]

    def row(place: int, each: dict[str, Any]) -> Iterator[Cell]:
        yield Cell(each["rater"])
        yield Cell(f"{each['n']:,}", (each["n"],))
        mean = _figure(context, found, criterion, place, "mean")
        yield value_cell(mean, two_places(mean.value))
        yield interval_cell(told[place], two_places)
        spread = _figure(context, found, criterion, place, "deviation")
        yield value_cell(spread, two_places(spread.value))
        yield interval_cell(_figure(context, found, criterion, place, *CHANGE), two_places)
        yield interval_cell(_figure(context, found, criterion, place, *WITH_OTHERS), two_places)

    methods = dict.fromkeys(each.method for each in told if each.method)
    return Table(
        f"raters-{criterion}",
        f"{context.name(criterion)}: how each rater scores",
        (
            Column("rater", text=True),
            Column("n"),
            Column("mean"),
            Column("against the others", ("severity", "severity_low", "severity_high")),
            Column("spread", ("deviation",)),
            Column("drift", ("drift", "drift_low", "drift_high")),
            Column("kappa with the others", ("kappa", "kappa_low", "kappa_high")),
        ),
        (Group(tuple(tuple(row(place, each)) for place, each in enumerate(raters))),),
        notes=(
            "Against the others: own mean less that of the others on the same answers, above 0"
            " more lenient. Spread: standard deviation of the scores. Drift: what changed of the"
            " former from the first third of the order to the last. Kappa: quadratic weights.",
            *(f"Intervals: {method}." for method in methods),
        ),
    )


def _severity(context: Context, found: Finding, criterion: str, place: int) -> Source:
    """Return how much more lenient a rater is than the others on the same answers."""
    return _figure(context, found, criterion, place, "against_others")


def _figure(context: Context, found: Finding, criterion: str, place: int, *where: str) -> Source:
    each = found.whole["criteria"][criterion]["raters"][place]
    own = where[0] in ("mean", "deviation")
    name = each["rater"]
    return context.sources.figure(
        ".".join(("raters", name, criterion, *where)),
        f"{' '.join(where).replace('_', ' ')} of {name} on {criterion}",
        found,
        ("criteria", criterion, "raters", place, *where),
        rows=context.sources.rows(criterion=criterion, rater=name if own else None),
        n=each["n"] if own else None,
    )


def _picture(context: Context, found: Finding) -> Iterator[Block]:
    criteria = found.whole["criteria"]
    panels = []
    for criterion, of in criteria.items():
        dots = [
            Dot(each["rater"], source.value, source.low, source.high, two_places(source.value))
            for place, each in enumerate(of["raters"])
            for source in [_severity(context, found, criterion, place)]
        ]
        if any(dot.value is not None for dot in dots):
            axis = "points against the others"
            panels.append(Dots(context.name(criterion), axis, tuple(dots), at=0.0))
    if panels:
        yield Picture(
            "severity",
            "How severe or lenient each rater is",
            "Dots with whiskers for each rater and criterion; a line marks no difference from the"
            " others. The figures stand in the tables above.",
            tuple(panels),
        )


def _notes(context: Context, whole: dict[str, Any]) -> Iterator[Block]:
    notes = [
        f"{each['rater']}"
        + (f", {context.name(note['criterion'])}" if note["criterion"] else "")
        + f": {note['message']}"
        for each in whole["raters"]
        for note in each["notes"]
    ]
    if notes:
        yield Paragraph("What stands out, each by itself and without a test:")
        yield Listing(tuple(notes))
