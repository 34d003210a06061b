"""The browsers in which someone is signed in: each holds a token, the store its hash."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from db import events
from db.account_tables import Person, SignIn
from db.columns import now

UNUSED = timedelta(hours=12)
LONGEST = timedelta(days=7)
WRITTEN_EVERY = timedelta(minutes=10)


def begin(session: Session, *, person_id: int) -> str:
    """Sign a person in, and return the token that their browser keeps."""
    events.record(session, kind="signed_in", person_id=person_id)
    token, began = secrets.token_urlsafe(32), now()
    session.add(
        SignIn(
            person_id=person_id,
            token_hash=hash_of(token),
            created_at=began,
            expires_at=began + UNUSED,
        )
    )
    return token


def hash_of(token: str) -> str:
    """Return what the store keeps of a token: it is random, so nothing finds it from that."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def person(session: Session, *, token: str) -> Person | None:
    """Return who is signed in by this token, or None once that has ended in any way."""
    found = find(session, token=token)
    return None if found is None else session.get(Person, found.person_id)


def find(session: Session, *, token: str) -> SignIn | None:
    """Return the sign-in while it is good: not ended, not expired, the person not disabled."""
    return session.scalar(
        select(SignIn)
        .join(Person, Person.id == SignIn.person_id)
        .where(
            SignIn.token_hash == hash_of(token),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now(),
            Person.disabled_at.is_(None),
        )
    )


def extension(*, created_at: datetime, expires_at: datetime) -> datetime | None:
    """Return until when a use now extends a sign-in, or None if that is not worth a write."""
    until = min(now() + UNUSED, created_at + LONGEST)
    return until if until - expires_at >= WRITTEN_EVERY else None


def end(session: Session, *, token: str) -> None:
    """Sign one browser out."""
    _end(session, SignIn.token_hash == hash_of(token))


def end_all(session: Session, *, person_id: int) -> None:
    """Sign a person out of every browser."""
    _end(session, SignIn.person_id == person_id)


def _end(session: Session, which: ColumnElement[bool]) -> None:
    session.execute(update(SignIn).where(which, SignIn.ended_at.is_(None)).values(ended_at=now()))
