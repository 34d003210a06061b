"""Sign in people whom their organisation vouches for, by a ticket that one browser can use once."""

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from annotate_app.services import sign_in
from db import events, people
from db.account_tables import Person
from db.engine import Store
from db.errors import NotAllowed

IDENTITY_COOKIES = "_streamlit_user"  # the name of Streamlit's, or how it begins
SECONDS_OF_AN_IDENTITY = 300
SECONDS_OF_A_TICKET = 60
TICKETS_AT_ONCE = 1_000


class NotExpected(NotAllowed):
    code = "not_expected"


class TicketNotValid(NotAllowed):
    code = "ticket_not_valid"


@dataclass(frozen=True)
class Ticket:
    """Who may sign in by it, in which browser, until when."""

    person_id: int
    browser: str
    until: float


class Tickets:
    """The tickets that are out. A new process knows none; whoever held one asks for another."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._out: dict[str, Ticket] = {}

    def give(self, *, person_id: int, browser: str) -> str:
        made, now = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            good = [(key, ticket) for key, ticket in self._out.items() if ticket.until > now]
            self._out = dict(good[1 - TICKETS_AT_ONCE :])
            self._out[made] = Ticket(person_id, browser, now + SECONDS_OF_A_TICKET)
        return made

    def take(self, ticket: str, *, browser: str) -> int | None:
        """Return whose ticket it is, or None: whoever shows it, it is good no longer."""
        with self._lock:
            found = self._out.pop(ticket, None)
        good = found is not None and found.until > self._clock() and found.browser == browser
        return found.person_id if found and good else None


TICKETS = Tickets()


def is_new(identity: Mapping[str, Any]) -> bool:
    """Return whether the provider has just now said who this is.

    Streamlit's cookie would say it for 30 days: to the next person at a shared computer, if a
    sign-in is broken off before that cookie is removed.
    """
    said = identity.get("iat")
    if identity.get("is_logged_in") is not True or not isinstance(said, int | float):
        return False
    return abs(time.time() - said) < SECONDS_OF_AN_IDENTITY


def username_of(identity: Mapping[str, Any], *, claim: str) -> str | None:
    """Return the username that an identity stands for, or None: an e-mail counts if verified.

    Usernames fold together what looks alike; two accounts of a provider, such as those of ß and
    ss, are two people. So no more is folded here than ASCII's capitals.
    """
    name = identity.get(claim)
    if not isinstance(name, str) or (
        claim == "email" and identity.get("email_verified") is not True
    ):
        return None
    same = name.lower() if name.isascii() else name
    return same if same and people.folded(name) == same else None


def ticket(store: Store, *, identity: Mapping[str, Any], claim: str, browser: str) -> str:
    """Return a ticket for the person whose identity this is, for this browser.

    Raises NotExpected, in the same words, for one who is not in the store, or disabled.
    """
    name = username_of(identity, claim=claim)
    with store.reading() as session:
        person = people.find(session, username=name) if name else None
        person_id = person.id if person else None
        able = person is not None and person.disabled_at is None
    if person_id is None or not able:
        with store.writing() as session:
            events.record(session, kind="sign_in_refused", person_id=person_id)
        raise NotExpected("this account is not expected here; ask whoever leads the study")
    return TICKETS.give(person_id=person_id, browser=browser)


def enter(store: Store, *, ticket: str, browser: str) -> str:
    """Return the token of a new sign-in. Raises TicketNotValid."""
    person_id = TICKETS.take(ticket, browser=browser)
    with store.reading() as session:
        person = session.get(Person, person_id) if person_id else None
        able = person is not None and person.disabled_at is None
    if person_id is None or not able:
        raise TicketNotValid("this sign-in was not completed in time; begin it again")
    return sign_in.begin(store, person_id=person_id)


def identity_cookies(cookies: Mapping[str, str]) -> dict[str, str]:
    """Return those of a browser's cookies in which Streamlit keeps an identity."""
    return {name: cookies[name] for name in sorted(cookies) if name.startswith(IDENTITY_COOKIES)}


def browser_of(cookies: Mapping[str, str]) -> str:
    """Return what tells the browser that has been at the provider from every other one."""
    return hashlib.sha256(repr(identity_cookies(cookies)).encode()).hexdigest()
