import base64
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from db import people, schema
from db.account_tables import Person
from db.engine import Store, connect
from db.errors import AlreadyKnown
from db.people import NameUnfit, fit_group, fit_username, folded
from db.tables import Event


def add(store: Store, username: str, **more: Any) -> None:
    with store.writing() as session:
        person = {"roles": ["rater"], "group": None, "password_hash": None, **more}
        people.add(session, username=username, **person)


def found(store: Store, username: str) -> str | None:
    with store.reading() as session:
        person = people.find(session, username=username)
        return person.username if person else None


@given(st.text())
def test_folding_a_name_twice_is_folding_it_once(name: str) -> None:
    assert folded(folded(name)) == folded(name)


def test_a_username_is_found_however_it_is_typed(store: Store) -> None:
    add(store, "Ｗáng")
    for typed in ("wáng", "WÁNG", " ｗａ\u0301ng ", "Wa\u0301ng"):
        assert found(store, typed) == "wáng"
    for other in ("wang", "", "wáng\0", "\ud800"):
        assert found(store, other) is None
    with pytest.raises(AlreadyKnown):
        add(store, "WÁNG")


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "a,b", "a\u200bb", "a\u202eb", "a\0", "a\x7f", "\ud800", "x" * 65]
)
def test_a_username_that_nobody_could_type_again_is_refused(name: str) -> None:
    with pytest.raises(NameUnfit, match="1 to 64 characters that can be seen"):
        fit_username(name)


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\u200bb", "x" * 65])
def test_a_group_that_cannot_be_read_is_refused(name: str) -> None:
    with pytest.raises(NameUnfit):
        fit_group(name)
    assert fit_group(" 实习 咨询师 ") == "实习 咨询师"


def test_raters_are_named_however_they_are_typed(store: Store) -> None:
    for name in ("li", "wu"):
        add(store, name)
    with store.reading() as session:
        named = people.raters(session, usernames=["WU", "li", "wu"])
        assert [person.username for person in named] == ["wu", "li"]


def test_a_persons_key_is_made_once_also_by_two_tabs_at_the_same_time(store: Store) -> None:
    add(store, "li")
    together = Barrier(2)

    def ask(_: int) -> str:
        together.wait()
        with store.writing() as session:
            return people.browser_key(session, person_id=1)

    with ThreadPoolExecutor(2) as both:
        (key,) = set(both.map(ask, range(2)))
    assert len(base64.b64decode(key)) == 32
    with store.writing() as session:
        assert people.browser_key(session, person_id=1) == key


def test_switching_someone_off_and_on_is_logged_once_each(store: Store) -> None:
    add(store, "li")
    with store.writing() as session:
        person = people.get(session, username="li")
        changed = [people.switch(session, person=person, able=able) for able in (False,) * 2]
        changed += [people.switch(session, person=person, able=able) for able in (True,) * 2]
        assert changed == [True, False, True, False]
    with store.reading() as session:
        assert session.scalars(select(Event.kind)).all() == ["disabled", "enabled"]


def test_the_upgrade_folds_names_unless_two_would_be_one(empty_store_url: str) -> None:
    store = _at_first_version(empty_store_url, ["WÁNG", "Lin", "lin", "zhao"])
    assert "from version 0001" in schema.upgrade(store.engine)
    with store.reading() as session:
        names = session.scalars(select(Person.username).order_by(Person.id)).all()
    assert names == ["wáng", "Lin", "lin", "zhao"]
    assert [found(store, name) for name in ("Wáng", "Lin", "lin", "LIN")] == [
        "wáng",
        "Lin",
        "lin",
        "lin",
    ]
    store.engine.dispose()


def _at_first_version(url: str, usernames: list[str]) -> Store:
    from alembic import command
    from alembic.config import Config

    store = connect(url)
    with store.engine.execution_options(write=True).begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(schema.MIGRATIONS))
        command.upgrade(config, "0001")
        for number, name in enumerate(usernames):
            connection.execute(
                text(
                    "INSERT INTO person (scope, pseudonym, username, roles, created_at)"
                    " VALUES ('', :pseudonym, :name, '[]', '2026-01-01 00:00:00')"
                ),
                {"pseudonym": f"P-{number}", "name": name},
            )
    return store
