"""Put all sections of a report into one document, in the order in which a reader wants them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from db.engine import Store
from pipeline.report.context import NOTICE, Context
from pipeline.report.document.blocks import Block, Document, Heading, Listing, Source, Table
from pipeline.report.sections import (
    agreement,
    answers,
    case_study,
    comparisons,
    detection,
    front_matter,
    generation,
    methods,
    metrics,
    model,
    planning,
    raters,
    scores,
    summary,
)

OF_FIGURES = (
    generation,
    answers,
    detection,
    metrics,
    scores,
    comparisons,
    model,
    agreement,
    raters,
    planning,
)


def document(context: Context, store: Store, *, texts: bool) -> Document:
    """Return the report as a document; without `texts` it shows no question and no answer."""
    blocks = tuple(_blocks(context, store, texts=texts))
    return Document(
        title=front_matter.title(context),
        subtitle=front_matter.subtitle(context),
        notice=NOTICE,
        blocks=blocks,
        sources=tuple(context.sources.told.values()),
    )


def _blocks(context: Context, store: Store, *, texts: bool) -> Iterator[Block]:
    yield from front_matter.blocks(context)
    told = [block for section in OF_FIGURES for block in _section(section.blocks(context))]
    yield from summary.blocks(context)
    yield from (_with_reasons(block, context.sources.told) for block in told)
    if texts:
        yield from _section(case_study.blocks(context, store))
    if context.lacking:
        yield Heading("lacking", "Not in this report")
        yield Listing(tuple(context.lacking))
    yield from methods.blocks(context)


def _section(blocks: Iterator[Block]) -> list[Block]:
    """Return a section's blocks, none if it has a heading only."""
    found = list(blocks)
    return found if any(not isinstance(block, Heading) for block in found) else []


def _with_reasons(block: Block, told: Mapping[str, Source]) -> Block:
    """Return a table with a note for each reason why one of its figures, or intervals, is not."""
    if not isinstance(block, Table):
        return block
    figures = (told[cell.id] for row in block.rows() for cell in row if cell.id)
    reasons = dict.fromkeys(each.reason for each in figures if each.reason)
    notes = (f"No interval, or no figure, where {reason}." for reason in reasons)
    return replace(block, notes=(*block.notes, *notes))
