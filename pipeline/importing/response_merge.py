"""Tell the answers of a file that a system lacks from those that it has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from db.detections import StoredDetection
from db.errors import BadRow
from db.questions import Asked
from db.responses import StoredResponse
from pipeline import parts
from pipeline.importing.fields import FieldRefused
from pipeline.importing.outcome import Caution
from pipeline.importing.question_finder import Questions, reads_otherwise
from pipeline.importing.response_rows import Finding, ResponseRow

Key = tuple[int, int]  # a question's id and the sample


@dataclass(frozen=True)
class Stored:
    """What the store holds of a system: its answers, and what was found in them by their ids."""

    responses: Mapping[Key, StoredResponse]
    detections: Mapping[int, StoredDetection]


@dataclass
class Merged:
    """The rows of a file, sorted: `parts` and `findings` are those that the store lacks."""

    new: dict[Key, ResponseRow] = field(default_factory=dict)
    known: int = 0
    parts: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    findings: dict[Key, Finding] = field(default_factory=dict)
    cautions: list[Caution] = field(default_factory=list)


def merge(
    rows: Iterable[ResponseRow], asked: Questions, stored: Stored, *, bad: list[BadRow]
) -> Merged:
    """Sort the rows; one whose question is not found, or is answered otherwise, goes to `bad`."""
    merged = Merged()
    for row in rows:
        try:
            question = asked.answered_by(row)
            _sort(row, question, stored, merged)
        except FieldRefused as refused:
            bad.append(BadRow(row.number, refused.code, refused.why))
            continue
        if reads_otherwise(question, row):
            merged.cautions.append(Caution(row.number, "other_question", question.text))
    return merged


def _sort(row: ResponseRow, question: Asked, stored: Stored, merged: Merged) -> None:
    key = (question.id, row.sample)
    before, first = stored.responses.get(key), merged.new.get(key)
    if before is not None:
        _compare(row, question, before, stored.detections.get(before.id))
        if row.parts is not None and parts.given(before.parts) is None:
            merged.parts[before.id] = row.parts
        if row.finding is not None and before.id not in stored.detections:
            merged.findings[key] = row.finding
        merged.known += 1
    elif first is not None:
        if first.text != row.text:
            raise _other(f"row {first.number}", question, row)
        if (first.parts, first.finding) != (row.parts, row.finding):
            why = f"repeats row {first.number} with other parts or detections"
            raise FieldRefused("repeated", why)
        merged.known += 1
    else:
        merged.new[key] = row
        if row.finding is not None:
            merged.findings[key] = row.finding


def _compare(
    row: ResponseRow, question: Asked, before: StoredResponse, found: StoredDetection | None
) -> None:
    if row.text != before.text:
        raise _other("the store", question, row)
    if row.parts is not None and parts.given(before.parts) not in (None, row.parts):
        raise FieldRefused("other_parts", "has other parts than the store for the same answer")
    if row.finding is not None and found is not None and tuple(found) != tuple(row.finding):
        raise FieldRefused("other_detections", "has other detections than the store")


def _other(where: str, question: Asked, row: ResponseRow) -> FieldRefused:
    why = (
        f"answers the question {question.external_id}, to which {where} has another answer"
        f" (sample {row.sample}); number several answers in a field 'sample'"
    )
    return FieldRefused("other_text", why)
