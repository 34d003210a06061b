"""Invite people by a link, by which they choose a password; it also serves to choose a new one."""

from dataclasses import dataclass
from datetime import datetime

from annotate_app.services.sign_in import SignedIn
from db import events, invites, people, sign_ins
from db.account_tables import Person
from db.engine import Store
from db.errors import NotKnown
from pipeline import passwords


class InviteNotValid(NotKnown):
    code = "invite_not_valid"

    def __init__(self) -> None:
        super().__init__("this link was used before, or it is too old; ask for a new one")


@dataclass(frozen=True)
class Invited:
    """Whom a link is for, and until when it is good."""

    username: str
    expires_at: datetime


def invite(store: Store, *, by: SignedIn | None, username: str) -> invites.NewInvite:
    """Return a new link's token for a person; the one before it no longer works.

    Raises NotKnown for a name that nobody has, NotAllowed for a person who is disabled.
    """
    with store.writing() as session:
        person = people.get(session, username=username)
        return invites.make(session, person=person, by=by.person_id if by else None)


def look(store: Store, *, token: str) -> Invited:
    """Return whom a link is for. Raises InviteNotValid."""
    with store.reading() as session:
        found = invites.find(session, token=token)
        if found is None:
            raise InviteNotValid
        person = session.get_one(Person, found.person_id)
        return Invited(person.username or "", found.expires_at)


def accept(store: Store, *, token: str, password: str) -> str:
    """Give a person the password they chose, sign out whoever used the one before, sign them in.

    Returns the sign-in's token. Raises InviteNotValid, or PasswordUnfit, which leaves the link.
    """
    look(store, token=token)
    password_hash = passwords.hash_password(password)
    with store.writing() as session:
        person = invites.use(session, token=token)
        if person is None:
            raise InviteNotValid
        person.password_hash = password_hash
        sign_ins.end_all(session, person_id=person.id)
        events.record(session, kind="invite_accepted", person_id=person.id)
        return sign_ins.begin(session, person_id=person.id)
