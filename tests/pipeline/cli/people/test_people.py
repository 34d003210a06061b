"""`cbt people` as a user types it."""

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from db import invites, people
from db.engine import Store, connect
from db.tables import Event
from pipeline import passwords
from pipeline.cli.main import main

PASSWORD = "long enough\n"


def cbt(url: str, *words: str, stdin: str | bytes = "") -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["people", *words, "--database", url], input=stdin)
    return done.exit_code, done.stdout, done.stderr


def add(url: str, username: str, *more: str, stdin: str | bytes = PASSWORD) -> tuple[int, str, str]:
    return cbt(url, "add", "--username", username, "--role", "rater", *more, stdin=stdin)


def listed(url: str) -> list[dict[str, Any]]:
    code, out, _ = cbt(url, "list", "--json")
    assert code == 0
    found: list[dict[str, Any]] = json.loads(out)["people"]
    return found


@pytest.fixture
def url(sqlite_store: Store) -> str:
    return str(sqlite_store.engine.url)


def test_a_person_is_added_with_a_pseudonym_and_a_hashed_password(empty_store_url: str) -> None:
    if empty_store_url.startswith("postgresql"):
        assert (
            CliRunner().invoke(main, ["db", "upgrade", "--database", empty_store_url]).exit_code
            == 0
        )
    code, out, _ = add(empty_store_url, "李老师", "--group", "therapist", "--json")
    result = json.loads(out)
    assert code == 0
    assert result.keys() == {"username", "pseudonym"}
    assert re.fullmatch(r"P-\w{4}", result["pseudonym"])
    store = connect(empty_store_url)
    with store.reading() as session:
        person = people.get(session, username="李老师")
        assert (person.roles, person.group) == (["rater"], "therapist")
        assert passwords.fits("long enough", password_hash=person.password_hash)
    store.engine.dispose()


def test_a_person_may_have_several_roles(url: str) -> None:
    add(url, "wu", "--role", "researcher", "--role", "rater")
    assert listed(url)[0]["roles"] == ["rater", "researcher"]


@pytest.mark.parametrize("stdin", [b"long enough\r\n", b"long enough", "\ufefflong enough\n"])
def test_the_password_is_the_first_line_however_it_ends(url: str, stdin: str | bytes) -> None:
    assert add(url, "li", stdin=stdin)[0] == 0
    store = connect(url)
    with store.reading() as session:
        kept = people.get(session, username="li").password_hash
    store.engine.dispose()
    assert passwords.fits("long enough", password_hash=kept)


@pytest.mark.parametrize(
    ("stdin", "told"),
    [("", "at least 8"), ("short77\n", "at least 8"), (b"\xff\xfe\xff\xff1234567\n", "UTF-8")],
)
def test_a_password_that_will_not_do_adds_nobody(url: str, stdin: str | bytes, told: str) -> None:
    code, _, err = add(url, "li", stdin=stdin)
    assert (code, told in err) == (1, True)
    assert listed(url) == []


def test_a_username_is_added_once(url: str) -> None:
    add(url, "li")
    code, out, _ = add(url, "li", "--json")
    assert (code, json.loads(out)["error"]["code"]) == (1, "already_known")
    assert len(listed(url)) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("--username", "a b", "--role", "rater"),
        ("--username", "a,b", "--role", "rater"),
        ("--username", "", "--role", "rater"),
        ("--username", "li", "--role", "boss"),
        ("--username", "li"),
        ("--username", "li", "--role", "rater", "--group", " "),
    ],
)
def test_wrong_usage_is_told_and_adds_nobody(url: str, words: tuple[str, ...]) -> None:
    assert cbt(url, "add", *words, stdin=PASSWORD)[0] == 2
    assert listed(url) == []


def test_the_list_shows_nobodys_password(url: str) -> None:
    add(url, "li", "--group", "therapist")
    add(url, "wang")
    assert [person["username"] for person in listed(url)] == ["li", "wang"]
    assert all("password" not in key for person in listed(url) for key in person)
    code, out, _ = cbt(url, "list")
    assert code == 0
    assert re.search(r"P-\w{4}  li  rater  \(therapist\)", out)
    assert "argon2" not in out


def test_an_empty_list_says_what_to_do(url: str) -> None:
    assert "cbt people add" in cbt(url, "list")[1]


def test_a_person_is_disabled_and_enabled_again_and_it_is_logged(url: str) -> None:
    add(url, "li")
    assert cbt(url, "disable", "li")[1] == "li is disabled\n"
    assert cbt(url, "disable", "li")[1] == "li was disabled already\n"
    assert listed(url)[0]["disabled_at"] is not None
    assert cbt(url, "enable", "li", "--json")[0] == 0
    assert listed(url)[0]["disabled_at"] is None
    store = connect(url)
    with store.reading() as session:
        kinds = list(session.scalars(select(Event.kind).order_by(Event.id)))
    store.engine.dispose()
    assert kinds == ["disabled", "enabled"]


def test_a_person_who_is_not_there_cannot_be_disabled(url: str) -> None:
    code, _, err = cbt(url, "disable", "nobody")
    assert code == 1
    assert "there is no person nobody" in err


def invite(url: str, username: str, *more: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = cbt(url, "invite", "--username", username, *more, "--json")
    return code, json.loads(out) if out else {}


def test_an_invite_adds_the_person_and_prints_a_link_that_works_once(url: str) -> None:
    base = "https://rating.example.org/ann/"
    code, made = invite(url, "李", "--role", "rater", "--group", "student", "--url", base)
    assert (code, made.keys()) == (0, {"username", "pseudonym", "url", "expires_at"})
    link, token = made["url"].split("#")
    assert link == "https://rating.example.org/ann/accept"
    (person,) = listed(url)
    assert (person["username"], person["roles"], person["group"]) == ("李", ["rater"], "student")
    store = connect(url)
    with store.writing() as session:
        assert invites.use(session, token=token) is not None
        assert invites.use(session, token=token) is None
    store.engine.dispose()


def test_a_second_invite_is_for_the_same_person_and_ends_the_first(url: str) -> None:
    _, first = invite(url, "li", "--role", "rater")
    _, second = invite(url, "LI")
    assert first["pseudonym"] == second["pseudonym"]
    store = connect(url)
    with store.reading() as session:
        good = [invites.find(session, token=made["url"].split("#")[1]) for made in (first, second)]
    store.engine.dispose()
    assert (good[0], good[1] is not None) == (None, True)


def test_an_invite_is_shown_with_whom_it_is_for_and_until_when(url: str) -> None:
    code, out, _ = cbt(url, "invite", "--username", "li", "--role", "rater")
    assert code == 0
    assert re.search(r"^http://127\.0\.0\.1:8501/accept#\S{32}$", out, re.MULTILINE)
    assert re.search(r"for li \(P-\w{4}\), once, until \d{4}-\d\d-\d\d \d\d:\d\d UTC", out)


def test_nobody_is_invited_by_mistake(url: str) -> None:
    assert invite(url, "nobody")[1]["error"]["code"] == "not_known"
    add(url, "li")
    code, told = invite(url, "li", "--role", "researcher")
    assert (code, told["error"]["code"]) == (1, "already_known")
    assert "as rater" in told["error"]["message"]
    assert invite(url, "li", "--role", "rater")[0] == 0
    cbt(url, "disable", "li")
    assert invite(url, "li")[1]["error"]["code"] == "not_allowed"
    assert invite(url, "li", "--url", "rating.example.org")[0] == 2
    assert len(listed(url)) == 1


def test_a_username_is_kept_in_one_form_and_found_in_any(url: str) -> None:
    add(url, "ＷÁNG")
    assert [person["username"] for person in listed(url)] == ["wáng"]
    assert add(url, "Wáng", "--json")[0] == 1
    assert cbt(url, "disable", "WÁNG")[0] == 0
    assert add(url, "zero\u200bwidth")[0] == 2
