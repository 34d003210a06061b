"""Sign people in by name and password."""

from dataclasses import dataclass

from db import events, people
from db.engine import Store
from db.errors import NotAllowed
from db.tables import Person
from pipeline import passwords


class WrongCredentials(NotAllowed):
    code = "wrong_credentials"


@dataclass(frozen=True)
class SignedIn:
    """Someone who is signed in, as the pages know them."""

    person_id: int
    username: str
    pseudonym: str
    roles: tuple[str, ...]

    @property
    def rates(self) -> bool:
        return "rater" in self.roles

    @property
    def watches(self) -> bool:
        """Whether the pages about studies are for this person."""
        return bool({"lead", "researcher"} & set(self.roles))


def sign_in(store: Store, *, username: str, password: str) -> SignedIn:
    """Return who signed in, and log it.

    Raises WrongCredentials, after the same work and with the same words, whether it is the name
    or the password that is wrong, or the person is disabled.
    """
    with store.reading() as session:
        person = people.find(session, username=username.strip())
        able = person is not None and person.disabled_at is None
        password_hash = person.password_hash if person and able else None
        found = _signed_in(person) if person else None
    if not passwords.fits(password, password_hash=password_hash) or found is None:
        raise WrongCredentials("the username or the password is wrong; try again")
    with store.writing() as session:
        events.record(session, kind="signed_in", person_id=found.person_id)
    return found


def still_signed_in(store: Store, *, person_id: int) -> SignedIn | None:
    """Return the person with the roles of now, or None once they are disabled."""
    with store.reading() as session:
        person = session.get(Person, person_id)
        return _signed_in(person) if person and person.disabled_at is None else None


def _signed_in(person: Person) -> SignedIn:
    return SignedIn(
        person_id=person.id,
        username=person.username or "",
        pseudonym=person.pseudonym,
        roles=tuple(person.roles),
    )
