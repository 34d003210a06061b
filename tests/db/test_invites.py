from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from db import invites, people
from db.account_tables import Invite
from db.columns import now
from db.engine import Store
from db.errors import NotAllowed
from db.invites import NewInvite
from db.tables import Event


def new(store: Store) -> NewInvite:
    with store.writing() as session:
        return invites.make(session, person=people.get(session, username="li"), by=1)


def good(store: Store, token: str) -> bool:
    with store.reading() as session:
        return invites.find(session, token=token) is not None


def test_a_link_is_good_for_two_weeks_and_kept_as_a_hash(stored_study: Store) -> None:
    made = new(stored_study)
    assert abs(made.expires_at - now() - timedelta(days=14)) < timedelta(minutes=1)
    assert good(stored_study, made.token)
    assert not good(stored_study, made.token + "x")
    with stored_study.writing() as session:
        row = session.scalars(select(Invite)).one()
        assert made.token not in row.token_hash
        row.expires_at -= timedelta(days=14)
    assert not good(stored_study, made.token)


def test_a_new_link_ends_the_one_before(stored_study: Store) -> None:
    first, second = new(stored_study), new(stored_study)
    assert (good(stored_study, first.token), good(stored_study, second.token)) == (False, True)


def test_a_link_is_used_once_also_by_two_at_the_same_time(stored_study: Store) -> None:
    token, together = new(stored_study).token, Barrier(2)

    def use(_: int) -> int | None:
        together.wait()
        with stored_study.writing() as session:
            person = invites.use(session, token=token)
            return person.id if person else None

    with ThreadPoolExecutor(2) as both:
        used = set(both.map(use, range(2)))
    assert used == {1, None}
    assert not good(stored_study, token)


def test_who_is_disabled_is_not_invited_and_their_link_no_longer_works(
    stored_study: Store,
) -> None:
    made = new(stored_study)
    with stored_study.writing() as session:
        people.switch(session, person=people.get(session, username="li"), able=False)
    assert not good(stored_study, made.token)
    with pytest.raises(NotAllowed, match="li is disabled"):
        new(stored_study)


def test_an_invitation_is_logged_without_its_token(stored_study: Store) -> None:
    made = new(stored_study)
    with stored_study.reading() as session:
        event = session.scalars(select(Event).where(Event.kind == "invited")).one()
    assert (event.person_id, event.details) == (1, {"person": "P-AAAA"})
    assert made.token not in str(event.details)
