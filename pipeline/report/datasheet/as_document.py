"""The datasheet as a document that every format of the report can show."""

from collections.abc import Iterator
from itertools import groupby

from pipeline.report.datasheet.questions import Datasheet, Entry, Section, standards
from pipeline.report.document.blocks import (
    Block,
    Document,
    Heading,
    Note,
    Paragraph,
    Piece,
    Quote,
    Terms,
    Text,
)

ADDED = "The authors: "


def document(sheet: Datasheet, *, notice: str) -> Document:
    """Return the datasheet as a document; a blank is a question without an answer."""
    return Document(
        title=f"Datasheet of the study {sheet.study}",
        subtitle="by the items of HEDS 3.0, GRRAS, STARD 2015, CHART and QUEST",
        notice=notice,
        blocks=tuple(_blocks(sheet)),
    )


def _blocks(sheet: Datasheet) -> Iterator[Block]:
    entries, blanks = list(sheet.entries), sheet.blanks
    yield Paragraph(
        f"{len(entries) - len(blanks)} of {len(entries)} questions are answered, from the store or"
        f" by the authors; {len(blanks)} are blanks. After each question stand the items of the"
        " standards that it answers. To fill the blanks, write into answers.toml, which lies in"
        " this folder, and run 'cbt report --answers answers.toml'."
    )
    for section, of_section in sheet.sections:
        yield from _section(sheet, section, of_section)
    yield Heading("datasheet-standards", "Standards")
    yield Terms(tuple((name, what) for name, what in standards().items()))
    yield Note(
        "HEDS's own form at https://nlp-heds.github.io takes heds.json by 'upload json': its"
        " questions for text are filled in there as far as they are here. Its multiple choices"
        " wait for you, but for two that follow from how this program asks."
    )


def _section(sheet: Datasheet, section: Section, entries: tuple[Entry, ...]) -> Iterator[Block]:
    yield Heading(f"datasheet-{section.id}", section.title)
    for criterion, group in groupby(entries, key=lambda entry: entry.criterion):
        if criterion:
            name = f"{section.title}: {sheet.criteria[criterion]}"
            yield Heading(f"datasheet-{section.id}-{criterion}", name, 3)
        yield from _answers(list(group))


def _answers(entries: list[Entry]) -> Iterator[Block]:
    """Yield questions beside their answers; an answer of several lines stands below its own."""
    for long, group in groupby(entries, key=lambda entry: "\n" in entry.told):
        if not long:
            yield Terms(tuple((_asked(entry), _answered(entry)) for entry in group))
            continue
        for entry in group:
            yield Paragraph((Piece(_asked(entry), "strong"),))
            yield Quote(entry.told)
            if entry.said:
                yield Paragraph(f"{ADDED}{entry.said}")


def _asked(entry: Entry) -> str:
    return f"{entry.field.question} [{', '.join(entry.field.items)}]"


def _answered(entry: Entry) -> Text:
    if entry.told and entry.said:
        return f"{entry.told} {ADDED}{entry.said}"
    return entry.told or entry.said
