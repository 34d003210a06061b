"""A study's way from draft to unblinded."""

from dataclasses import fields, replace
from typing import Any

import pytest
from sqlalchemy import select

from db import verify
from db.account_tables import Person
from db.columns import now
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.tables import Event, Response, Study, System
from pipeline.study import assigning, create
from pipeline.study.lifecycle import NoOverlap, close_study, open_study, unblind_study
from pipeline.study.studyfile import Plan

PLAN = Plan(name="pilot", systems=("A", "B"), seed=7)


def state(store: Store) -> tuple[str, bool, bool, bool]:
    with store.reading() as session:
        study = session.scalars(select(Study)).one()
        times = (study.opened_at, study.closed_at, study.unblinded_at)
        return (study.status, *(at is not None for at in times))  # type: ignore[return-value]


def test_a_study_is_opened_closed_and_unblinded_and_each_is_recorded(filled: Store) -> None:
    create.run(filled, PLAN)
    assert open_study(filled, name="pilot").counts.assigned == 72
    assert state(filled) == ("open", True, False, False)
    assert close_study(filled, name="pilot").counts.answered == 0
    assert state(filled) == ("closed", True, True, False)
    assert sorted(unblind_study(filled, name="pilot").systems.values()) == ["A", "B"]
    assert state(filled) == ("closed", True, True, True)
    with filled.reading() as session:
        events = session.scalars(select(Event).order_by(Event.id)).all()
        kinds = [event.kind for event in events]
        assert kinds == ["created", "opened", "closed", "unblinded"]
        assert events[-1].details["systems"].keys() == {"S1", "S2"}
    assert verify.run(filled).problems == []


def test_a_study_is_not_opened_with_items_for_someone_who_cannot_answer(small: Store) -> None:
    create.run(small, PLAN)
    with small.writing() as session:
        gone = session.scalars(select(Person).order_by(Person.id)).first()
        assert gone is not None
        gone.disabled_at = now()
        pseudonym = gone.pseudonym
    with pytest.raises(
        NotAllowed, match=rf"disabled \({pseudonym}\); run 'cbt study assign pilot'"
    ):
        open_study(small, name="pilot")
    assert state(small) == ("draft", False, False, False)


def test_each_step_is_taken_once_and_in_order(small: Store) -> None:
    create.run(small, PLAN)
    with pytest.raises(NotAllowed, match="pilot is a draft; only an open study can be closed"):
        close_study(small, name="pilot")
    with pytest.raises(NotAllowed, match="is a draft; a study is unblinded after it was closed"):
        unblind_study(small, name="pilot")
    open_study(small, name="pilot")
    with pytest.raises(NotAllowed, match=r"open already, since 20.* UTC; it is opened only once"):
        open_study(small, name="pilot")
    with pytest.raises(NotAllowed, match="is open; a study is unblinded after it was closed"):
        unblind_study(small, name="pilot")
    close_study(small, name="pilot")
    with pytest.raises(NotAllowed, match="a closed study is not opened again"):
        open_study(small, name="pilot")
    with pytest.raises(NotAllowed, match="pilot is closed already, since 20"):
        close_study(small, name="pilot")
    unblind_study(small, name="pilot")
    with pytest.raises(NotAllowed, match="pilot is unblinded already, since 20"):
        unblind_study(small, name="pilot")
    assert state(small) == ("closed", True, True, True)


def test_a_study_without_raters_is_not_opened(small: Store) -> None:
    create.run(small, replace(PLAN, raters=()))
    with pytest.raises(NotAllowed, match="has no raters; add them with 'cbt people add'"):
        open_study(small, name="pilot")
    assert state(small)[0] == "draft"


def test_a_study_without_items_is_not_opened(small: Store) -> None:
    with small.writing() as session:
        session.add(
            Study(
                name="pilot",
                kind="rating",
                origin="local",
                status="draft",
                criteria=[],
                guidelines={},
                design={},
                analysis={},
                seed=1,
            )
        )
    with pytest.raises(NotAllowed, match="has no items; create one under another name"):
        open_study(small, name="pilot")


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (
            {"per_item": 1},
            "study pilot gives each item to one labeller, and only the labels of two or more can"
            " be compared; run 'cbt study assign pilot --per-item 2'",
        ),
        (
            {"per_item": 1, "raters": ("li",)},
            "study pilot has one labeller, and only the labels of two or more can be compared;"
            " add another with 'cbt people add', then run 'cbt study assign pilot --per-item 2'",
        ),
    ],
)
def test_a_distortion_study_without_overlap_is_not_opened(
    filled: Store, plan: dict[str, Any], sentence: str
) -> None:
    create.run(filled, Plan(name="pilot", kind="distortion", repeats=0.2, **plan))
    with pytest.raises(NoOverlap) as refused:
        open_study(filled, name="pilot")
    assert refused.value.message == sentence
    assert state(filled) == ("draft", False, False, False)
    assigning.run(filled, name="pilot", per_item=2)
    assert open_study(filled, name="pilot").counts.assigned == 28


def test_a_distortion_study_is_searched_for_answers_that_tell_their_origin(small: Store) -> None:
    with small.writing() as session:
        session.scalars(select(Response)).first().text = "作为 ChatGPT，我理解你的感受。"
    for name, systems, found in (("questions", (), 0), ("answers", ("A",), 1)):
        create.run(small, Plan(name=name, kind="distortion", systems=systems))
        assert len(open_study(small, name=name).leaks) == found


def test_an_unknown_study_is_answered_with_those_that_there_are(small: Store) -> None:
    create.run(small, PLAN)
    for step in (open_study, close_study, unblind_study):
        with pytest.raises(NotKnown, match="there is no study plot; there are pilot"):
            step(small, name="plot")


def test_opening_tells_which_answers_name_a_model_or_a_system(filled: Store) -> None:
    with filled.writing() as session:
        first, second, *_ = session.scalars(select(Response).order_by(Response.id))
        first.text = "作为 ChatGPT，我理解你的感受。"
        second.text = "慢慢来，会好的。"
        names = session.scalars(select(Response.text)).all()
    assert len(names) == 24
    create.run(filled, replace(PLAN, repeats=1.0))
    found = open_study(filled, name="pilot").leaks
    assert [leak.question for leak in found] == ["0"]
    assert any("ChatGPT" in word for word in found[0].found)


def test_a_warning_does_not_tell_which_system_it_is_about(small: Store) -> None:
    words = {"A": "我是 ChatGPT。", "B": "我是 Claude。"}
    with small.writing() as session:
        for answer, name in session.execute(select(Response, System.name).join(System)):
            number = int(answer.text.partition("答")[2])
            answer.text = words["AB"[(number + "AB".index(name)) % 2]]
    create.run(small, PLAN)
    found = open_study(small, name="pilot").leaks
    assert [field.name for field in fields(found[0])] == ["question", "found"]
    assert len(found) == 24
    by_question = {leak.question: [] for leak in found}
    for leak in found:
        by_question[leak.question].append(leak.found)
    assert {str(words) for words in by_question.values()} == {"[['ChatGPT'], ['Claude']]"}
