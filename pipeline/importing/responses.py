"""Import the answers of one system."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db import detections, metric_scores, questions, responses, runs, systems
from db.engine import Store
from db.errors import BadRow, NotAllowed
from pipeline.importing.fields import Fields, one_line
from pipeline.importing.outcome import (
    Caution,
    Counts,
    cautions,
    parsed_rows,
    rejection,
    without_garbage_collection,
)
from pipeline.importing.question_finder import Questions
from pipeline.importing.response_merge import Key, Merged, Stored, merge
from pipeline.importing.response_rows import NAMES, ResponseRow, response_row
from pipeline.metrics.form import OF_PARTS


@dataclass(frozen=True)
class ResponsesImport:
    """What to import; a source tells apart questions of different sources with the same id."""

    path: Path
    system: str
    source: str | None = None
    skip_bad: bool = False
    check: bool = False


@dataclass(frozen=True)
class ResponsesImported:
    """What an import did; `completed` known answers were given parts or detections."""

    system: str
    counts: Counts
    completed: int
    detections_added: int
    warnings: list[Caution]
    ignored: list[str]


@without_garbage_collection()
def run(store: Store, config: ResponsesImport) -> ResponsesImported:
    """Add the answers that the store lacks; with a bad row, nothing.

    Raises FileRejected with the rows that are bad, unless they are to be skipped, and NotAllowed
    for new answers of a system whose answers are generated.
    """
    name = one_line(config.system, "system")
    bad: list[BadRow] = []
    fields = Fields(NAMES)
    rows = parsed_rows(config.path, response_row, fields, required=NAMES["response"], bad=bad)
    read = len(rows) + len(bad)
    with store.writing(in_turn=True) as session:
        asked = Questions(questions.asked(session, source=config.source))
        stored = _stored(session, name)
        merged = merge(rows, asked, stored, bad=bad)
        bad.sort(key=lambda each: each.row)
        if bad and not config.skip_bad:
            raise rejection(config.path, bad, read=read)
        completed = _store(session, config, merged, stored, name=name)
        if config.check:
            session.rollback()
    rejected = {each.row for each in bad}
    good = [row for row in rows if row.number not in rejected]
    found = [each for row in good for each in cautions(row.number, asked="", answers=[row.text])]
    return ResponsesImported(
        system=name,
        counts=Counts(read, len(merged.new), merged.known, bad),
        completed=completed,
        detections_added=len(merged.findings),
        warnings=sorted([*merged.cautions, *found]),
        ignored=fields.others,
    )


def _stored(session: Session, name: str) -> Stored:
    system = systems.find(session, name=name)
    if system is None:
        return Stored({}, {})
    found = responses.of_system(session, system_id=system.id)
    return Stored(found, detections.in_responses(session, detector=detections.imported(name)))


def _store(
    session: Session, config: ResponsesImport, merged: Merged, stored: Stored, *, name: str
) -> int:
    """Add what is new, under a run of its own; return how many known answers were completed."""
    if not (merged.new or merged.parts or merged.findings):
        return 0
    configuration = {
        "file": config.path.name,
        "system": name,
        "source": config.source,
        "skip_bad": config.skip_bad,
    }
    record = runs.start(session, stage="import responses", configuration=configuration)
    system = systems.find_or_add(session, name=name, kind="outside")
    if merged.new and system.configuration is not None:
        raise NotAllowed(
            f"the answers of {name} are generated, and all by one configuration; import these as"
            " another --system"
        )
    responses.add(
        session, (_columns(key, row, system.id, record.id) for key, row in merged.new.items())
    )
    responses.give_parts(session, parts=merged.parts)
    metric_scores.forget(session, response_ids=merged.parts, metrics=OF_PARTS)
    ids = responses.ids_of_system(session, system_id=system.id)
    detections.add(
        session,
        (
            {
                "detector": detections.imported(name),
                "response_id": ids[key],
                "presence": finding.presence,
                "labels": finding.labels,
                "run_id": record.id,
            }
            for key, finding in merged.findings.items()
        ),
    )
    completed = {*merged.parts, *(ids[key] for key in merged.findings if key in stored.responses)}
    counts = {
        "added": len(merged.new),
        "completed": len(completed),
        "detections_added": len(merged.findings),
    }
    runs.end(record, counts=counts)
    return len(completed)


def _columns(key: Key, row: ResponseRow, system_id: int, run_id: int) -> dict[str, Any]:
    question_id, sample = key
    columns = {
        "question_id": question_id,
        "system_id": system_id,
        "sample": sample,
        "text": row.text,
        "run_id": run_id,
    }
    return columns if row.parts is None else {**columns, "parts": row.parts}
