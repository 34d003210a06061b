"""What a lead's desk reads of a case, and the next step on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, func, select
from sqlalchemy.orm import Session

from db import adjudications, labels
from db.account_tables import Person
from db.desk import DANGER
from db.labels import Labelling
from db.tables import (
    Adjudication,
    AdjudicationCase,
    Gold,
    Item,
    Judgement,
    Question,
    Response,
    Study,
)


@dataclass(frozen=True)
class StudyOfCases:
    """A study in which a lead has cases, with what was frozen when it opened.

    `on_answers` is whether its items are answers, and not bare questions.
    """

    id: int
    name: str
    guidelines: dict[str, Any]
    label_set_id: int | None
    on_answers: bool


@dataclass(frozen=True)
class Step:
    """The newest step of a lead on a case: the own answer, and the decision once there is one."""

    revision: int
    own: Labelling
    decided: Labelling | None
    reason: str
    at: datetime


@dataclass(frozen=True)
class ShownVote:
    """One vote as a lead sees it: not whose it is."""

    given: Labelling
    comment: str


@dataclass(frozen=True)
class OwnCase:
    """All that a lead may learn of a case; without a `step` there are no `votes` to see yet."""

    code: str
    position: int
    question: str
    description: str
    answer: str
    hard: bool
    step: Step | None
    votes: Sequence[ShownVote]


@dataclass(frozen=True)
class Place:
    """Where a lead's next step on a case goes.

    `revision` is the newest one of the item, 0 without any; `step` the lead's own newest, `known`
    the one that this token has saved before. `texts` are those that evidence can lie in.
    """

    item_id: int
    person_id: int
    label_set_id: int | None
    texts: Mapping[str, str]
    votes: Sequence[ShownVote]
    labelled: bool
    revision: int
    step: Step | None
    known: Step | None


@dataclass(frozen=True)
class NewStep:
    """A step to append: a decision with its reason, or only the lead's own answer."""

    own: Labelling
    token: str
    decision: Labelling | None = None
    reason: str = ""
    seconds: float | None = None


def study_of_lead(session: Session, *, person_id: int, name: str) -> StudyOfCases | None:
    """Return the study of this name, if the person is a lead and has cases in it."""
    mine = exists().where(*adjudications.own(study_id=Study.id, person_id=person_id))
    on_answers = exists().where(Item.study_id == Study.id, Item.response_id.is_not(None))
    asked = select(Study.id, Study.name, Study.guidelines, Study.label_set_id, on_answers)
    found = session.execute(asked.where(Study.name == name, mine)).first()
    roles = session.scalars(select(Person.roles).where(Person.id == person_id)).first()
    return StudyOfCases(*found) if found and "lead" in (roles or ()) else None


def order(session: Session, *, study_id: int, person_id: int) -> list[tuple[int, bool]]:
    """Return each position of a lead's order, and whether its case is decided."""
    asked = select(AdjudicationCase.position, adjudications.decided()).where(
        *adjudications.own(study_id=study_id, person_id=person_id)
    )
    rows = session.execute(asked.order_by(AdjudicationCase.position))
    return [(position, bool(is_decided)) for position, is_decided in rows]


def cases(
    session: Session, *, study_id: int, person_id: int, positions: Sequence[int]
) -> list[OwnCase]:
    """Return the lead's own cases at these positions, as far as there are such."""
    asked = (
        _with_texts()
        .where(
            *adjudications.own(study_id=study_id, person_id=person_id),
            AdjudicationCase.position.in_(positions),
        )
        .order_by(AdjudicationCase.position)
    )
    return [_case(session, row, person_id) for row in session.execute(asked).all()]


def place(session: Session, *, person_id: int, item: str, token: str) -> Place | None:
    """Return the place of a lead's step on `item`, or None where it is not this person's case.

    The case stays locked until the transaction ends, so that two windows take turns.
    """
    asked = _with_texts().where(Item.code == item, AdjudicationCase.person_id == person_id)
    row = session.execute(asked.with_for_update(of=AdjudicationCase)).first()
    if row is None:
        return None
    newest = select(func.max(Adjudication.revision)).where(Adjudication.item_id == row.item_id)
    known = select(Adjudication).where(
        Adjudication.item_id == row.item_id,
        Adjudication.person_id == person_id,
        Adjudication.token == token,
    )
    saved = session.scalars(known).first()
    return Place(
        item_id=row.item_id,
        person_id=person_id,
        label_set_id=row.label_set_id,
        texts=_labelled_texts(row),
        votes=_votes(session, row.votes),
        labelled=person_id in adjudications.labellers(session, study_id=row.study_id)[row.item_id],
        revision=session.scalar(newest) or 0,
        step=_newest(session, row.item_id, person_id),
        known=_step(saved) if saved else None,
    )


def append(session: Session, *, place: Place, new: NewStep) -> Step:
    """Append the next step, and return it."""
    row = Adjudication(
        item_id=place.item_id,
        person_id=place.person_id,
        revision=place.revision + 1,
        before=labels.to_json(new.own),
        decision=labels.to_json(new.decision) if new.decision else {},
        reason=new.reason,
        seconds=new.seconds,
        token=new.token,
    )
    session.add(row)
    session.flush()
    return _step(row)


def _with_texts() -> Any:
    return (
        select(
            AdjudicationCase.position,
            AdjudicationCase.votes,
            AdjudicationCase.item_id,
            AdjudicationCase.study_id,
            Study.label_set_id,
            Item.code,
            Item.response_id,
            Question.text.label("question"),
            Question.description,
            Question.tags,
            Response.text.label("answer"),
        )
        .select_from(AdjudicationCase)
        .join(Study, Study.id == AdjudicationCase.study_id)
        .join(Item, Item.id == AdjudicationCase.item_id)
        .join(Question, Question.id == Item.question_id)
        .outerjoin(Response, Response.id == Item.response_id)
    )


def _case(session: Session, row: Row[Any], person_id: int) -> OwnCase:
    step = _newest(session, row.item_id, person_id)
    return OwnCase(
        code=row.code,
        position=row.position,
        question=row.question or "",
        description=row.description or "",
        answer=row.answer or "",
        hard=DANGER in row.tags,
        step=step,
        votes=_votes(session, row.votes) if step else (),
    )


def _labelled_texts(row: Row[Any]) -> dict[str, str]:
    if row.response_id is not None:
        return {"answer": row.answer or ""}
    return {"question": row.question or "", "description": row.description or ""}


def _newest(session: Session, item_id: int, person_id: int) -> Step | None:
    """Return the lead's own newest step: another lead may have begun with the case before."""
    asked = select(Adjudication).where(
        Adjudication.item_id == item_id, Adjudication.person_id == person_id
    )
    found = session.scalars(asked.order_by(Adjudication.revision.desc()).limit(1)).first()
    return _step(found) if found else None


def _step(row: Adjudication) -> Step:
    return Step(
        revision=row.revision,
        own=labels.from_json(row.before or row.decision),
        decided=labels.from_json(row.decision) if row.decision else None,
        reason=row.reason,
        at=row.created_at,
    )


def _votes(session: Session, drawn: Sequence[Mapping[str, int]]) -> list[ShownVote]:
    """Return the votes in the order that was drawn for the case."""
    return [
        _judged(session.get_one(Judgement, vote["judgement"]))
        if "judgement" in vote
        else _in_gold(session.get_one(Gold, vote["gold"]))
        for vote in drawn
    ]


def _judged(judgement: Judgement) -> ShownVote:
    given = labels.read(judgement.values, judgement.labels)
    return ShownVote(given, judgement.comment or "")


def _in_gold(gold: Gold) -> ShownVote:
    return ShownVote(labels.of_gold(gold.presence, gold.labels), "")
