"""Add judgements, and find what a rater has judged and has yet to judge."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from db.tables import Assignment, Item, Judgement, Person


@dataclass(frozen=True)
class NewJudgement:
    """One answer to an assignment, as a rater gave it; `flags` maps each flag to its reason."""

    values: Mapping[str, int | None]
    token: str
    comment: str | None = None
    flags: Mapping[str, str | None] = field(default_factory=dict)
    seconds: float | None = None


def lock_assignment(session: Session, *, person_id: int, item_code: str) -> Assignment | None:
    """Return the person's assignment of an item, and let no one else write to it meanwhile.

    Nothing is returned for another person's item or a person who is disabled.
    """
    query = (
        select(Assignment)
        .join(Item, Assignment.item_id == Item.id)
        .join(Person, Assignment.person_id == Person.id)
        .where(Item.code == item_code, Person.id == person_id, Person.disabled_at.is_(None))
        .with_for_update(of=Assignment)
    )
    return session.scalar(query)


def with_token(session: Session, *, assignment_id: int, token: str) -> Judgement | None:
    """Return the judgement that was saved under this token, if it was."""
    query = select(Judgement).where(
        Judgement.assignment_id == assignment_id, Judgement.token == token
    )
    return session.scalar(query)


def add_judgement(session: Session, *, assignment_id: int, new: NewJudgement) -> Judgement:
    """Append the next revision; the assignment is locked by the caller."""
    newest_revision = session.scalar(
        select(func.max(Judgement.revision)).where(Judgement.assignment_id == assignment_id)
    )
    judgement = Judgement(
        assignment_id=assignment_id,
        revision=(newest_revision or 0) + 1,
        values=dict(new.values),
        comment=new.comment,
        flags=[{"flag": flag, "reason": reason} for flag, reason in new.flags.items()],
        seconds=new.seconds,
        token=new.token,
    )
    session.add(judgement)
    session.flush()
    return judgement


def newest(session: Session, *, assignment_id: int) -> Judgement | None:
    """Return the judgement that counts: the newest revision."""
    query = (
        select(Judgement)
        .where(Judgement.assignment_id == assignment_id)
        .order_by(Judgement.revision.desc())
        .limit(1)
    )
    return session.scalar(query)


def next_open(session: Session, *, study_id: int, person_id: int) -> Assignment | None:
    """Return the first assignment in the rater's order that has no judgement yet."""
    query = (
        select(Assignment)
        .where(
            Assignment.study_id == study_id,
            Assignment.person_id == person_id,
            ~exists().where(Judgement.assignment_id == Assignment.id),
        )
        .order_by(Assignment.position)
        .limit(1)
    )
    return session.scalar(query)


def at_position(
    session: Session, *, study_id: int, person_id: int, position: int
) -> Assignment | None:
    """Return the assignment at one place in the rater's order."""
    query = select(Assignment).where(
        Assignment.study_id == study_id,
        Assignment.person_id == person_id,
        Assignment.position == position,
    )
    return session.scalar(query)
