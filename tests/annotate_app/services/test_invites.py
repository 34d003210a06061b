from typing import Any

import pytest
from sqlalchemy import select

from annotate_app.services import invites, sign_in
from annotate_app.services.invites import InviteNotValid
from annotate_app.services.sign_in import WrongCredentials
from db.errors import NotKnown
from db.people import get, switch
from db.tables import Event
from pipeline.passwords import PasswordUnfit

CHOSEN = "a new password"


def link(made: Any, username: str = "lin") -> str:
    guo = sign_in.who(made.store, token=sign_in.begin(made.store, person_id=made.people["guo"]))
    return invites.invite(made.store, by=guo, username=username).token


def accept(made: Any, token: str, password: str = CHOSEN) -> str:
    return invites.accept(made.store, token=token, password=password)


def test_a_link_shows_whom_it_is_for_and_sets_the_password_once(made: Any) -> None:
    before = sign_in.begin(made.store, person_id=made.people["lin"])
    token = link(made, "LIN")
    assert invites.look(made.store, token=token).username == "lin"
    person = sign_in.who(made.store, token=accept(made, token))
    assert person is not None
    assert person.username == "lin"
    assert sign_in.who(made.store, token=before) is None  # who knew the old password is out
    assert sign_in.sign_in(made.store, username="lin", password=CHOSEN, address="a")
    with pytest.raises(WrongCredentials):
        sign_in.sign_in(made.store, username="lin", password="demo-password", address="a")
    for again in (lambda: accept(made, token), lambda: invites.look(made.store, token=token)):
        with pytest.raises(InviteNotValid):
            again()


def test_a_password_that_will_not_do_leaves_the_link_good(made_sqlite: Any) -> None:
    token = link(made_sqlite)
    with pytest.raises(PasswordUnfit):
        accept(made_sqlite, token, "short")
    assert accept(made_sqlite, token)


def test_a_link_of_someone_disabled_since_is_not_good(made_sqlite: Any) -> None:
    token = link(made_sqlite)
    with made_sqlite.store.writing() as session:
        switch(session, person=get(session, username="lin"), able=False)
    with pytest.raises(InviteNotValid):
        accept(made_sqlite, token)


def test_nobody_can_be_invited_who_is_not_there(made_sqlite: Any) -> None:
    with pytest.raises(NotKnown, match="no person nobody"):
        link(made_sqlite, "nobody")


def test_who_invited_and_who_accepted_is_logged(made_sqlite: Any) -> None:
    accept(made_sqlite, link(made_sqlite))
    with made_sqlite.store.reading() as session:
        logged = {event.kind: event.person_id for event in session.scalars(select(Event))}
    assert (logged["invited"], logged["invite_accepted"]) == (
        made_sqlite.people["guo"],
        made_sqlite.people["lin"],
    )
