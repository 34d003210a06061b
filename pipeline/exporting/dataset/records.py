"""Choose the answers that go into a dataset, and give each its columns."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from db.dataset_rows import AnsweredQuestion, NamedInAnswer
from pipeline.danger.danger import in_danger
from pipeline.exporting import fit

PART = pa.struct([("part", pa.string()), ("start", pa.int64()), ("end", pa.int64())])
DISTORTION = pa.struct([("id", pa.string()), ("reason", pa.string())])
COLUMNS: dict[str, tuple[pa.DataType, str]] = {
    "question_id": (pa.string(), "what its source calls the question"),
    "source": (pa.string(), "where the question is from"),
    "question": (pa.string(), "the question's title"),
    "description": (pa.string(), "what the help-seeker wrote besides"),
    "keywords": (pa.list_(pa.string()), "the source's keywords"),
    "answer": (pa.string(), "the whole answer"),
    "parts": (pa.list_(PART), "where each part stands in `answer`, in characters; null: not known"),
    "distortions": (
        pa.list_(DISTORTION),
        "cognitive distortions that the answer's own model named; null: it was not asked",
    ),
    "in_danger": (pa.bool_(), "whether the help-seeker may be in acute danger"),
    "system": (pa.string(), "who answered"),
    "sample": (pa.int64(), "which of the system's answers to the question, from 0"),
}
SCHEMA = pa.schema([(name, type_) for name, (type_, _) in COLUMNS.items()])


@dataclass
class Chosen:
    """Chooses a dataset's records, and counts them: by system, by source, and those left out."""

    found: Mapping[int, NamedInAnswer]
    with_danger: bool
    left_out: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)

    def records(self, answers: Iterable[AnsweredQuestion]) -> Iterator[dict[str, Any]]:
        for answer in answers:
            danger = in_danger(
                text=answer.question or "", description=answer.description, tags=answer.tags
            )
            why = fit.why_not(answer, danger=danger, with_danger=self.with_danger)
            if why is not None:
                self.left_out[why] += 1
                continue
            self.rows[answer.system] += 1
            self.sources[answer.source] += 1
            yield _record(answer, self.found.get(answer.response_id), danger=danger)


def _record(
    answer: AnsweredQuestion, found: NamedInAnswer | None, *, danger: bool
) -> dict[str, Any]:
    spans = answer.parts
    return {
        "question_id": answer.external_id,
        "source": answer.source,
        "question": answer.question,
        "description": answer.description,
        "keywords": [str(word) for word in answer.keywords],
        "answer": answer.answer,
        "parts": None
        if spans is None
        else [{key: span[key] for key in ("part", "start", "end")} for span in spans],
        "distortions": None if found is None else _distortions(found),
        "in_danger": danger,
        "system": answer.system,
        "sample": answer.sample,
    }


def _distortions(found: NamedInAnswer) -> list[dict[str, Any]]:
    reasons = found.reasons or {}
    return [{"id": str(label), "reason": reasons.get(str(label))} for label in found.labels]
