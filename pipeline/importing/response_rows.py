"""Read one row of a responses file: an answer, its parts, what was detected in it."""

from typing import Any, NamedTuple

from db.columns import Presence
from pipeline import parts
from pipeline.importing.fields import (
    FieldRefused,
    Fields,
    identifier,
    is_missing,
    json_in,
    text,
    words,
)
from pipeline.importing.rows import Row

NAMES = {
    "question_id": ("question_id", "questionID"),
    "question": ("question",),
    "description": ("description",),
    "response": ("response", "answer", "output"),
    "sample": ("sample",),
    "parts": ("parts",),
    "detections": ("detections",),
}
PRESENCES: dict[str | bool, Presence] = {
    "yes": "yes",
    "no": "no",
    "cannot_tell": "cannot_tell",
    True: "yes",
    False: "no",
}
MOST_SAMPLES = 10_000


class Finding(NamedTuple):
    """What a detector found in an answer; labels are kept as they came."""

    presence: Presence
    labels: list[str]


class ResponseRow(NamedTuple):
    """What one row says; it names its question by its id, its text, or both."""

    number: int
    question_id: str | None
    question: str | None
    description: str | None
    text: str
    sample: int
    parts: list[dict[str, Any]] | None
    finding: Finding | None


def response_row(row: Row, fields: Fields) -> ResponseRow:
    """Read a row. Raises FieldRefused naming the field that is wrong."""
    given = fields.given(row.values)
    if "response" not in given:
        raise FieldRefused("no_response", "has no response")
    if "question_id" not in given and "question" not in given:
        raise FieldRefused("no_question", "has neither question_id nor question")
    answer = text(given["response"], "response")
    return ResponseRow(
        number=row.number,
        question_id=identifier(given["question_id"], "id") if "question_id" in given else None,
        question=text(given["question"], "question") if "question" in given else None,
        description=text(given["description"], "description") if "description" in given else None,
        text=answer,
        sample=_sample(given["sample"]) if "sample" in given else 0,
        parts=_parts(answer, given["parts"]) if "parts" in given else None,
        finding=_finding(given["detections"]) if "detections" in given else None,
    )


def _sample(value: Any) -> int:
    written = text(value, "sample").strip()
    if not (written.isascii() and written.isdigit() and int(written) < MOST_SAMPLES):
        raise FieldRefused("bad_sample", f"has a sample {written[:20]}, which counts from 0")
    return int(written)


def _parts(answer: str, value: Any) -> list[dict[str, Any]]:
    given = json_in(value) if isinstance(value, str) else value
    try:
        if isinstance(given, dict) and all(isinstance(each, str) for each in given.values()):
            return parts.spans_of_texts(answer, given)
        if isinstance(given, list) and all(isinstance(each, dict) for each in given):
            return parts.checked_spans(answer, given)
    except ValueError as error:
        raise FieldRefused("bad_parts", str(error)) from error
    raise FieldRefused(
        "bad_parts", "has parts that are neither {part: text} nor [{part, start, end}]"
    )


def _finding(value: Any) -> Finding:
    """Read labels, or an object of presence and labels; in a table's cell as JSON or with |."""
    is_json = isinstance(value, str) and value.lstrip()[:1] in "[{"
    given = json_in(value) if is_json else value
    if not isinstance(given, dict):
        labels = _labels(given)
        return Finding("yes" if labels else "no", labels)
    labels = _labels(given.get("labels", []))
    presence = given.get("presence", bool(labels))
    if not isinstance(presence, str | bool) or presence not in PRESENCES:
        raise FieldRefused("bad_detections", "has a presence that is not yes, no or cannot_tell")
    if labels and PRESENCES[presence] == "no":
        raise FieldRefused("bad_detections", "has detections with labels and the presence no")
    return Finding(PRESENCES[presence], labels)


def _labels(value: Any) -> list[str]:
    if isinstance(value, str):
        return words(value, "detections")
    if not isinstance(value, list) or any(map(is_missing, value)):
        why = "has detections that are neither a list of labels nor {presence, labels}"
        raise FieldRefused("bad_detections", why)
    return [text(label, "detections") for label in value]
