"""Find the place of a new judgement, and append it there as the next revision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from db import sign_ins
from db.account_tables import Person, SignIn
from db.columns import KINDS, StudyKind, StudyStatus, now
from db.tables import Assignment, Item, Judgement, Question, Response, Study


@dataclass(frozen=True)
class NewJudgement:
    """One answer to an assignment, as a rater gave it; `flags` maps each flag to its reason.

    Of a distortion item, `values` and `labels` are as `db.labels` writes them; ratings have no
    labels.
    """

    values: Mapping[str, Any]
    token: str
    labels: Sequence[Any] = ()
    comment: str | None = None
    flags: Mapping[str, str | None] = field(default_factory=dict)
    seconds: float | None = None


@dataclass(frozen=True)
class Place:
    """Where a person's next judgement of an item goes.

    `revision` is the newest one there, 0 without any; `known` the one that this token has saved
    before; `extension` until when this use extends the sign-in, if that is worth a write.
    """

    assignment_id: int
    study: str
    kind: StudyKind
    status: StudyStatus
    criteria: list[Any]
    label_set_id: int | None
    revision: int
    known: int | None
    browser_key: str | None
    sign_in_id: int
    extension: datetime | None


def _query() -> Any:
    """One question to the store for all that a save depends on: it is asked at each save.

    Raters share the lock of the study's row, and so do not wait for each other; who closes the
    study waits for them.
    """
    newest = select(func.max(Judgement.revision)).where(Judgement.assignment_id == Assignment.id)
    known = select(Judgement.revision).where(
        Judgement.assignment_id == Assignment.id, Judgement.token == bindparam("token")
    )
    return (
        select(
            Assignment.id.label("assignment_id"),
            Study.name.label("study"),
            Study.kind,
            Study.status,
            Study.criteria,
            Study.label_set_id,
            func.coalesce(newest.correlate(Assignment).scalar_subquery(), 0).label("revision"),
            known.correlate(Assignment).scalar_subquery().label("known"),
            Person.roles,
            Person.browser_key,
            SignIn.id.label("sign_in_id"),
            SignIn.created_at,
            SignIn.expires_at,
        )
        .select_from(SignIn)
        .join(Person, Person.id == SignIn.person_id)
        .join(Assignment, Assignment.person_id == Person.id)
        .join(Item, Item.id == Assignment.item_id)
        .join(Study, Study.id == Assignment.study_id)
        .where(
            Item.code == bindparam("item"),
            SignIn.token_hash == bindparam("sign_in"),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > bindparam("now"),
            Person.disabled_at.is_(None),
            Study.kind.in_(KINDS),
        )
        .with_for_update(read=True, of=Study)
    )


PLACE = _query()
JUDGEMENT = Judgement.metadata.tables[Judgement.__tablename__]  # a save needs nothing of the ORM


def place(session: Session, *, sign_in: str, item: str, token: str) -> Place | None:
    """Return the place of a judgement of `item`, or None where this sign-in has none.

    `sign_in` is the token of the browser's cookie, `token` the judgement's own.
    """
    asked = {"sign_in": sign_ins.hash_of(sign_in), "item": item, "token": token, "now": now()}
    row = session.execute(PLACE, asked).first()
    if row is None or "rater" not in row.roles:
        return None
    return Place(
        assignment_id=row.assignment_id,
        study=row.study,
        kind=row.kind,
        status=row.status,
        criteria=row.criteria,
        label_set_id=row.label_set_id,
        revision=row.revision,
        known=row.known,
        browser_key=row.browser_key,
        sign_in_id=row.sign_in_id,
        extension=sign_ins.extension(created_at=row.created_at, expires_at=row.expires_at),
    )


def labelled_texts(session: Session, *, place: Place) -> dict[str, str]:
    """Return the texts of an item that evidence can lie in: its answer, else its question.

    A save depends on them only where evidence was marked, so they are no part of its place.
    """
    query = (
        select(Item.response_id, Response.text, Question.text, Question.description)
        .select_from(Assignment)
        .join(Item, Item.id == Assignment.item_id)
        .join(Question, Question.id == Item.question_id)
        .outerjoin(Response, Response.id == Item.response_id)
        .where(Assignment.id == place.assignment_id)
    )
    response, answer, question, description = session.execute(query).one()
    if response is not None:
        return {"answer": answer or ""}
    return {"question": question or "", "description": description or ""}


def append(session: Session, *, place: Place, new: NewJudgement) -> datetime:
    """Append the next revision, and return its time.

    Raises IntegrityError where another process has appended one since `place` was asked.
    """
    at = now()
    row = {
        "assignment_id": place.assignment_id,
        "revision": place.revision + 1,
        "values": dict(new.values),
        "comment": new.comment,
        "flags": [{"flag": flag, "reason": reason} for flag, reason in new.flags.items()],
        "seconds": new.seconds,
        "token": new.token,
        "submitted_at": at,
    }
    if place.kind == "distortion":
        row["labels"] = list(new.labels)
    session.execute(insert(JUDGEMENT), row)
    if place.extension:
        until = update(SignIn).where(SignIn.id == place.sign_in_id)
        session.execute(until.values(expires_at=place.extension))
    return at
