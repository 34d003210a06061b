"""Who may see answers beside each other, and which come before and after."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from annotate_app.services import comparing
from annotate_app.services.comparing import Asked, Key
from annotate_app.services.rights import NotForYou, OwnStudy, StillJudges
from db import people
from db.errors import NotKnown
from db.tables import Question, Response, System
from pipeline.study import lifecycle
from tests.annotate_app.conftest import CANARY
from tests.annotate_app.leads import make_cases
from tests.annotate_app.services.test_rights import known

SECOND = Key(CANARY, f"{CANARY}-2")


@pytest.mark.parametrize("username", ["lin", "zhao"])
def test_only_researchers_see_answers_beside_each_other(made_sqlite: Any, username: str) -> None:
    by = known(made_sqlite, username, "researcher")
    for ask in (comparing.study_names, lambda *a, **k: comparing.look(*a, asked=Asked(), **k)):
        with pytest.raises(NotForYou):
            ask(made_sqlite.store, by=by)


def test_a_researcher_who_rates_sees_no_named_answer_until_the_study_has_ended(
    made_sqlite: Any,
) -> None:
    store, wu = made_sqlite.store, known(made_sqlite, "wu", "researcher")
    for ask in (
        lambda: comparing.study_names(store, by=wu),
        lambda: comparing.look(store, by=wu, asked=Asked()),
        lambda: comparing.draw(store, by=wu, asked=Asked()),
    ):
        with pytest.raises(StillJudges, match="you judge in the study pilot"):
            ask()
    lifecycle.close_study(store, name="pilot")
    assert comparing.study_names(store, by=wu) == []
    found = comparing.look(store, by=wu, asked=Asked())
    assert found
    assert found.systems == [f"{CANARY}-1", f"{CANARY}-2"]
    with pytest.raises(OwnStudy):  # whoever rated there never sees what others gave
        comparing.look(store, by=wu, asked=Asked(study="pilot"))


def test_a_researcher_with_cases_to_decide_waits_too(sqlite_store: Any) -> None:
    cases = make_cases(sqlite_store, items=1)
    with sqlite_store.writing() as session:
        people.get(session, username="zhao").roles = ["lead", "researcher"]
    with pytest.raises(StillJudges, match="the study labels"):
        comparing.study_names(sqlite_store, by=known(cases, "zhao", "researcher"))


def test_one_walks_through_the_questions_that_match(made_sqlite: Any) -> None:
    store, guo = made_sqlite.store, known(made_sqlite, "guo")
    first = comparing.look(store, by=guo, asked=Asked())
    assert first
    assert (first.place, first.of, first.previous, first.next) == (1, 3, None, SECOND)
    waits = comparing.look(store, by=guo, asked=Asked(key=first.next))
    assert waits
    assert (waits.shown.question.withheld, waits.shown.answers) == (True, ())
    assert waits.previous == first.key
    assert "怎么办" not in str(waits.shown)
    shown = comparing.look(store, by=guo, asked=Asked(key=SECOND, danger=True))
    assert shown
    assert len(shown.shown.answers) == 2
    (only,) = (comparing.look(store, by=guo, asked=Asked(search=f"{CANARY}-3")),)
    assert only
    assert (only.key.question, only.of) == (f"{CANARY}-3", 1)
    assert comparing.look(store, by=guo, asked=Asked(search="没有这句")) is None
    with pytest.raises(NotKnown):
        comparing.look(store, by=guo, asked=Asked(key=Key(CANARY, "none")))


def test_a_lot_falls_on_no_question_of_somebody_in_danger(made_sqlite: Any) -> None:
    store, guo = made_sqlite.store, known(made_sqlite, "guo")
    drawn = {comparing.draw(store, by=guo, asked=Asked()) for _ in range(30)}
    assert drawn == {Key(CANARY, f"{CANARY}-1"), Key(CANARY, f"{CANARY}-3")}
    assert comparing.draw(store, by=guo, asked=Asked(search="没有这句")) is None


def test_no_more_than_four_answers_stand_beside_each_other(made_sqlite: Any) -> None:
    store, guo = made_sqlite.store, known(made_sqlite, "guo")
    with store.writing() as session:
        question = session.scalars(select(Question).order_by(Question.id)).first()
        for n in range(4):
            system = System(name=f"more-{n}", kind="api")
            session.add(system)
            session.flush()
            session.add(Response(question_id=question.id, system_id=system.id, text="好"))
    asked = Asked()
    found = comparing.look(store, by=guo, asked=asked)
    assert found
    assert [each.system for each in found.shown.answers] == [
        f"{CANARY}-1", f"{CANARY}-2", "more-0", "more-1",
    ]  # fmt: skip
    assert found.shown.others == ("more-2", "more-3")
    chosen = comparing.look(store, by=guo, asked=replace(asked, systems=["more-3", "gone"]))
    assert chosen
    assert [each.system for each in chosen.shown.answers] == ["more-3"]
