import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select
from streamlit import config

from annotate_app.routes.session import routes
from annotate_app.services import invites, organisation, sign_in
from db.account_tables import SignIn
from db.people import get, switch
from db.sign_ins import hash_of

PASSWORD = "demo-password"
LIN = {"username": "lin", "password": PASSWORD}


@pytest.fixture
def caller(made: Any, serve: Callable[..., Any]) -> Any:
    return serve(made.store, routes)


@pytest.fixture
def caller_sqlite(made_sqlite: Any, serve: Callable[..., Any]) -> Any:
    return serve(made_sqlite.store, routes)


def who(made: Any, token: str) -> str | None:
    found = sign_in.who(made.store, token=token)
    return found.username if found else None


def test_the_cookie_that_a_sign_in_gives_is_for_the_app_alone(caller: Any, made: Any) -> None:
    answer = caller.post("/api/sign-in", LIN)
    assert (answer.status, answer.body) == (200, {})
    cookie = answer.cookie
    assert who(made, cookie.value) == "lin"
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "lax", "/")
    assert (cookie["max-age"], cookie["secure"]) == (str(7 * 24 * 3600), "")
    assert cookie.value not in answer.raw.decode()
    with made.store.reading() as session:
        assert session.scalars(select(SignIn.token_hash)).all() == [hash_of(cookie.value)]


def test_the_cookie_is_for_https_alone_where_the_page_came_by_it(caller_sqlite: Any) -> None:
    answer = caller_sqlite.post("/api/sign-in", LIN, x_forwarded_proto="https")
    assert answer.cookie["secure"] is True


def test_the_cookie_is_for_the_path_under_which_the_app_lives(caller_sqlite: Any) -> None:
    usual = {"server.baseUrlPath": config.get_option("server.baseUrlPath")}
    config.get_config_options(force_reparse=True, options_from_flags={"server.baseUrlPath": "ann"})
    try:
        signed_in = caller_sqlite.post("/api/sign-in", LIN)
        caller_sqlite.token = signed_in.cookie.value
        signed_out = caller_sqlite.post("/api/sign-out", {"everywhere": False})
    finally:
        config.get_config_options(force_reparse=True, options_from_flags=usual)
    assert (signed_in.cookie["path"], signed_out.cookie["path"]) == ("/ann", "/ann")


def test_every_sign_in_has_a_token_of_its_own(caller_sqlite: Any) -> None:
    tokens = {caller_sqlite.post("/api/sign-in", LIN).cookie.value for _ in range(3)}
    assert len(tokens) == 3
    assert min(map(len, tokens)) >= 43


def test_a_wrong_password_is_refused_without_a_cookie(caller: Any) -> None:
    answer = caller.post("/api/sign-in", {**LIN, "password": "wrong"})
    assert (answer.status, answer.code) == (401, "wrong_credentials")
    assert "set-cookie" not in answer.headers


def test_too_many_wrong_passwords_say_how_long_to_wait(caller_sqlite: Any) -> None:
    answers = [caller_sqlite.post("/api/sign-in", {**LIN, "password": "wrong"}) for _ in range(5)]
    assert {answer.status for answer in answers} == {401}
    answer = caller_sqlite.post("/api/sign-in", LIN)
    assert (answer.status, answer.code, answer.body["seconds"]) == (429, "slow_down", 1)
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    "given",
    [{}, {"username": "lin"}, {**LIN, "password": None}, {**LIN, "username": ["lin"]}, {"a": 1}],
)
def test_what_is_not_a_name_and_a_password_is_not_understood(
    caller_sqlite: Any, given: dict[str, Any]
) -> None:
    answer = caller_sqlite.post("/api/sign-in", given)
    assert (answer.status, answer.code) == (422, "not_understood")


@pytest.mark.parametrize("path", ["sign-in", "sign-out", "ticket", "invite/look", "invite/accept"])
def test_another_page_can_neither_sign_in_nor_out(caller_sqlite: Any, path: str) -> None:
    answer = caller_sqlite.post(f"/api/{path}", LIN, origin="https://evil.example")
    assert (answer.status, answer.code) == (403, "wrong_origin")
    assert "set-cookie" not in answer.headers
    assert caller_sqlite.ask("GET", f"/api/{path}").status == 405


def test_who_signs_in_where_someone_else_was_ends_their_sign_in(caller: Any, made: Any) -> None:
    caller.token = caller.post("/api/sign-in", LIN).cookie.value
    wu = caller.post("/api/sign-in", {**LIN, "username": "wu"}).cookie.value
    assert (who(made, caller.token), who(made, wu)) == (None, "wu")


def test_signing_out_ends_the_sign_in_and_takes_the_cookie_away(caller: Any, made: Any) -> None:
    caller.token = caller.post("/api/sign-in", LIN).cookie.value
    there = sign_in.begin(made.store, person_id=made.people["lin"])
    for _ in range(2):  # the second time nobody is signed in here, which is as well
        answer = caller.post("/api/sign-out", {"everywhere": False})
        assert (answer.status, answer.body) == (200, {})
        assert (answer.cookie.value, answer.cookie["max-age"]) == ("", "0")
    assert (who(made, caller.token), who(made, there)) == (None, "lin")


def test_signing_out_everywhere_ends_the_other_browsers_too(caller: Any, made: Any) -> None:
    caller.token = caller.post("/api/sign-in", LIN).cookie.value
    there = sign_in.begin(made.store, person_id=made.people["lin"])
    assert caller.post("/api/sign-out", {"everywhere": True}).status == 200
    assert who(made, there) is None


def test_signing_out_without_a_sign_in_is_as_well(caller_sqlite: Any) -> None:
    assert caller_sqlite.post("/api/sign-out", {"everywhere": True}).status == 200
    caller_sqlite.token = "made-up"
    assert caller_sqlite.post("/api/sign-out", {"everywhere": True}).status == 200


def test_an_invite_link_is_looked_at_and_accepted_once(caller: Any, made: Any) -> None:
    token = invites.invite(made.store, by=None, username="lin").token
    looked = caller.post("/api/invite/look", {"token": token})
    assert (looked.status, looked.body.keys()) == (200, {"username", "expires"})
    assert looked.body["username"] == "lin"
    chosen = {"token": token, "password": "short"}
    unfit = caller.post("/api/invite/accept", chosen)
    assert (unfit.status, unfit.code) == (422, "password_unfit")
    chosen["password"] = "chosen by lin"
    accepted = caller.post("/api/invite/accept", chosen)
    assert (accepted.status, who(made, accepted.cookie.value)) == (200, "lin")
    for path in ("look", "accept"):
        answer = caller.post(f"/api/invite/{path}", chosen)
        assert (answer.status, answer.code) == (404, "invite_not_valid")
    assert caller.post("/api/sign-in", {**LIN, "password": "chosen by lin"}).status == 200


def test_a_disabled_person_cannot_sign_in(caller_sqlite: Any, made_sqlite: Any) -> None:
    with made_sqlite.store.writing() as session:
        switch(session, person=get(session, username="lin"), able=False)
    assert caller_sqlite.post("/api/sign-in", LIN).code == "wrong_credentials"


def test_many_sign_in_at_the_same_time(caller_sqlite: Any) -> None:
    with ThreadPoolExecutor(20) as students:
        answers = list(students.map(lambda _: caller_sqlite.post("/api/sign-in", LIN), range(40)))
    assert {answer.status for answer in answers} == {200}


def test_no_log_line_holds_a_password_or_a_token(
    caller_sqlite: Any, made_sqlite: Any, caplog: pytest.LogCaptureFixture
) -> None:
    token = invites.invite(made_sqlite.store, by=None, username="wu").token
    with caplog.at_level(logging.DEBUG):
        cookie = caller_sqlite.post("/api/sign-in", LIN).cookie.value
        caller_sqlite.post("/api/sign-in", {**LIN, "password": "wrong-secret"})
        caller_sqlite.post("/api/invite/accept", {"token": token, "password": "chosen-secret"})
    for secret in (PASSWORD, "wrong-secret", "chosen-secret", token, cookie):
        assert secret not in caplog.text


VISIT = {"_streamlit_user": "signed by Streamlit", "_streamlit_user_tokens": "too"}
VISITS_COOKIE = "; ".join(f"{name}={value}" for name, value in VISIT.items())


@pytest.fixture
def ticket(made: Any) -> str:
    """A ticket for lin, in the browser that has just been at the provider."""
    return organisation.ticket(
        made.store,
        identity={"preferred_username": "lin"},
        claim="preferred_username",
        browser=organisation.browser_of(VISIT),
    )


def removed(answer: Any) -> set[str]:
    lines = answer.headers.get_all("set-cookie")
    return {line.partition("=")[0] for line in lines if "Max-Age=0" in line and "Path=/;" in line}


def test_a_ticket_signs_in_and_leaves_no_other_sign_in_state(
    caller: Any, made: Any, ticket: str
) -> None:
    answer = caller.post("/api/ticket", {"ticket": ticket}, cookie=VISITS_COOKIE)
    assert (answer.status, answer.body) == (200, {})
    cookie = answer.cookie
    assert who(made, cookie.value) == "lin"
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "lax", "/")
    assert removed(answer) == VISIT.keys()


def test_a_ticket_is_refused_the_second_time(caller: Any, ticket: str) -> None:
    first, second = (
        caller.post("/api/ticket", {"ticket": ticket}, cookie=VISITS_COOKIE) for _ in range(2)
    )
    assert (first.status, second.status, second.code) == (200, 401, "ticket_not_valid")
    assert "set-cookie" not in second.headers


@pytest.mark.parametrize("cookie", [None, "_streamlit_user=of another browser"])
def test_a_ticket_is_refused_from_a_browser_that_was_not_at_the_provider(
    caller: Any, ticket: str, cookie: str | None
) -> None:
    answer = caller.post("/api/ticket", {"ticket": ticket}, cookie=cookie)
    assert (answer.status, answer.code) == (401, "ticket_not_valid")


def test_an_expired_ticket_is_refused(
    caller: Any, made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    tickets = organisation.Tickets(lambda: clock[0])
    monkeypatch.setattr(organisation, "TICKETS", tickets)
    given = tickets.give(person_id=made.people["lin"], browser=organisation.browser_of(VISIT))
    clock[0] = 61
    answer = caller.post("/api/ticket", {"ticket": given}, cookie=VISITS_COOKIE)
    assert (answer.status, answer.code) == (401, "ticket_not_valid")


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"ticket": "made up"}, 401, "ticket_not_valid"),
        ({"ticket": ""}, 401, "ticket_not_valid"),
        ({"ticket": None}, 422, "not_understood"),
        ({}, 422, "not_understood"),
    ],
)
def test_what_is_no_ticket_signs_nobody_in(
    caller_sqlite: Any, given: dict[str, Any], status: int, code: str
) -> None:
    answer = caller_sqlite.post("/api/ticket", given, cookie=VISITS_COOKIE)
    assert (answer.status, answer.code) == (status, code)


def test_a_password_or_a_sign_out_ends_what_streamlit_remembers_too(caller_sqlite: Any) -> None:
    for path, given in (("sign-in", LIN), ("sign-out", {"everywhere": False})):
        answer = caller_sqlite.post(f"/api/{path}", given, cookie=VISITS_COOKIE)
        assert removed(answer) >= VISIT.keys()
