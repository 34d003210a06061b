"""Store the ratings of a file as a closed, unblinded study."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from db import events
from db.base import Base
from db.columns import now
from db.items import new_codes
from db.tables import Study, StudySystem, System
from pipeline import analysis
from pipeline.importing.rated_items import ItemKey, RatedAssignment, RatedItem, Ratings
from pipeline.importing.rating_rows import Scale
from pipeline.tidy import flags_of

TABLES = Base.metadata.tables


@dataclass(frozen=True)
class ImportedStudy:
    name: str
    file: str
    scale: Scale
    ratings: Ratings
    digest: str
    run_id: int


def digest_of(ratings: Ratings, scale: Scale) -> str:
    """Return a hash over what was rated how, whatever the file's form, format or order."""
    asked = sorted((system, sorted(criteria)) for system, criteria in ratings.asked.items())
    lines = sorted(_lines(ratings))
    return sha256("\n".join([repr((scale, asked)), *lines]).encode()).hexdigest()


def _lines(ratings: Ratings) -> Iterator[str]:
    criteria = sorted(ratings.criteria)
    for assignment in ratings.assignments.values():
        item = ratings.items[assignment.item]
        judgements = [
            (
                revision,
                [judgement.values.get(criterion) for criterion in criteria],
                judgement.comment,
                judgement.flags,
                judgement.seconds,
                judgement.submitted_at and judgement.submitted_at.isoformat(),
            )
            for revision, judgement in sorted(assignment.revisions.items())
        ]
        group = ratings.groups[assignment.rater][0]
        about = (*item.key, item.unit, item.about, item.is_calibration, assignment.rater, group)
        yield repr((about, assignment.position, judgements))


def store_study(session: Session, new: ImportedStudy) -> Study:
    """Add the study with all that belongs to it; nothing of another study is touched."""
    at = now()
    study = Study(
        name=new.name,
        kind="rating",
        origin="imported",
        status="closed",
        criteria=_criteria(new),
        guidelines={"zh": "", "en": ""},
        design={
            "file": new.file,
            "scale": [new.scale.low, new.scale.high],
            "digest": new.digest,
            "not_asked": _not_asked(new.ratings),
        },
        analysis={
            "primary": next(iter(new.ratings.criteria)),
            "family": list(new.ratings.criteria),
            **analysis.plan_of_import(),
        },
        seed=0,
        closed_at=at,
        unblinded_at=at,
    )
    session.add(study)
    session.flush()
    items = _add_items(session, study, new)
    people = _add_people(session, new)
    _add_assignments(session, study, new.ratings, items=items, people=people)
    events.record(session, kind="created", study_id=study.id, details={"file": new.file})
    return study


def _not_asked(ratings: Ratings) -> dict[str, list[str]]:
    """Return the criteria that a system has no row for: a gap of the design, nothing missing."""
    gaps = {
        system: [criterion for criterion in ratings.criteria if criterion not in asked]
        for system, asked in ratings.asked.items()
    }
    return {system: criteria for system, criteria in gaps.items() if criteria}


def _criteria(new: ImportedStudy) -> list[dict[str, Any]]:
    values = range(new.scale.low, new.scale.high + 1)
    return [
        {
            "id": criterion,
            "name": _both(criterion),
            "question": _both(""),
            "levels": [
                {"value": v, "label": _both(str(v)), "anchor": _both(""), "example": _both("")}
                for v in values
            ],
        }
        for criterion in new.ratings.criteria
    ]


def _both(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def _add_items(session: Session, study: Study, new: ImportedStudy) -> dict[ItemKey, int]:
    """Add the systems, questions and responses of the file, and its items, originals first."""
    items = list(new.ratings.items.values())
    systems = _add_systems(session, study, [item.key.system for item in items])
    questions = _add_questions(session, new, items)
    responses = _add_responses(session, new, items, questions=questions, systems=systems)
    codes = new_codes(session, len(items))
    stored: dict[ItemKey, int] = {}
    for batch in (
        [item for item in items if item.original is None],
        [item for item in items if item.original is not None],
    ):
        rows = [
            {
                "study_id": study.id,
                "code": codes.pop(),
                "external_id": item.key.item,
                "question_id": questions[item.about],
                "response_id": responses[item.unit],
                "repeat_of_id": stored[item.original] if item.original else None,
                "is_calibration": item.is_calibration,
            }
            for item in batch
        ]
        ids = _inserted(session, "item", rows, within="study_id", key=("code",))
        stored.update(zip((item.key for item in batch), ids, strict=True))
    return stored


def _add_systems(session: Session, study: Study, names: Iterable[str]) -> dict[str, int]:
    """Return the ids of the systems; one of a name that is there already is used again."""
    wanted = list(dict.fromkeys(names))
    known = {system.name: system.id for system in session.scalars(select(System))}
    missing = [name for name in wanted if name not in known]
    rows = [{"name": name, "kind": "outside"} for name in missing]
    known.update(
        zip(missing, _inserted(session, "system", rows, within="kind", key=("name",)), strict=True)
    )
    session.add_all(
        StudySystem(study_id=study.id, system_id=known[name], code=f"S{number}")
        for number, name in enumerate(wanted, start=1)
    )
    return known


def _add_questions(
    session: Session, new: ImportedStudy, items: Iterable[RatedItem]
) -> dict[str, int]:
    """Return the ids of the questions, which have no text."""
    names = list(dict.fromkeys(item.about for item in items))
    source = f"ratings:{new.name}"
    rows = [{"source": source, "external_id": name, "run_id": new.run_id} for name in names]
    ids = _inserted(session, "question", rows, within="source", key=("external_id",))
    return dict(zip(names, ids, strict=True))


def _add_responses(
    session: Session,
    new: ImportedStudy,
    items: Iterable[RatedItem],
    *,
    questions: Mapping[str, int],
    systems: Mapping[str, int],
) -> dict[ItemKey, int]:
    """Return the ids of the responses, which have no text: one for each item but the repeats.

    Several items of one question and system are several samples of that system's answer.
    """
    samples: Counter[tuple[str, str]] = Counter()
    rows: dict[ItemKey, dict[str, Any]] = {}
    for item in items:
        if item.original is None:
            of = item.about, item.key.system
            rows[item.key] = {
                "question_id": questions[item.about],
                "system_id": systems[item.key.system],
                "sample": samples[of],
                "run_id": new.run_id,
            }
            samples[of] += 1
    key = ("question_id", "system_id", "sample")
    ids = _inserted(session, "response", list(rows.values()), within="run_id", key=key)
    return dict(zip(rows, ids, strict=True))


def _add_people(session: Session, new: ImportedStudy) -> dict[str, int]:
    rows = [
        {"scope": new.name, "pseudonym": rater, "roles": ["rater"], "group": group}
        for rater, (group, _) in new.ratings.groups.items()
    ]
    return dict(
        zip(
            new.ratings.groups,
            _inserted(session, "person", rows, within="scope", key=("pseudonym",)),
            strict=True,
        )
    )


def _add_assignments(
    session: Session,
    study: Study,
    ratings: Ratings,
    *,
    items: Mapping[ItemKey, int],
    people: Mapping[str, int],
) -> None:
    assignments = list(ratings.assignments.values())
    rows = [
        {
            "study_id": study.id,
            "item_id": items[each.item],
            "person_id": people[each.rater],
            "position": each.position,
        }
        for each in assignments
    ]
    ids = _inserted(session, "assignment", rows, within="study_id", key=("item_id", "person_id"))
    judgements: list[dict[str, Any]] = []
    for id_, each in zip(ids, assignments, strict=True):
        asked = ratings.asked[each.item.system]
        criteria = [criterion for criterion in ratings.criteria if criterion in asked]
        judgements.extend(_judgements(id_, each, criteria))
    if judgements:
        session.connection().execute(insert(TABLES["judgement"]), judgements)


def _judgements(
    assignment_id: int, assignment: RatedAssignment, criteria: Sequence[str]
) -> Iterator[dict[str, Any]]:
    for revision, judgement in sorted(assignment.revisions.items()):
        yield {
            "assignment_id": assignment_id,
            "revision": revision,
            "values": {criterion: judgement.values.get(criterion) for criterion in criteria},
            "comment": judgement.comment,
            "flags": flags_of(judgement.flags or ""),
            "seconds": judgement.seconds,
            "token": f"import-{revision}",
            "submitted_at": judgement.submitted_at,
        }


def _inserted(
    session: Session, table: str, rows: Sequence[dict[str, Any]], *, within: str, key: Sequence[str]
) -> list[int]:
    """Add the rows and return their ids, in the same order.

    `key` names the columns that tell apart the rows that share the column `within`.
    """
    if not rows:
        return []
    connection, columns = session.connection(), TABLES[table].c
    connection.execute(insert(TABLES[table]), rows)
    # Asking each row for its id as it is added takes SQLite several times as long.
    query = select(columns.id, *(columns[name] for name in key))
    found = connection.execute(query.where(columns[within] == rows[0][within]))
    ids = {tuple(names): id_ for id_, *names in found}
    return [ids[tuple(row[name] for name in key)] for row in rows]
