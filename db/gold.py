"""Store and find an outside ground truth's answers for the items of a study."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session

from db.base import Base
from db.columns import Presence
from db.items import new_codes
from db.tables import AdjudicationCase, Detection, Gold, Item, Question, Response

OWN_SOURCE = "gold:"  # what the source of questions begins with that came with a gold
IDS_AT_ONCE = 10_000  # both kinds of store allow more variables than that in a query


class ItemTexts(NamedTuple):
    """An item of a distortion study, with what it is called and what it shows."""

    id: int
    code: str
    external_id: str | None
    question_id: int
    source: str
    question: str
    text: str | None
    description: str | None
    answer: str | None
    is_repeat: bool


class StoredAnswer(NamedTuple):
    presence: Presence
    labels: tuple[str, ...]


def items(session: Session, *, study_id: int) -> list[ItemTexts]:
    """Return a study's items in the order of their making."""
    query = (
        select(
            Item.id,
            Item.code,
            Item.external_id,
            Item.question_id,
            Question.source,
            Question.external_id,
            Question.text,
            Question.description,
            Response.text,
            Item.repeat_of_id.is_not(None),
        )
        .join(Question, Question.id == Item.question_id)
        .outerjoin(Response, Response.id == Item.response_id)
        .where(Item.study_id == study_id)
        .order_by(Item.id)
    )
    return [ItemTexts._make(row) for row in session.execute(query)]


def answers(session: Session, *, study_id: int) -> dict[int, list[StoredAnswer]]:
    """Return the answers of each item that has any."""
    query = (
        select(Gold.item_id, Gold.presence, Gold.labels)
        .join(Item, Item.id == Gold.item_id)
        .where(Item.study_id == study_id)
        .order_by(Gold.id)
    )
    found: dict[int, list[StoredAnswer]] = defaultdict(list)
    for item, presence, labels in session.execute(query):
        found[item].append(StoredAnswer(presence, tuple(labels)))
    return found


def predictions(session: Session, *, study_id: int, detector: str) -> dict[int, StoredAnswer]:
    """Return what a detector last found in each item itself."""
    query = (
        select(Detection.item_id, Detection.presence, Detection.labels)
        .join(Item, Item.id == Detection.item_id)
        .where(Item.study_id == study_id, Detection.detector == detector)
        .order_by(Detection.id)
    )
    rows = session.execute(query)
    return {id_: StoredAnswer(presence, tuple(labels)) for id_, presence, labels in rows if id_}


def add(session: Session, answers_: Iterable[Mapping[str, Any]]) -> None:
    """Add many answers; all map the same columns."""
    rows = list(answers_)
    if rows:
        session.execute(insert(Base.metadata.tables["gold"]), rows)


def mark_conflicting(session: Session, *, item_ids: Sequence[int]) -> None:
    """Mark all answers of these items as conflicting."""
    for start in range(0, len(item_ids), IDS_AT_ONCE):
        some = item_ids[start : start + IDS_AT_ONCE]
        session.execute(update(Gold).where(Gold.item_id.in_(some)).values(conflicting=True))


def has_cases(session: Session, *, study_id: int) -> bool:
    """Return whether the study's conflicts are with a lead already."""
    return bool(session.scalar(select(exists().where(AdjudicationCase.study_id == study_id))))


def add_items(
    session: Session, *, study_id: int, subjects: Sequence[tuple[str | None, int]]
) -> list[int]:
    """Add an item for each pair of a file's own id and a question; return their ids."""
    if not subjects:
        return []
    codes = new_codes(session, len(subjects))
    rows = [
        {"study_id": study_id, "code": code, "external_id": own, "question_id": question}
        for code, (own, question) in zip(codes, subjects, strict=True)
    ]
    session.execute(insert(Item), [{**row, "is_calibration": False} for row in rows])
    found = session.execute(select(Item.code, Item.id).where(Item.study_id == study_id))
    ids = dict(found.all())
    return [ids[code] for code in codes]
