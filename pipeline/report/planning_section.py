"""Which difference a study of this size can show."""

from collections.abc import Iterator

from pipeline.report.blocks import Block, Cell, Column, Group, Heading, Source, Table
from pipeline.report.context import Context
from pipeline.report.sources import NONE, interval_cell

AT = ("designs", 0)


def blocks(context: Context) -> Iterator[Block]:
    """Yield the section of a rating study, or a line for each criterion that tells nothing."""
    found = context.findings.power
    if not found:
        return
    yield Heading("planning", "What this study can show")
    rows = []
    for criterion, finding in found.items():
        if finding.whole is None:
            yield context.lacking(f"The detectable difference on {criterion}", finding.why)
            continue
        (design,) = finding.whole["designs"]
        rows.append(
            (
                Cell(context.name(criterion)),
                Cell(f"{design['items']:,}", (design["items"],)),
                Cell(f"{design['raters']:,}", (design["raters"],)),
                interval_cell(detectable(context, criterion)),
            )
        )
    if not rows:
        return
    told = [detectable(context, c) for c, each in found.items() if each.whole is not None]
    yield Table(
        "detectable",
        "Smallest difference of two systems that is found with a power of 80 %",
        (
            Column("criterion", text=True),
            Column("questions", ("items",)),
            Column("raters an answer", ("raters",)),
            Column("detectable difference", ("detectable", "low", "high")),
        ),
        (Group(tuple(rows)),),
        notes=(
            "Simulated from what varies in this study's scores, at the level that Holm's method"
            " asks of the first of all comparisons of the family, the worst case; in brackets the"
            " interval of the simulation alone. A difference that was not found may still be as"
            " large as this.",
            *(f"Method: {method}." for method in dict.fromkeys(each.method for each in told)),
        ),
    )


def detectable(context: Context, criterion: str) -> Source:
    """Return the detectable difference on a criterion."""
    return context.sources.figure(
        f"detectable.{criterion}",
        f"difference on {criterion} that is found with a power of 80 %",
        context.findings.power[criterion],
        (*AT, "detectable"),
        rows=context.sources.rows(criterion=criterion),
        n=context.sources.scores(criterion),
    )


def in_words(context: Context, criterion: str) -> str:
    """Return the detectable difference as the datasheet tells it."""
    finding = context.findings.power.get(criterion)
    if finding is None or finding.whole is None:
        return ""
    source = detectable(context, criterion)
    shown = NONE if source.value is None else f"{source.value:.2f}"
    return f"{context.name(criterion)}: {shown}"
