"""Raters, leads and researchers."""

import secrets
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import AlreadyKnown, NotKnown
from db.tables import Person

ROLES = ("rater", "lead", "researcher")
PSEUDONYM_LETTERS = "ACDEFHJKLMNPQRTUVWXY34679"  # nothing that is read as something else


def add(
    session: Session,
    *,
    username: str,
    roles: Sequence[str],
    group: str | None,
    password_hash: str | None,
) -> Person:
    """Add a person under a new pseudonym. Raises AlreadyKnown for a username that is taken."""
    if find(session, username=username):
        raise AlreadyKnown(f"there is a person {username} already; choose another username")
    taken = set(session.scalars(select(Person.pseudonym).where(Person.scope == "")))
    person = Person(
        pseudonym=_new_pseudonym(taken),
        username=username,
        roles=list(roles),
        group=group,
        password_hash=password_hash,
    )
    session.add(person)
    session.flush()
    return person


def find(session: Session, *, username: str) -> Person | None:
    return session.scalar(select(Person).where(Person.username == username))


def get(session: Session, *, username: str) -> Person:
    person = find(session, username=username)
    if person is None:
        raise NotKnown(f"there is no person {username}; 'cbt people list' shows who there is")
    return person


def all_local(session: Session) -> Sequence[Person]:
    """Return everyone who can sign in here, in the order of joining."""
    return session.scalars(select(Person).where(Person.scope == "").order_by(Person.id)).all()


def raters(session: Session, *, usernames: Sequence[str] | None = None) -> Sequence[Person]:
    """Return the raters named, or all who are not disabled. Raises NotKnown naming who is not."""
    able = {p.username: p for p in all_local(session) if "rater" in p.roles and not p.disabled_at}
    if usernames is None:
        return list(able.values())
    missing = [name for name in usernames if name not in able]
    if missing:
        raise NotKnown(
            f"no rater is called {', '.join(missing)};"
            " 'cbt people list' shows who there is, 'cbt people add' adds one"
        )
    return [able[name] for name in dict.fromkeys(usernames)]


def _new_pseudonym(taken: set[str]) -> str:
    while True:
        drawn = "P-" + "".join(secrets.choice(PSEUDONYM_LETTERS) for _ in range(4))
        if drawn not in taken:
            return drawn
