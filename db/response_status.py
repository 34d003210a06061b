"""List answers whatever their status, and change what is kept and what is set aside."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from db import frames, selections
from db.base import Base
from db.columns import ResponseStatus, StudyStatus
from db.selections import Selection
from db.tables import Item, Question, Response, Study, System

RESPONSE = Base.metadata.tables["response"]
AT_ONCE = 10_000  # both kinds of store allow more variables than that in a query


class Answer(NamedTuple):
    """An answer with its status, and what it answers."""

    id: int
    question_id: int
    system: str
    source: str
    external_id: str
    question: str | None
    sample: int
    text: str | None
    status: ResponseStatus
    reason: str | None


@dataclass(frozen=True)
class Change:
    """What becomes of an answer."""

    status: ResponseStatus
    reason: str | None


class InStudy(NamedTuple):
    """How many of some answers a study asks about that is not closed."""

    study: str
    status: StudyStatus
    answers: int


def answers(
    session: Session, *, systems: Sequence[str] = (), selection: Selection | None = None
) -> list[Answer]:
    """Return the answers of these systems, or of all, in the order of their making.

    Raises NotKnown for a system, source, split or subset that the store does not hold.
    """
    question = (Question.source, Question.external_id, Question.text)
    own = (Response.sample, Response.text, Response.status, Response.reason)
    query = (
        select(Response.id, Response.question_id, System.name, *question, *own)
        .join(System, System.id == Response.system_id)
        .join(Question, Question.id == Response.question_id)
        .order_by(Response.id)
    )
    if systems:
        ids = [system.id for system in frames.systems(session, names=systems)]
        query = query.where(Response.system_id.in_(ids))
    asked = selections.question_ids(session, selection or Selection())
    rows = (Answer._make(row) for row in session.execute(query))
    return [row for row in rows if asked is None or row.question_id in asked]


def change(session: Session, changes: Mapping[int, Change]) -> None:
    """Give answers another status, each with its reason, under the answers' ids."""
    if changes:
        query = update(RESPONSE).where(RESPONSE.c.id == bindparam("response"))
        rows = [
            {"response": id_, "now": each.status, "why": each.reason}
            for id_, each in changes.items()
        ]
        session.execute(query.values(status=bindparam("now"), reason=bindparam("why")), rows)


def studies_with(session: Session, response_ids: Iterable[int]) -> list[InStudy]:
    """Return the studies, open ones and drafts, whose items show any of these answers."""
    ids = list(response_ids)
    found: dict[tuple[str, StudyStatus], int] = {}
    for start in range(0, len(ids), AT_ONCE):
        query = (
            select(Study.name, Study.status, func.count(Item.response_id.distinct()))
            .join(Item, Item.study_id == Study.id)
            .where(Item.response_id.in_(ids[start : start + AT_ONCE]), Study.status != "closed")
            .group_by(Study.id, Study.name, Study.status)
        )
        for name, status, count in session.execute(query):
            found[name, status] = found.get((name, status), 0) + count
    return [InStudy(name, status, count) for (name, status), count in sorted(found.items())]
