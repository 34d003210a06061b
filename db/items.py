"""Store and read what a study judges, and who judges what in which order."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from db.people import PSEUDONYM_LETTERS
from db.tables import Assignment, Item, Question, Response, StudySystem

CODE_LENGTH = 8


@dataclass(frozen=True)
class Subject:
    """What an item shows: a question, and in most studies one system's answer to it."""

    question_id: int
    response_id: int | None


@dataclass(frozen=True)
class StoredItem:
    """An item without what hangs on its store; `system` is a code, or None for a bare question."""

    id: int
    question: tuple[str, str]
    system: str | None
    repeat_of: int | None


@dataclass(frozen=True)
class ShownText:
    """An answer that a study shows, and the question's id in its source."""

    question: str
    text: str


def add(
    session: Session, *, study_id: int, subjects: Sequence[Subject], repeated: Iterable[Subject]
) -> None:
    """Add one item for each subject under a new opaque code, and one more for each repeat."""
    ids = _insert(session, study_id, [(subject, None) for subject in subjects])
    originals = dict(zip(subjects, ids, strict=True))
    _insert(session, study_id, [(subject, originals[subject]) for subject in repeated])


def _insert(
    session: Session, study_id: int, rows: Sequence[tuple[Subject, int | None]]
) -> list[int]:
    if not rows:
        return []
    codes = new_codes(session, len(rows))
    session.execute(
        insert(Item),
        [
            {
                "study_id": study_id,
                "code": code,
                "question_id": subject.question_id,
                "response_id": subject.response_id,
                "repeat_of_id": original,
                "is_calibration": False,
            }
            for code, (subject, original) in zip(codes, rows, strict=True)
        ],
    )
    found = session.execute(select(Item.code, Item.id).where(Item.study_id == study_id))
    ids = dict(found.all())
    return [ids[code] for code in codes]


def new_codes(session: Session, n: int) -> list[str]:
    """Draw opaque codes that no item of the store has."""
    taken = set(session.scalars(select(Item.code)))
    codes: dict[str, None] = {}
    while len(codes) < n:
        code = "".join(secrets.choice(PSEUDONYM_LETTERS) for _ in range(CODE_LENGTH))
        if code not in taken:
            codes[code] = None
    return list(codes)


def of_study(session: Session, *, study_id: int) -> list[StoredItem]:
    """Return a study's items, sorted by question and system's code, originals before repeats."""
    of_study = (StudySystem.study_id == study_id) & (StudySystem.system_id == Response.system_id)
    query = (
        select(Item.id, Question.source, Question.external_id, StudySystem.code, Item.repeat_of_id)
        .join(Question, Item.question_id == Question.id)
        .outerjoin(Response, Item.response_id == Response.id)
        .outerjoin(StudySystem, of_study)
        .where(Item.study_id == study_id)
    )
    found = [
        StoredItem(id_, (source, external_id), system, repeat_of)
        for id_, source, external_id, system, repeat_of in session.execute(query)
    ]
    return sorted(
        found, key=lambda item: (item.repeat_of is not None, item.question, item.system or "")
    )


def assign(session: Session, *, study_id: int, orders: Mapping[int, Sequence[int]]) -> None:
    """Give each person their items, in their order: {person: items}."""
    rows = [
        {"study_id": study_id, "item_id": item, "person_id": person, "position": position}
        for person, order in orders.items()
        for position, item in enumerate(order, 1)
    ]
    if rows:
        session.execute(insert(Assignment), rows)


def unassign(session: Session, *, study_id: int) -> None:
    """Remove all assignments of a study that has no judgement yet."""
    session.execute(delete(Assignment).where(Assignment.study_id == study_id))


def orders(session: Session, *, study_id: int) -> dict[int, list[int]]:
    """Return each person's items in their order: {person: items}."""
    query = (
        select(Assignment.person_id, Assignment.item_id)
        .where(Assignment.study_id == study_id)
        .order_by(Assignment.person_id, Assignment.position)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for person, item in session.execute(query):
        found[person].append(item)
    return dict(found)


def subjects(session: Session, *, study_id: int) -> list[Subject]:
    """Return what a study's items show, each once, in the order of their making."""
    query = select(Item.question_id, Item.response_id).order_by(Item.id)
    rows = session.execute(query.where(Item.study_id == study_id))
    return list(dict.fromkeys(Subject(question, response) for question, response in rows))


def texts(session: Session, *, study_id: int) -> list[ShownText]:
    """Return the answers that a study shows, each once."""
    query = (
        select(Question.external_id, Response.text)
        .select_from(Item)
        .join(Question, Item.question_id == Question.id)
        .join(Response, Item.response_id == Response.id)
        .where(Item.study_id == study_id, Item.repeat_of_id.is_(None))
        .order_by(Item.id)
    )
    return [ShownText(question, text or "") for question, text in session.execute(query)]
