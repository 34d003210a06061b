"""List what a researcher chooses from: systems, sources of questions, people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.account_tables import Person, SignIn
from db.tables import Question, Response, System


@dataclass(frozen=True)
class Listed:
    """Someone who can sign in here, or could; `last_at` is the start of the last sign-in."""

    person: Person
    last_at: datetime | None


def systems(session: Session) -> dict[str, int]:
    """Return to how many questions each system has a kept answer, of those that have any."""
    query = (
        select(System.name, func.count(Response.question_id.distinct()))
        .join(Response, Response.system_id == System.id)
        .join(Question, Question.id == Response.question_id)
        .where(Response.status == "kept", Response.text.is_not(None), Question.text.is_not(None))
        .group_by(System.name)
        .order_by(System.name)
    )
    return dict(session.execute(query).all())


def sources(session: Session) -> Sequence[str]:
    """Return where the questions that can be asked come from."""
    query = select(Question.source).where(Question.text.is_not(None)).distinct()
    return sorted(session.scalars(query))


def people(session: Session) -> list[Listed]:
    """Return everyone of this store's own, in the order of joining."""
    query = (
        select(Person, func.max(SignIn.created_at))
        .outerjoin(SignIn, SignIn.person_id == Person.id)
        .where(Person.scope == "")
        .group_by(Person.id)
        .order_by(Person.id)
    )
    return [Listed(person, last_at) for person, last_at in session.execute(query)]
