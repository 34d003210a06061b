"""What a study judges, and who judges what in which order."""

import pytest
from sqlalchemy import select

from db import items
from db.engine import Store
from db.items import Subject
from db.tables import Item, Question


def test_items_get_new_codes_and_repeats_name_their_originals(stored_study: Store) -> None:
    with stored_study.writing() as session:
        session.add(Question(source="demo", external_id="0", text="还是睡不着"))
        session.flush()
        asked = [Subject(1, None), Subject(2, None)]
        items.add(session, study_id=1, subjects=asked, repeated=[asked[1]])
        rows = session.execute(
            select(Item.code, Item.question_id, Item.repeat_of_id).order_by(Item.id).offset(2)
        ).all()
        second = session.scalar(select(Item.id).where(Item.code == rows[1].code))
    assert [(row.question_id, row.repeat_of_id) for row in rows] == [
        (1, None),
        (2, None),
        (2, second),
    ]
    assert len({row.code for row in rows} | {"AAAA", "BBBB"}) == 5


def test_a_code_that_is_taken_is_drawn_again(
    stored_study: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = iter("AAAA" + "CCCC" + "CCCC" + "DDDD")
    monkeypatch.setattr(items, "CODE_LENGTH", 4)
    monkeypatch.setattr(items.secrets, "choice", lambda _: next(letters))
    with stored_study.writing() as session:
        items.add(session, study_id=1, subjects=[Subject(1, 1), Subject(1, None)], repeated=[])
        found = session.scalars(select(Item.code).order_by(Item.id)).all()
    assert found == ["AAAA", "BBBB", "CCCC", "DDDD"]


def test_items_are_sorted_alike_in_every_store(store: Store, stored_study: Store) -> None:
    with stored_study.writing() as session:
        names = ["b", "A", "Ä", "10", "2", "一"]
        asked = [Question(source="demo", external_id=name, text=name) for name in names]
        session.add_all(asked)
        session.flush()
        items.add(
            session,
            study_id=1,
            subjects=[Subject(question.id, None) for question in asked],
            repeated=[],
        )
        found = items.of_study(session, study_id=1)
    assert [item.question[1] for item in found] == ["1", "10", "2", "A", "b", "Ä", "一", "1"]
    assert [item.repeat_of is not None for item in found] == [False] * 7 + [True]
    assert found[0].system == "S1"


def test_orders_are_kept_as_they_were_drawn(stored_study: Store) -> None:
    with stored_study.writing() as session:
        assert items.orders(session, study_id=1) == {1: [1, 2]}
        items.assign(session, study_id=2, orders={})
        assert items.orders(session, study_id=2) == {}


def test_each_answer_that_a_study_shows_is_read_once(stored_study: Store) -> None:
    with stored_study.reading() as session:
        shown = items.texts(session, study_id=1)
    assert [(each.question, each.text) for each in shown] == [("1", "慢慢来 🌱")]
