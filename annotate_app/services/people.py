"""Look after who rates, leads and researches, for researchers only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from annotate_app.services import invites, rights
from annotate_app.services.sign_in import SignedIn
from db import events, people, rosters, sign_ins
from db.engine import Store
from db.errors import NotAllowed
from db.invites import NewInvite


class NotYourself(NotAllowed):
    code = "not_yourself"


@dataclass(frozen=True)
class Member:
    """Someone who can sign in here; `pending` until they have chosen a password."""

    username: str
    pseudonym: str
    roles: tuple[str, ...]
    group: str | None
    disabled: bool
    pending: bool
    last_at: datetime | None


def members(store: Store, *, by: SignedIn) -> list[Member]:
    """Return everyone, in the order of joining."""
    with rights.reading(store, by) as session:
        return [
            Member(
                username=person.username or "",
                pseudonym=person.pseudonym,
                roles=tuple(person.roles),
                group=person.group,
                disabled=person.disabled_at is not None,
                pending=person.password_hash is None,
                last_at=listed.last_at,
            )
            for listed in rosters.people(session)
            for person in [listed.person]
        ]


def add(
    store: Store, *, by: SignedIn, username: str, roles: Sequence[str], group: str | None
) -> str:
    """Add someone who has yet to choose a password, and return the username as it is kept.

    Raises AlreadyKnown for a name that is taken, NameUnfit for one that will not do.
    """
    with rights.writing(store, by) as session:
        person = people.add(
            session, username=username, roles=roles, group=group or None, password_hash=None
        )
        details = {"person": person.pseudonym, "roles": person.roles}
        events.record(session, kind="added", person_id=by.person_id, details=details)
        return person.username or ""


def invite(store: Store, *, by: SignedIn, username: str) -> NewInvite:
    """Return a link's token by which someone chooses a password, a first one or a new one."""
    rights.check(store, by)
    return invites.invite(store, by=by, username=username)


def switch(store: Store, *, by: SignedIn, username: str, able: bool) -> None:
    """Let someone sign in again, or no longer.

    Raises NotYourself, so that there is always a researcher left: whoever does this.
    """
    with rights.writing(store, by) as session:
        person = people.get(session, username=username)
        if person.id == by.person_id:
            raise NotYourself("nobody can disable themselves; ask another researcher")
        people.switch(session, person=person, able=able, by=by.person_id)


def sign_out_everywhere(store: Store, *, by: SignedIn, username: str) -> None:
    """End every sign-in of a person, as after a lost laptop."""
    with rights.writing(store, by) as session:
        person = people.get(session, username=username)
        sign_ins.end_all(session, person_id=person.id)
        details = {"person": person.pseudonym, "everywhere": True}
        events.record(session, kind="signed_out", person_id=by.person_id, details=details)
