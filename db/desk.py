"""What a rater's desk reads, by columns of which none tells where an answer is from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, select
from sqlalchemy.orm import Session

from db.account_tables import Person
from db.columns import KINDS, StudyKind, StudyStatus
from db.tables import Assignment, Item, Judgement, Question, Response, Study

DANGER = "danger"  # the tag of a question that speaks of harm


@dataclass(frozen=True)
class OwnStudy:
    """A study in which a rater has items, with the texts that were frozen when it opened.

    `on_answers` is whether its items are answers, and not bare questions.
    """

    id: int
    name: str
    kind: StudyKind
    status: StudyStatus
    criteria: list[Any]
    label_set_id: int | None
    guidelines: dict[str, Any]
    on_answers: bool


@dataclass(frozen=True)
class Given:
    """What the rater gave to an item last; `flags` maps each flag to its reason, maybe empty."""

    revision: int
    values: dict[str, Any]
    labels: list[Any]
    comment: str
    flags: dict[str, str]
    at: datetime | None


@dataclass(frozen=True)
class OwnItem:
    """All that a rater may learn of an item, at its place in the rater's own order."""

    code: str
    position: int
    question: str
    description: str
    answer: str
    hard: bool
    previous: Given | None


def own_study(session: Session, *, person_id: int, name: str) -> OwnStudy | None:
    """Return the study of this name, if the person rates and has items in it."""
    mine = exists().where(Assignment.study_id == Study.id, Assignment.person_id == person_id)
    on_answers = exists().where(Item.study_id == Study.id, Item.response_id.is_not(None))
    asked = select(
        Study.id,
        Study.name,
        Study.kind,
        Study.status,
        Study.criteria,
        Study.label_set_id,
        Study.guidelines,
        on_answers,
    )
    named = asked.where(Study.name == name, Study.kind.in_(KINDS), mine)
    found = session.execute(named).first()
    roles = session.scalars(select(Person.roles).where(Person.id == person_id)).first()
    return OwnStudy(*found) if found and "rater" in (roles or ()) else None


def order(session: Session, *, study_id: int, person_id: int) -> Sequence[tuple[int, bool]]:
    """Return each position of the rater's order, and whether its item is judged."""
    judged = exists().where(Judgement.assignment_id == Assignment.id)
    asked = select(Assignment.position, judged).where(*_own(study_id, person_id))
    rows = session.execute(asked.order_by(Assignment.position))
    return [(position, is_judged) for position, is_judged in rows if position is not None]


def items(
    session: Session, *, study_id: int, person_id: int, positions: Sequence[int]
) -> list[OwnItem]:
    """Return the rater's own items at these positions, as far as there are such."""
    newest = (
        select(func.max(Judgement.revision))
        .where(Judgement.assignment_id == Assignment.id)
        .correlate(Assignment)
        .scalar_subquery()
    )
    asked = (
        select(
            Item.code,
            Assignment.position,
            Question.text.label("question"),
            Question.description,
            Response.text.label("answer"),
            Question.tags,
            Judgement.revision,
            Judgement.values.label("given"),
            Judgement.labels,
            Judgement.comment,
            Judgement.flags,
            Judgement.submitted_at,
        )
        .select_from(Assignment)
        .join(Item, Item.id == Assignment.item_id)
        .join(Question, Question.id == Item.question_id)
        .outerjoin(Response, Response.id == Item.response_id)
        .outerjoin(
            Judgement,
            (Judgement.assignment_id == Assignment.id) & (Judgement.revision == newest),
        )
        .where(*_own(study_id, person_id), Assignment.position.in_(positions))
        .order_by(Assignment.position)
    )
    return [_item(row) for row in session.execute(asked)]


def given(session: Session, *, assignment_id: int, revision: int) -> Given:
    """Return one revision of what a rater gave."""
    asked = select(
        Judgement.revision,
        Judgement.values.label("given"),
        Judgement.labels,
        Judgement.comment,
        Judgement.flags,
        Judgement.submitted_at,
    ).where(Judgement.assignment_id == assignment_id, Judgement.revision == revision)
    return _given(session.execute(asked).one())


def _own(study_id: int, person_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Assignment.study_id == study_id, Assignment.person_id == person_id


def _item(row: Row[Any]) -> OwnItem:
    return OwnItem(
        code=row.code,
        position=row.position,
        question=row.question or "",
        description=row.description or "",
        answer=row.answer or "",
        hard=DANGER in row.tags,
        previous=None if row.revision is None else _given(row),
    )


def _given(row: Row[Any]) -> Given:
    return Given(
        revision=row.revision,
        values=dict(row.given),
        labels=list(row.labels or ()),
        comment=row.comment or "",
        flags={flag["flag"]: flag.get("reason") or "" for flag in row.flags},
        at=row.submitted_at,
    )
