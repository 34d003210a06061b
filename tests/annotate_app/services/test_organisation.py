import time
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.web.server.starlette import starlette_server_config as streamlits

from annotate_app.services import organisation, sign_in
from annotate_app.services.organisation import NotExpected, TicketNotValid, Tickets
from db import people
from db.tables import Event

LIN = {"email": "lin@example.org", "email_verified": True}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def joined(made: Any) -> Any:
    """The study's store, with someone whose username is an e-mail address."""
    with made.store.writing() as session:
        person = people.add(
            session, username="lin@example.org", roles=["rater"], group=None, password_hash=None
        )
        made.people["lin@example.org"] = person.id
    return made


def ticket(made: Any, browser: str = "one", **identity: Any) -> str:
    claim = "email"
    return organisation.ticket(
        made.store, identity={**LIN, **identity}, claim=claim, browser=browser
    )


def events(made: Any) -> list[tuple[str, int | None]]:
    with made.store.reading() as session:
        found = session.scalars(select(Event).order_by(Event.id))
        return [(event.kind, event.person_id) for event in found]


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({}, "lin@example.org"),
        ({"email": "Lin@Example.org"}, "lin@example.org"),
        ({"email": "林@example.org"}, "林@example.org"),
        ({"email_verified": False}, None),
        ({"email_verified": None}, None),
        ({"email_verified": "false"}, None),
        ({"email": None}, None),
        ({"email": ""}, None),
        ({"email": ["lin@example.org"]}, None),
        ({"email": " lin@example.org"}, None),
        ({"email": "straße@example.org"}, None),  # folded, it would be another's
        ({"email": "ｌin@example.org"}, None),
        ({"email": "lin\u212a@example.org"}, None),  # the kelvin sign, a k in small letters
    ],
)
def test_only_a_verified_address_that_is_no_lookalike_stands_for_a_username(
    changed: dict[str, Any], name: str | None
) -> None:
    assert organisation.username_of({**LIN, **changed}, claim="email") == name


def test_another_claim_stands_for_the_username_only_where_it_is_asked_for() -> None:
    identity = {"preferred_username": "Lin", "email": "wu@example.org", "email_verified": True}
    assert organisation.username_of(identity, claim="preferred_username") == "lin"
    assert organisation.username_of(identity, claim="email") == "wu@example.org"


def test_an_identity_counts_only_right_after_the_provider_gave_it() -> None:
    now = time.time()
    assert organisation.is_new({"is_logged_in": True, "iat": now - 200})
    for identity in (
        {"is_logged_in": True, "iat": now - 400},
        {"is_logged_in": True, "iat": float("nan")},
        {"is_logged_in": True, "iat": str(now)},
        {"is_logged_in": True},
        {"is_logged_in": False, "iat": now},
        {"iat": now},
    ):
        assert not organisation.is_new(identity)


def test_a_ticket_signs_its_person_in_and_is_logged_as_any_sign_in(joined: Any) -> None:
    token = organisation.enter(joined.store, ticket=ticket(joined), browser="one")
    person = sign_in.who(joined.store, token=token)
    assert person is not None
    assert person.username == "lin@example.org"
    assert events(joined) == [("signed_in", joined.people["lin@example.org"])]


def test_a_ticket_is_good_once(joined: Any) -> None:
    given = ticket(joined)
    organisation.enter(joined.store, ticket=given, browser="one")
    with pytest.raises(TicketNotValid, match="begin it again"):
        organisation.enter(joined.store, ticket=given, browser="one")


def test_a_ticket_is_of_no_use_in_another_browser_and_is_lost_by_it(joined: Any) -> None:
    given = ticket(joined)
    for browser in ("another", "one"):
        with pytest.raises(TicketNotValid):
            organisation.enter(joined.store, ticket=given, browser=browser)


def test_a_ticket_lasts_a_minute_and_tickets_do_not_pile_up() -> None:
    clock = Clock()
    tickets = Tickets(clock)
    first = tickets.give(person_id=1, browser="b")
    clock.now = 59
    second = tickets.give(person_id=2, browser="b")
    assert tickets.take(first, browser="b") == 1
    clock.now = 120
    assert tickets.take(second, browser="b") is None
    given = [tickets.give(person_id=n, browser="b") for n in range(organisation.TICKETS_AT_ONCE)]
    newest = tickets.give(person_id=0, browser="b")
    assert tickets.take(given[0], browser="b") is None
    assert (tickets.take(given[1], browser="b"), tickets.take(newest, browser="b")) == (1, 0)


def test_whoever_is_not_known_or_disabled_is_refused_in_the_same_words(joined: Any) -> None:
    said = set()
    held = ticket(joined)
    with joined.store.writing() as session:
        person = people.get(session, username="lin@example.org")
        people.switch(session, person=person, able=False)
    for identity in ({}, {"email": "nobody@example.org"}, {"email_verified": False}):
        with pytest.raises(NotExpected) as refused:
            ticket(joined, **identity)
        said.add(refused.value.message)
    assert len(said) == 1
    disabled = joined.people["lin@example.org"]
    assert events(joined)[1:] == [
        ("sign_in_refused", disabled),
        ("sign_in_refused", None),
        ("sign_in_refused", None),
    ]
    with pytest.raises(TicketNotValid):
        organisation.enter(joined.store, ticket=held, browser="one")


def test_the_cookies_that_tell_browsers_apart_are_those_of_streamlits_login() -> None:
    names = (streamlits.USER_COOKIE_NAME, streamlits.TOKENS_COOKIE_NAME)
    own = {f"{name}{part}": "x" for name in names for part in ("", "_1")}
    others = {streamlits.SESSION_COOKIE_NAME: "y", streamlits.XSRF_COOKIE_NAME: "z", "a": "b"}
    assert organisation.identity_cookies({**others, **own}) == own
    browser = organisation.browser_of(own)
    assert organisation.browser_of({**own, "cbt_language": "en"}) == browser
    assert organisation.browser_of({**own, "_streamlit_user": "other"}) != browser
