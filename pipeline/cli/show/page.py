"""Write a question with its answers as one page that needs no network."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.cli.show import words
from pipeline.cli.show.texts import notes
from pipeline.cli.wording import RESEARCH_ONLY
from pipeline.exporting.new_files import written_whole
from pipeline.report.document import html
from pipeline.report.document.blocks import (
    Block,
    Coloured,
    Document,
    Heading,
    Listing,
    Note,
    Paragraph,
    Passage,
    Quote,
    Terms,
)
from pipeline.showing.shown import Answer, Shown


def write(path: Path, found: Shown) -> None:
    """Write the page, whole or not at all; an older file of that name is replaced.

    Raises NotWritten where the disk refuses.
    """
    asked = found.question
    document = Document(
        title=asked.text or f"Question {asked.external_id}",
        subtitle=f"Question {asked.external_id} of {asked.source}",
        notice=f"{RESEARCH_ONLY[0].upper()}{RESEARCH_ONLY[1:]}.",
        blocks=tuple(_blocks(found)),
        kind="Case study",
    )
    with written_whole(path, replace=True) as (unfinished, finish):
        unfinished.write_bytes(html.render(document, pictures={}, files={}))
        finish()


def _blocks(found: Shown) -> Iterator[Block]:
    if found.question.description:
        yield Quote(found.question.description, by="a person who asked for help online")
    if found.question.withheld:
        yield Note(words.CARE)
    for number, answer in enumerate(found.answers, start=1):
        yield from _answer(answer, f"answer-{number}")
    yield Heading("reading", "How to read this")
    yield Listing(tuple(notes(found)))


def _answer(answer: Answer, id_: str) -> Iterator[Block]:
    yield Heading(id_, answer.system)
    told = tuple(f"{line[0].upper()}{line[1:]}." for line in _lines(answer))
    if answer.said:
        passages = tuple(Passage(each.text, each.part) for each in answer.said.stretches)
        yield Coloured(f"{id_}-parts", f"The answer of {answer.system}", passages, told)
    else:
        yield Paragraph(" ".join(told))
    pairs = tuple(words.known(answer))
    if pairs:
        yield Terms(pairs)


def _lines(answer: Answer) -> Iterator[str]:
    yield words.state(answer)
    missing = words.missing(answer)
    if missing:
        yield missing
