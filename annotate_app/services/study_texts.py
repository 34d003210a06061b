"""Give the texts that a study keeps for its raters in each of the languages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from annotate_app.i18n.translator import LANGUAGES, Language
from db import label_sets


@dataclass(frozen=True)
class Level:
    """One value of a scale, with what an answer of that value is like."""

    value: int
    label: str
    anchor: str
    example: str


@dataclass(frozen=True)
class Criterion:
    """One criterion in the rater's language."""

    id: str
    name: str
    question: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Label:
    """One distortion of the study's label set in the rater's language, as far as it is told."""

    id: str
    name: str
    definition: str
    boundary: str
    examples: tuple[str, ...]
    near_miss: str


def criteria(kept: Sequence[Any]) -> dict[Language, tuple[Criterion, ...]]:
    return _by_language(lambda language: tuple(_criterion(each, language) for each in kept))


def labels(session: Session, label_set_id: int | None) -> dict[Language, tuple[Label, ...]]:
    """Return the labels as they were when the study was made, whatever the codebook says now."""
    kept = []
    if label_set_id is not None:
        kept = label_sets.get(session, label_set_id=label_set_id).labels
    return _by_language(lambda language: tuple(_label(each, language) for each in kept))


def guidelines(kept: Mapping[str, Any]) -> dict[Language, str]:
    return _by_language(lambda language: _in(language, kept))


def _by_language(make: Callable[[Language], Any]) -> dict[Language, Any]:
    return {language: make(language) for language in LANGUAGES}


def _label(entry: Mapping[str, Any], language: Language) -> Label:
    # An outside taxonomy's label has nothing but its id.
    examples = entry.get("examples", {})
    return Label(
        id=entry["id"],
        name=_in(language, entry.get("name")) or entry["id"],
        definition=_in(language, entry.get("definition")),
        boundary=_in(language, entry.get("boundary")),
        examples=tuple(filter(None, examples.get(language, ()))),
        near_miss=_in(language, entry.get("near_miss")),
    )


def _criterion(criterion: dict[str, Any], language: Language) -> Criterion:
    levels = tuple(
        Level(
            value=level["value"],
            label=_in(language, level.get("label")),
            anchor=_in(language, level.get("anchor")),
            example=_in(language, level.get("example")),
        )
        for level in criterion["levels"]
    )
    return Criterion(
        id=criterion["id"],
        name=_in(language, criterion.get("name")) or criterion["id"],
        question=_in(language, criterion.get("question")),
        levels=levels,
    )


def _in(language: Language, texts: Any) -> str:
    """Return a study's text in a language, else in the other one."""
    if not isinstance(texts, dict):
        return texts or ""
    return str(texts.get(language) or next(iter(texts.values()), ""))
