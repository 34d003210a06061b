import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text

from annotate_app.services import sign_in
from annotate_app.services.patience import SlowDown
from annotate_app.services.sign_in import WrongCredentials
from db.account_tables import Person, SignIn
from db.people import get, switch
from db.tables import Event

PASSWORD = "demo-password"


def enter(made: Any, username: str = "lin", password: str = PASSWORD, address: str = "a") -> str:
    return sign_in.sign_in(made.store, username=username, password=password, address=address)


def who(made: Any, token: str) -> str | None:
    found = sign_in.who(made.store, token=token)
    return found.username if found else None


def disable(made: Any, username: str) -> None:
    with made.store.writing() as session:
        switch(session, person=get(session, username=username), able=False)


def events(made: Any) -> list[tuple[str, int | None]]:
    with made.store.reading() as session:
        found = session.scalars(select(Event).order_by(Event.id))
        return [(event.kind, event.person_id) for event in found]


def test_the_right_password_signs_in_however_the_name_is_typed_and_is_logged(made: Any) -> None:
    token = enter(made, " LＩN ")
    person = sign_in.who(made.store, token=token)
    assert person is not None
    assert (person.person_id, person.username, person.roles) == (
        made.people["lin"],
        "lin",
        ("rater",),
    )
    assert events(made) == [("signed_in", made.people["lin"])]


def test_a_wrong_name_a_wrong_password_and_a_disabled_person_get_the_same_words(made: Any) -> None:
    disable(made, "he")
    tried = [("lin", "wrong"), ("nobody", PASSWORD), ("he", PASSWORD), ("", ""), ("\0\ud800", "\0")]
    told = set()
    for username, password in tried:
        with pytest.raises(WrongCredentials) as error:
            enter(made, username, password)
        told.add(error.value.message)
    assert len(told) == 1
    lin, he = made.people["lin"], made.people["he"]
    refused = [("sign_in_refused", person) for person in (lin, None, he, None, None)]
    assert events(made) == [("disabled", None), *refused]


def test_a_wrong_name_takes_as_long_as_a_wrong_password(made_sqlite: Any) -> None:
    def seconds(username: str) -> float:
        times = []
        for _ in range(4):
            began = time.process_time()
            with pytest.raises(WrongCredentials):
                enter(made_sqlite, username, "wrong")
            times.append(time.process_time() - began)
        return min(times)  # the one that the rest of the machine disturbed least

    assert 0.5 < seconds("lin") / seconds("nobody") < 2


def test_nothing_of_what_was_typed_is_kept(made_sqlite: Any) -> None:
    with pytest.raises(WrongCredentials):
        enter(made_sqlite, "typed-as-a-name", "typed-as-a-password")
    engine = made_sqlite.store.engine
    with closing(sqlite3.connect(engine.url.database)) as connection:
        kept = "\n".join(connection.iterdump())
    assert "sign_in_refused" in kept
    assert "typed-as" not in kept


def test_a_person_without_a_password_cannot_sign_in(made_sqlite: Any) -> None:
    with made_sqlite.store.writing() as session:
        session.add(Person(pseudonym="P-0000", username="invited", roles=["rater"]))
    for password in ("", "None", PASSWORD):
        with pytest.raises(WrongCredentials):
            enter(made_sqlite, "invited", password)


def test_a_very_long_password_is_only_wrong(made_sqlite: Any) -> None:
    with pytest.raises(WrongCredentials):
        enter(made_sqlite, password=PASSWORD * 100_000)


def test_after_five_wrong_passwords_even_the_right_one_waits(made_sqlite: Any) -> None:
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            enter(made_sqlite, password="wrong")
    with pytest.raises(SlowDown, match="wait 1 seconds"):
        enter(made_sqlite, "LIN")
    assert who(made_sqlite, enter(made_sqlite, "wu")) == "wu"
    time.sleep(1.05)
    assert who(made_sqlite, enter(made_sqlite)) == "lin"


def test_a_person_is_signed_in_until_disabled_with_the_roles_of_now(made: Any) -> None:
    token = enter(made)
    with made.store.writing() as session:
        get(session, username="lin").roles = ["rater", "lead"]
    person = sign_in.who(made.store, token=token)
    assert person is not None
    assert (person.rates, person.leads, person.researches, person.watches) == (
        True,
        True,
        False,
        True,
    )
    disable(made, "lin")
    assert who(made, token) is None


def test_a_use_extends_the_sign_in(made: Any) -> None:
    token = enter(made)
    with made.store.writing() as session:
        row = session.scalars(select(SignIn)).one()
        row.expires_at = shortened = row.expires_at - timedelta(hours=11)
    assert who(made, token) == "lin"
    with made.store.reading() as session:
        extended = session.scalars(select(SignIn)).one().expires_at
    assert extended - shortened > timedelta(hours=10)


def test_a_store_that_is_full_still_knows_who_is_signed_in(made_sqlite: Any) -> None:
    token = enter(made_sqlite)
    with made_sqlite.store.writing() as session:
        session.scalars(select(SignIn)).one().expires_at -= timedelta(hours=11)
        session.execute(text("CREATE TABLE filler (bytes BLOB)"))
        session.execute(
            text(
                "CREATE TRIGGER fill BEFORE UPDATE ON sign_in BEGIN"
                " INSERT INTO filler VALUES (zeroblob(1000000)); END"
            )
        )
        pages = session.scalar(text("PRAGMA page_count"))
    engine = made_sqlite.store.engine
    event.listen(engine, "connect", lambda c, _: c.execute(f"PRAGMA max_page_count={pages}"))
    engine.dispose()
    assert who(made_sqlite, token) == "lin"


def test_signing_out_ends_this_browser_and_everywhere_ends_all(made: Any) -> None:
    here, there, other = enter(made), enter(made), enter(made, "wu")
    sign_in.sign_out(made.store, token=here, everywhere=False)
    assert [who(made, token) for token in (here, there, other)] == [None, "lin", "wu"]
    sign_in.sign_out(made.store, token=here, everywhere=True)  # has ended, so it says nothing
    assert who(made, there) == "lin"
    sign_in.sign_out(made.store, token=there, everywhere=True)
    assert [who(made, token) for token in (there, other)] == [None, "wu"]
    signed_out = ("signed_out", made.people["lin"])
    assert events(made)[-2:] == [signed_out, signed_out]
