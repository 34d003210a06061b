"""Raters, leads and researchers."""

import base64
import hashlib
import secrets
import unicodedata
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import events, sign_ins
from db.account_tables import Person
from db.columns import now
from db.errors import AlreadyKnown, KnownError, NotKnown

ROLES = ("rater", "lead", "researcher")
PSEUDONYM_LETTERS = "ACDEFHJKLMNPQRTUVWXY34679"  # nothing that is read as something else
LONGEST_NAME = 64
UNSEEN = ("C", "Z")  # Unicode's controls, joiners, surrogates and unassigned; its separators


class NameUnfit(KnownError):
    code = "name_unfit"


def folded(username: str) -> str:
    """Return the form in which a username is kept and looked up: Ｗang, WANG and wang are one."""
    once = unicodedata.normalize("NFKC", username).casefold()
    return unicodedata.normalize("NFKC", once).strip()


def fit_username(text: str) -> str:
    """Return a username as it is kept. Raises NameUnfit for one that could not be typed again."""
    name = folded(text)
    if not 1 <= len(name) <= LONGEST_NAME or "," in name or _hides_something(name):
        raise NameUnfit(
            f"a username has 1 to {LONGEST_NAME} characters that can be seen,"
            " without spaces and commas; choose another one"
        )
    return name


def fit_group(text: str) -> str:
    """Return a group's name as it is kept. Raises NameUnfit for one that cannot be read."""
    name = unicodedata.normalize("NFC", text.strip())
    if not 1 <= len(name) <= LONGEST_NAME or _hides_something(name.replace(" ", "")):
        raise NameUnfit(
            f"a group has 1 to {LONGEST_NAME} characters that can be seen; choose another one"
        )
    return name


def _hides_something(name: str) -> bool:
    return any(unicodedata.category(character)[0] in UNSEEN for character in name)


def add(
    session: Session,
    *,
    username: str,
    roles: Sequence[str],
    group: str | None,
    password_hash: str | None,
) -> Person:
    """Add a person under a new pseudonym.

    Raises AlreadyKnown for a username that is taken, NameUnfit for one that will not do.
    """
    name = fit_username(username)
    if find(session, username=name):
        raise AlreadyKnown(f"there is a person {name} already; choose another username")
    taken = set(session.scalars(select(Person.pseudonym).where(Person.scope == "")))
    person = Person(
        pseudonym=_new_pseudonym(taken),
        username=name,
        roles=list(dict.fromkeys(roles)),
        group=None if group is None else fit_group(group),
        password_hash=password_hash,
    )
    session.add(person)
    session.flush()
    return person


def find(session: Session, *, username: str) -> Person | None:
    """Return the person of a name, however it is typed."""
    typed = username.strip()
    if "\0" in typed or any("\ud800" <= character <= "\udfff" for character in typed):
        return None  # PostgreSQL takes neither, and nobody is called so
    # Two names of before folding that differ only in case are each found as they are written.
    asked = select(Person).where(Person.username.in_((typed, folded(typed))))
    return session.scalar(asked.order_by((Person.username == typed).desc()))


def get(session: Session, *, username: str) -> Person:
    person = find(session, username=username)
    if person is None:
        raise NotKnown(f"there is no person {username}; 'cbt people list' shows who there is")
    return person


def switch(session: Session, *, person: Person, able: bool, by: int | None = None) -> bool:
    """Let a person sign in again, or no longer, and say whether that changed anything."""
    if (person.disabled_at is None) == able:
        return False
    person.disabled_at = None if able else now()
    if not able:
        sign_ins.end_all(session, person_id=person.id)
    kind = "enabled" if able else "disabled"
    events.record(session, kind=kind, person_id=by, details={"person": person.pseudonym})
    return True


def owner(browser_key: str) -> str:
    """Return the name under which a person's browsers keep things: it tells nothing, and stays."""
    return hashlib.sha256(base64.b64decode(browser_key)).hexdigest()[:16]


def made_browser_key(session: Session, *, person_id: int) -> str | None:
    """Return the key of `browser_key`, if it has been made."""
    return session.scalars(select(Person.browser_key).where(Person.id == person_id)).first()


def browser_key(session: Session, *, person_id: int) -> str:
    """Return the key, 32 bytes in base64, by which this person's browsers keep their drafts."""
    made = base64.b64encode(secrets.token_bytes(32)).decode()
    missing = update(Person).where(Person.id == person_id, Person.browser_key.is_(None))
    session.execute(missing.values(browser_key=made))  # of two tabs at once, one makes it
    return made_browser_key(session, person_id=person_id) or made


def all_local(session: Session) -> Sequence[Person]:
    """Return everyone who can sign in here, in the order of joining."""
    return session.scalars(select(Person).where(Person.scope == "").order_by(Person.id)).all()


def raters(session: Session, *, usernames: Sequence[str] | None = None) -> Sequence[Person]:
    """Return the raters named, or all who are not disabled. Raises NotKnown naming who is not."""
    return _able(session, "rater", usernames)


def leads(session: Session, *, usernames: Sequence[str] | None = None) -> Sequence[Person]:
    """Return the leads named, or all who are not disabled. Raises NotKnown naming who is not."""
    return _able(session, "lead", usernames)


def _able(session: Session, role: str, usernames: Sequence[str] | None) -> Sequence[Person]:
    able = {p.username: p for p in all_local(session) if role in p.roles and not p.disabled_at}
    if usernames is None:
        return list(able.values())
    found = {name: able.get(name) or able.get(folded(name)) for name in usernames}
    missing = [name for name, person in found.items() if person is None]
    if missing:
        raise NotKnown(
            f"no {role} is called {', '.join(missing)};"
            " 'cbt people list' shows who there is, 'cbt people add' adds one"
        )
    return list({person.id: person for person in found.values() if person}.values())


def _new_pseudonym(taken: set[str]) -> str:
    while True:
        drawn = "P-" + "".join(secrets.choice(PSEUDONYM_LETTERS) for _ in range(4))
        if drawn not in taken:
            return drawn
