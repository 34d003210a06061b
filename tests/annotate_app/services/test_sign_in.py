from typing import Any

import pytest
from sqlalchemy import select

from annotate_app.services import sign_in
from annotate_app.services.sign_in import WrongCredentials
from db.people import get
from db.tables import Event, Person

PASSWORD = "demo-password"


def disable(made: Any, username: str) -> None:
    with made.store.writing() as session:
        person = get(session, username=username)
        person.disabled_at = person.created_at


def events(made: Any) -> list[tuple[str, int | None]]:
    with made.store.reading() as session:
        return [(event.kind, event.person_id) for event in session.scalars(select(Event))]


def test_the_right_password_signs_in_and_is_logged(made: Any) -> None:
    person = sign_in.sign_in(made.store, username=" lin ", password=PASSWORD)
    assert (person.person_id, person.username, person.roles) == (
        made.people["lin"],
        "lin",
        ("rater",),
    )
    assert events(made) == [("signed_in", made.people["lin"])]


def test_a_wrong_name_a_wrong_password_and_a_disabled_person_get_the_same_words(made: Any) -> None:
    disable(made, "he")
    told = set()
    for username, password in [("lin", "wrong"), ("nobody", PASSWORD), ("he", PASSWORD), ("", "")]:
        with pytest.raises(WrongCredentials) as error:
            sign_in.sign_in(made.store, username=username, password=password)
        told.add(error.value.message)
    assert len(told) == 1
    assert events(made) == []


def test_a_person_without_a_password_cannot_sign_in(made_sqlite: Any) -> None:
    with made_sqlite.store.writing() as session:
        session.add(Person(pseudonym="P-0000", username="invited", roles=["rater"]))
    for password in ("", "None", PASSWORD):
        with pytest.raises(WrongCredentials):
            sign_in.sign_in(made_sqlite.store, username="invited", password=password)


def test_a_very_long_password_is_only_wrong(made_sqlite: Any) -> None:
    with pytest.raises(WrongCredentials):
        sign_in.sign_in(made_sqlite.store, username="lin", password=PASSWORD * 100_000)


def test_a_person_is_signed_in_until_disabled_with_the_roles_of_now(made: Any) -> None:
    lin = made.people["lin"]
    with made.store.writing() as session:
        get(session, username="lin").roles = ["rater", "lead"]
    still = sign_in.still_signed_in(made.store, person_id=lin)
    assert still is not None
    assert still.roles == ("rater", "lead")
    assert (still.rates, still.watches) == (True, True)
    disable(made, "lin")
    assert sign_in.still_signed_in(made.store, person_id=lin) is None
