"""Sign people in by name and password, know them again by their browser's token, sign them out."""

from dataclasses import dataclass

from annotate_app.services.patience import Key, Patience
from db import events, people, sign_ins
from db.account_tables import Person, SignIn
from db.engine import Store
from db.errors import NotAllowed, StoreBusy, StoreFull
from pipeline import passwords

TRIES_AT_A_NAME = 5
TRIES_FROM_AN_ADDRESS = 100  # a whole clinic may sit behind one
PATIENCE = Patience()
COOKIE = "cbt_sign_in"


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
    def leads(self) -> bool:
        return "lead" in self.roles

    @property
    def researches(self) -> bool:
        return "researcher" in self.roles

    @property
    def watches(self) -> bool:
        """Whether the pages about studies are for this person."""
        return self.leads or self.researches


def sign_in(store: Store, *, username: str, password: str, address: str) -> str:
    """Return the token of a new sign-in.

    Raises WrongCredentials, after the same work and with the same words, whether it is the name
    or the password that is wrong, or the person is disabled; SlowDown, before any work, after too
    many of these.
    """
    name = Key(f"{store.name} name {people.folded(username)[:200]}", TRIES_AT_A_NAME)
    place = Key(f"{store.name} address {address}", TRIES_FROM_AN_ADDRESS)
    PATIENCE.begin(name, place)
    with store.reading() as session:
        person = people.find(session, username=username)
        able = person is not None and person.disabled_at is None
        password_hash = person.password_hash if person and able else None
        person_id = person.id if person else None
    right = passwords.fits(password, password_hash=password_hash)
    if person_id is None or not right:
        # Without the name as typed: some type their password there.
        with store.writing() as session:
            events.record(session, kind="sign_in_refused", person_id=person_id)
        raise WrongCredentials("the username or the password is wrong; try again")
    PATIENCE.right(name, place)
    return begin(store, person_id=person_id)


def begin(store: Store, *, person_id: int) -> str:
    """Sign in someone who has shown who they are, and return the token for their browser."""
    with store.writing() as session:
        return sign_ins.begin(session, person_id=person_id)


def who(store: Store, *, token: str) -> SignedIn | None:
    """Return who is signed in by a token, with the roles of now; a use extends the sign-in."""
    with store.reading() as session:
        found = sign_ins.find(session, token=token)
        if found is None:
            return None
        person = _signed_in(session.get_one(Person, found.person_id))
        until = sign_ins.extension(created_at=found.created_at, expires_at=found.expires_at)
    if until:
        try:
            with store.writing() as session:
                session.get_one(SignIn, found.id).expires_at = until
        except (StoreBusy, StoreFull):
            return person  # the next use extends it
    return person


def sign_out(store: Store, *, token: str, everywhere: bool) -> None:
    """End the sign-in of a token, or all of that person; one that has ended already ends none."""
    with store.writing() as session:
        person = sign_ins.person(session, token=token)
        if person is None:
            return
        if everywhere:
            sign_ins.end_all(session, person_id=person.id)
        else:
            sign_ins.end(session, token=token)
        events.record(
            session, kind="signed_out", person_id=person.id, details={"everywhere": everywhere}
        )


def _signed_in(person: Person) -> SignedIn:
    return SignedIn(
        person_id=person.id,
        username=person.username or "",
        pseudonym=person.pseudonym,
        roles=tuple(person.roles),
    )
