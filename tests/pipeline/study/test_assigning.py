"""Giving a study to other raters, or to more of them."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from db import items, people, studies, verify
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.tables import Event, Study
from pipeline.study import assigning, create, lifecycle
from pipeline.study.studyfile import Plan


def made(store: Store, *, per_item: int | None = None, raters: tuple[str, ...] = ("li",)) -> None:
    plan = Plan(name="pilot", systems=("A", "B"), seed=7, raters=raters, per_item=per_item)
    create.run(store, plan)


def orders(store: Store) -> dict[str, list[int]]:
    with store.reading() as session:
        study = studies.get(session, name="pilot")
        names = {person.id: person.username or "" for person in people.all_local(session)}
        found = items.orders(session, study_id=study.id)
        return {names[person]: order for person, order in found.items()}


def test_a_draft_is_drawn_anew_for_exactly_the_raters_named(filled: Store) -> None:
    made(filled, raters=("li", "wang"))
    done = assigning.run(filled, name="pilot", usernames=["wang", "zhao"])
    assert orders(filled).keys() == {"wang", "zhao"}
    assert len(done.added) == 2
    assert (done.balance.raters, done.balance.assignments) == (2, 48)
    with filled.reading() as session:
        study = session.scalars(select(Study)).one()
        assert study.design["balance"]["raters"] == 2
        assert [event.kind for event in session.scalars(select(Event))] == ["created", "assigned"]
    assert verify.run(filled).problems == []


def test_a_draft_drawn_anew_is_as_if_it_had_been_created_so(small: Store) -> None:
    made(small, raters=("li", "wang", "zhao"), per_item=2)
    first = orders(small)
    assigning.run(small, name="pilot", usernames=["li"], per_item=1)
    assert orders(small) != first
    assigning.run(small, name="pilot", per_item=2)
    assert orders(small) == first


def test_a_draft_keeps_its_number_of_raters_a_question(small: Store) -> None:
    made(small, raters=(), per_item=2)
    assert assigning.run(small, name="pilot").balance.assignments == 48
    with pytest.raises(NotAllowed, match="2 raters for each question are wanted, but there is 1"):
        assigning.run(small, name="pilot", usernames=["li"])
    assert orders(small).keys() == {"li", "wang", "zhao"}


def test_a_late_rater_gets_every_item_and_the_others_keep_their_order(filled: Store) -> None:
    made(filled, raters=("li", "wang"))
    lifecycle.open_study(filled, name="pilot")
    before = orders(filled)
    done = assigning.run(filled, name="pilot", usernames=["li", "zhao"])
    after = orders(filled)
    assert len(done.added) == 1
    assert (after["li"], after["wang"]) == (before["li"], before["wang"])
    assert sorted(after["zhao"]) == sorted(before["li"])
    assert after["zhao"] not in before.values()
    assert done.balance.raters == 3
    assert verify.run(filled).problems == []


def _closed(store: Store) -> None:
    lifecycle.open_study(store, name="pilot")
    lifecycle.close_study(store, name="pilot")


def _opened(store: Store) -> None:
    lifecycle.open_study(store, name="pilot")


@pytest.mark.parametrize(
    ("per_item", "then", "options", "sentence"),
    [
        (None, _closed, {}, "study pilot is closed; nobody can be added to it"),
        (
            None,
            _opened,
            {"usernames": ["li"]},
            "these raters have their items of study pilot already",
        ),
        (
            None,
            _opened,
            {"per_item": 1},
            "study pilot is open; raters a question are fixed at opening",
        ),
        (
            1,
            _opened,
            {"usernames": ["zhao"]},
            "study pilot is open and gives each question to some of its raters;",
        ),
    ],
)
def test_where_it_is_too_late_one_sentence_says_why(
    small: Store,
    per_item: int | None,
    then: Callable[[Store], None],
    options: dict[str, object],
    sentence: str,
) -> None:
    made(small, raters=("li", "wang"), per_item=per_item)
    then(small)
    before = orders(small)
    with pytest.raises(NotAllowed) as caught:
        assigning.run(small, name="pilot", **options)  # type: ignore[arg-type]
    assert caught.value.message.startswith(sentence)
    assert orders(small) == before


def test_a_study_or_rater_that_is_not_there_is_named(small: Store) -> None:
    with pytest.raises(NotKnown, match="there is no study pilot; 'cbt study create' makes one"):
        assigning.run(small, name="pilot")
    made(small)
    with pytest.raises(NotKnown, match="no rater is called nobody"):
        assigning.run(small, name="pilot", usernames=["nobody"])
