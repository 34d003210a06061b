"""Find the item that a row of a gold file is about: by its id, its question, or its exact text."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Protocol

from db.gold import OWN_SOURCE, ItemTexts
from db.questions import Asked, plain
from pipeline.importing.fields import FieldRefused
from pipeline.importing.gold_rows import GoldRow

SHOWN = 40

NewPlace = tuple[str, str]  # what names an item that is still to be made, and the name
Place = int | NewPlace


class Places(Protocol):
    def of(self, row: GoldRow) -> Place:
        """Return a known item's id, or what names a new one."""


class ImportedItems:
    """The items of an imported gold: one for each text, or for each id where there is no text."""

    def __init__(self, items: Iterable[ItemTexts], rows: Iterable[GoldRow]) -> None:
        self._by_id: dict[str, ItemTexts] = {}
        self._by_text: dict[str, ItemTexts] = {}
        self._by_question: dict[str, ItemTexts] = {}
        for item in items:
            if item.external_id is not None:
                self._by_id.setdefault(item.external_id, item)
            if item.text is not None:
                self._by_text.setdefault(plain(item.text), item)
            self._by_question.setdefault(item.question, item)
        self._first: dict[str, tuple[str, int]] = {}
        for row in rows:
            if row.id is not None and row.plain_text is not None:
                self._first.setdefault(row.id, (row.plain_text, row.number))

    def of(self, row: GoldRow) -> Place:
        """Return the item. Raises FieldRefused for an id that has another text elsewhere."""
        text = self._text(row)
        known = self._by_id.get(row.id or "")
        if known is not None and text in (None, known.text and plain(known.text)):
            return known.id
        if text is not None:
            if text in self._by_text:
                return self._by_text[text].id
            if known is not None and known.text is not None:
                raise _other_text(f"has the id {row.id}, which is in the store")
            return known.id if known else ("text", text)
        if row.id is not None:
            return ("id", row.id)
        question = row.question_id or ""
        known = self._by_question.get(question)
        return known.id if known else ("question_id", question)

    def _text(self, row: GoldRow) -> str | None:
        text, number = self._first.get(row.id or "", (row.plain_text, row.number))
        if row.plain_text not in (None, text):
            raise _other_text(f"has the id {row.id}, which row {number} has")
        return text


class LabelledItems:
    """The items of a study that was labelled here; every row must be about one of them."""

    def __init__(self, items: Iterable[ItemTexts], *, source: str | None) -> None:
        self._by_code: dict[str, ItemTexts] = {}
        self._by_question: dict[str, list[ItemTexts]] = defaultdict(list)
        self._by_text: dict[str, list[ItemTexts]] = defaultdict(list)
        for item in items:
            self._by_code[item.code] = item
            if item.is_repeat or source not in (None, item.source):
                continue
            for name in (item.question, f"{item.source}:{item.question}"):
                self._by_question[name].append(item)
            for text in {plain(text) for text in (item.text, item.answer) if text}:
                self._by_text[text].append(item)

    def of(self, row: GoldRow) -> Place:
        """Return the item. Raises FieldRefused where it is none of the study, or not one."""
        found = self._named(row)
        if not found:
            raise FieldRefused("unmatched", f"is about no item of the study ({_about(row)})")
        if len(found) > 1:
            why = f"is about {len(found)} items of the study ({_about(row)}); give the item's code"
            raise FieldRefused("ambiguous", why)
        if _reads_otherwise(found[0], row):
            raise _other_text(f"names the item {found[0].code}, which the study has")
        return found[0].id

    def _named(self, row: GoldRow) -> list[ItemTexts]:
        if row.id in self._by_code:
            return [self._by_code[row.id]]
        for name in (row.question_id, row.id):
            if name in self._by_question:
                return self._by_question[name]
        return self._by_text.get(row.plain_text or "", [])


class Library:
    """The questions of a store, or of one source, that new items may be about."""

    def __init__(self, asked: Iterable[Asked], *, source: str | None) -> None:
        self._given = source is not None
        self._by_text: dict[str, list[Asked]] = defaultdict(list)
        self._by_id: dict[str, list[Asked]] = defaultdict(list)
        for question in asked:
            self._by_text[plain(question.text)].append(question)
            for name in (question.external_id, f"{question.source}:{question.external_id}"):
                self._by_id[name].append(question)

    def about(self, row: GoldRow) -> list[Asked]:
        """Return the questions that a row may be about; a text is found by that text only."""
        if row.plain_text is not None:
            found = self._by_text.get(row.plain_text, [])
            return _narrowed(found, row)
        if row.question_id is not None:
            return self._by_id.get(row.question_id, [])
        found = self._by_id.get(row.id or "", [])
        # Another gold's ids are its own: only a source that is named makes them the same.
        return [each for each in found if self._given or not each.source.startswith(OWN_SOURCE)]


def _narrowed(found: list[Asked], row: GoldRow) -> list[Asked]:
    names = {row.id, row.question_id}
    return [each for each in found if each.external_id in names] or found


def _about(row: GoldRow) -> str:
    named: Mapping[str, str | None] = {"id": row.id, "question_id": row.question_id}
    given = [f"{what} {name}" for what, name in named.items() if name is not None]
    if row.text is not None:
        given.append(f"text {row.text[:SHOWN]!r}")
    return ", ".join(given)


def _reads_otherwise(item: ItemTexts, row: GoldRow) -> bool:
    shown = [plain(text) for text in (item.text, item.description, item.answer) if text]
    text = row.plain_text
    return text is not None and bool(shown) and not any(text in s or s in text for s in shown)


def _other_text(which: str) -> FieldRefused:
    return FieldRefused("other_text", f"{which} with another text")
