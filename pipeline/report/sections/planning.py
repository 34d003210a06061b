"""Which difference a study of this size can show."""

from collections.abc import Iterator, Sequence

from pipeline.report.cells import interval_cell
from pipeline.report.context import Context
from pipeline.report.document.blocks import Block, Cell, Column, Group, Heading, Source, Table

AT = ("designs", 0)


def blocks(context: Context) -> Iterator[Block]:
    """Yield the section of a rating study."""
    yield Heading("planning", "What this study can show")
    rows: list[tuple[Cell, ...]] = []
    methods: dict[str, None] = {}
    for criterion, finding in context.findings.power.items():
        if not finding.whole:
            context.lacks(f"The detectable difference on {criterion}", finding.why)
            continue
        (design,) = finding.whole["designs"]
        detectable = _detectable(context, criterion)
        methods |= dict.fromkeys(filter(None, [detectable.method]))
        rows.append(
            (
                Cell(context.name(criterion)),
                Cell(f"{design['items']:,}", (design["items"],)),
                Cell(f"{design['raters']:,}", (design["raters"],)),
                interval_cell(detectable),
            )
        )
    if rows:
        yield _table(rows, list(methods))


def _table(rows: Sequence[tuple[Cell, ...]], methods: Sequence[str]) -> Table:
    return Table(
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
            *(f"Method: {method}." for method in methods),
        ),
    )


def _detectable(context: Context, criterion: str) -> Source:
    return context.sources.figure(
        f"detectable.{criterion}",
        f"difference on {criterion} that is found with a power of 80 %",
        context.findings.power[criterion],
        (*AT, "detectable"),
        rows=context.sources.rows(criterion=criterion),
        n=context.sources.scores(criterion),
    )
