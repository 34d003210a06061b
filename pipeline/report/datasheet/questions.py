"""The datasheet: a study's answers to the items of the reporting standards, and its blanks."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

FIELDS = Path(__file__).parent / "questions.toml"

Key = tuple[str, str]  # a field, and the criterion it is asked of, "" where it is of none


@dataclass(frozen=True)
class Field:
    """A question of the datasheet, with the items of standards that its answer satisfies.

    `each` asks it of every criterion. `heds` is the field of the HEDS form that takes the answer,
    `number` the form's number of it; a `choice` is an option there that the answer ticks.
    """

    id: str
    question: str
    items: tuple[str, ...]
    by: Literal["tool", "user"]
    each: bool = False
    kind: str | None = None
    heds: str | None = None
    number: str | None = None
    choice: bool = False


@dataclass(frozen=True)
class Section:
    """Questions under a title of their own; `kind` is that of the studies that they are for."""

    id: str
    title: str
    fields: tuple[Field, ...]
    kind: str | None = None


@dataclass(frozen=True)
class Entry:
    """A field with its answers: what the store told, and what the user said."""

    field: Field
    criterion: str
    told: str
    said: str

    @property
    def key(self) -> Key:
        return self.field.id, self.criterion

    @property
    def blank(self) -> bool:
        return not self.told and not self.said


@dataclass(frozen=True)
class Datasheet:
    """All questions for one study, in their sections; `criteria` maps ids to names."""

    study: str
    criteria: Mapping[str, str]
    sections: tuple[tuple[Section, tuple[Entry, ...]], ...]

    @property
    def entries(self) -> Iterator[Entry]:
        for _, entries in self.sections:
            yield from entries

    @property
    def blanks(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.blank]


@cache
def sections() -> tuple[Section, ...]:
    """Return all sections with their questions, as they are shipped."""
    return tuple(map(_section, _shipped()["blocks"]))


@cache
def standards() -> dict[str, str]:
    """Return the standards that items are named after, each with what it is."""
    found: dict[str, str] = _shipped()["standards"]
    return found


@cache
def _shipped() -> dict[str, Any]:
    return tomllib.loads(FIELDS.read_text("utf-8"))


def _section(block: dict[str, Any]) -> Section:
    fields = tuple(Field(**{**field, "items": tuple(field["items"])}) for field in block["fields"])
    return Section(block["id"], block["title"], fields, block.get("kind"))


def keys(kind: str, criteria: Sequence[str]) -> list[Key]:
    """Return every question of a study of this kind, with the criterion that it is asked of."""
    return [key for section in _of(kind) for key in _keys(section, kind, criteria)]


def filled(
    study: str,
    kind: str,
    criteria: Mapping[str, str],
    *,
    told: Mapping[Key, str],
    said: Mapping[Key, str],
) -> Datasheet:
    """Return a study's datasheet with these answers. Raises KeyError for a field it has not."""
    known = {field.id: field for section in sections() for field in section.fields}
    strange = {*told, *said}.difference(keys(kind, list(criteria)))
    if strange:
        raise KeyError(f"the datasheet has no field {sorted(strange)[0][0]}")
    found = []
    for section in _of(kind):
        entries = tuple(
            Entry(known[key[0]], key[1], told.get(key, ""), said.get(key, ""))
            for key in _keys(section, kind, list(criteria))
        )
        if entries:
            found.append((section, entries))
    return Datasheet(study, dict(criteria), tuple(found))


def _of(kind: str) -> list[Section]:
    return [section for section in sections() if section.kind in (None, kind)]


def _keys(section: Section, kind: str, criteria: Sequence[str]) -> list[Key]:
    """Return a section's questions: those of the study first, then criterion by criterion."""
    fields = [field for field in section.fields if field.kind in (None, kind)]
    of_study = [(field.id, "") for field in fields if not field.each]
    each = [field.id for field in fields if field.each]
    return [*of_study, *((field, criterion) for criterion in criteria for field in each)]


def as_object(sheet: Datasheet) -> dict[str, Any]:
    """Return the datasheet for a machine: every question, its items, its answers, the blanks."""
    return {
        "study": sheet.study,
        "standards": standards(),
        "fields": [_entry_object(section, e) for section, es in sheet.sections for e in es],
        "blanks": [_name(entry) for entry in sheet.blanks],
    }


def _entry_object(section: Section, entry: Entry) -> dict[str, Any]:
    field = entry.field
    return {
        "id": field.id,
        "section": section.id,
        **({"criterion": entry.criterion} if field.each else {}),
        "question": field.question,
        "items": list(field.items),
        "filled_by": field.by,
        "told": entry.told or None,
        "said": entry.said or None,
    }


def _name(entry: Entry) -> str:
    """Return a field's name as an answers file has it, with its criterion after a point."""
    return ".".join(part for part in entry.key if part)
