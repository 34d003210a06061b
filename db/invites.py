"""Links by which a person sets their password: each works once, and for two weeks."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import events
from db.account_tables import Invite, Person
from db.columns import now
from db.errors import NotAllowed
from db.sign_ins import hash_of

GOOD_FOR = timedelta(days=14)


@dataclass(frozen=True)
class NewInvite:
    """A link's token, which is shown once and not kept, and until when it is good."""

    token: str
    expires_at: datetime


def make(session: Session, *, person: Person, by: int | None = None) -> NewInvite:
    """Return a new link for a person; the one they had before no longer works.

    Raises NotAllowed for a person who is disabled.
    """
    if person.disabled_at is not None:
        raise NotAllowed(f"{person.username} is disabled; run 'cbt people enable' first")
    made_at = now()
    earlier = update(Invite).where(Invite.person_id == person.id, Invite.expires_at > made_at)
    session.execute(earlier.values(expires_at=made_at))
    token = secrets.token_urlsafe(24)
    invite = Invite(
        person_id=person.id,
        token_hash=hash_of(token),
        created_at=made_at,
        expires_at=made_at + GOOD_FOR,
    )
    session.add(invite)
    events.record(session, kind="invited", person_id=by, details={"person": person.pseudonym})
    return NewInvite(token, invite.expires_at)


def find(session: Session, *, token: str) -> Invite | None:
    """Return the invite while it is good: not used, not expired, the person not disabled."""
    return session.scalar(
        select(Invite)
        .join(Person, Person.id == Invite.person_id)
        .where(
            Invite.token_hash == hash_of(token),
            Invite.used_at.is_(None),
            Invite.expires_at > now(),
            Person.disabled_at.is_(None),
        )
    )


def use(session: Session, *, token: str) -> Person | None:
    """Use a link up, and return whose it was; of two who use it at once, one does."""
    invite = find(session, token=token)
    if invite is None:
        return None
    once = update(Invite).where(Invite.id == invite.id, Invite.used_at.is_(None))
    used = session.execute(once.values(used_at=now()).returning(Invite.person_id)).scalar()
    return None if used is None else session.get_one(Person, used)
