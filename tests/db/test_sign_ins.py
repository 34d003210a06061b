import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db import people, sign_ins
from db.account_tables import SignIn
from db.backup import backup
from db.columns import now
from db.engine import Store

Shift = Callable[..., None]


@pytest.fixture
def token(stored_study: Store) -> str:
    with stored_study.writing() as session:
        return sign_ins.begin(session, person_id=1)


@pytest.fixture
def shift(stored_study: Store, token: str) -> Shift:
    """Move a sign-in's times, as if the clock had gone on by that much."""

    def do(**by: timedelta) -> None:
        with stored_study.writing() as session:
            row = session.scalars(select(SignIn)).one()
            for column, change in by.items():
                setattr(row, column, getattr(row, column) + change)

    return do


def who(store: Store, token: str) -> str | None:
    with store.reading() as session:
        person = sign_ins.person(session, token=token)
        return person.username if person else None


def extended(store: Store) -> datetime | None:
    with store.reading() as session:
        row = session.scalars(select(SignIn)).one()
        return sign_ins.extension(created_at=row.created_at, expires_at=row.expires_at)


def test_a_token_says_who_is_signed_in(stored_study: Store, token: str) -> None:
    assert who(stored_study, token) == "li"


@pytest.mark.parametrize("made_up", ["", "x", "令牌", "\ud800", "\0", "a" * 100_000])
def test_a_made_up_token_is_nobodys(stored_study: Store, token: str, made_up: str) -> None:
    assert who(stored_study, made_up) is None
    assert who(stored_study, token + made_up) == ("li" if made_up == "" else None)


def test_the_store_and_its_backups_hold_the_hash_only(
    stored_study: Store, token: str, tmp_path: Any
) -> None:
    with stored_study.reading() as session:
        kept = session.scalars(select(SignIn.token_hash)).one()
    assert kept == hashlib.sha256(token.encode()).hexdigest()
    copy = backup(stored_study, tmp_path / "copy.sqlite").path.read_bytes()
    assert token.encode() not in copy
    assert kept.encode() in copy


def test_it_ends_twelve_hours_after_the_last_use(
    stored_study: Store, token: str, shift: Shift
) -> None:
    shift(created_at=-timedelta(hours=11), expires_at=-timedelta(hours=11))
    assert who(stored_study, token) == "li"
    shift(created_at=-timedelta(hours=1), expires_at=-timedelta(hours=1))
    assert who(stored_study, token) is None


def test_a_use_extends_it_and_is_written_every_ten_minutes_at_most(
    stored_study: Store, shift: Shift
) -> None:
    assert extended(stored_study) is None
    shift(expires_at=-timedelta(minutes=9))
    assert extended(stored_study) is None
    shift(expires_at=-timedelta(minutes=1))
    until = extended(stored_study)
    assert until is not None
    assert abs(until - now() - timedelta(hours=12)) < timedelta(minutes=1)


def test_it_ends_after_seven_days_however_often_it_is_used(
    stored_study: Store, shift: Shift
) -> None:
    shift(created_at=-timedelta(days=6, hours=23), expires_at=-timedelta(hours=11, minutes=30))
    until = extended(stored_study)
    assert until is not None
    assert abs(until - now() - timedelta(hours=1)) < timedelta(minutes=1)
    shift(created_at=-timedelta(hours=1), expires_at=timedelta(minutes=30))
    assert extended(stored_study) is None


def test_a_clock_that_jumps_back_shortens_nothing(
    stored_study: Store, token: str, shift: Shift
) -> None:
    shift(created_at=timedelta(days=3), expires_at=timedelta(days=3))
    assert who(stored_study, token) == "li"
    assert extended(stored_study) is None


def test_one_browser_is_signed_out_alone_or_all_of_them_together(stored_study: Store) -> None:
    with stored_study.writing() as session:
        here, there, third = (sign_ins.begin(session, person_id=1) for _ in range(3))
        sign_ins.end(session, token=here)
    assert [who(stored_study, token) for token in (here, there, third)] == [None, "li", "li"]
    with stored_study.writing() as session:
        sign_ins.end_all(session, person_id=1)
    assert [who(stored_study, token) for token in (here, there, third)] == [None, None, None]


def test_disabling_someone_ends_their_sign_ins_for_good(stored_study: Store, token: str) -> None:
    for able in (False, True):
        with stored_study.writing() as session:
            person = people.get(session, username="li")
            assert people.switch(session, person=person, able=able)
        assert who(stored_study, token) is None
