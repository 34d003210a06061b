"""How far a study is."""

import pytest
from sqlalchemy import select

from db.engine import Store
from db.errors import NotKnown
from db.tables import Assignment, Judgement
from pipeline.study import create, lifecycle, status
from pipeline.study.studyfile import Plan


def test_a_study_tells_how_far_each_rater_is(filled: Store) -> None:
    create.run(filled, Plan(name="pilot", systems=("A", "B"), seed=7, repeats=0.25))
    lifecycle.open_study(filled, name="pilot")
    with filled.writing() as session:
        one, two, *_ = session.scalars(select(Assignment).order_by(Assignment.id))
        session.add(Judgement(assignment_id=one.id, revision=1, values={}, token="a"))
        session.add(Judgement(assignment_id=one.id, revision=2, values={}, token="b"))
        session.add(Judgement(assignment_id=two.id, revision=1, values={}, token="a"))
    found = status.of_one(filled, name="pilot")
    assert (found.counts.items, found.counts.repeats, found.counts.raters) == (30, 6, 3)
    assert (found.counts.answered, found.counts.assigned) == (2, 90)
    assert [(r.group, r.answered, r.assigned) for r in found.raters] == [
        ("student", 2, 30),
        ("student", 0, 30),
        ("student", 0, 30),
    ]
    assert [r.last_at is None for r in found.raters] == [False, True, True]


def test_systems_appear_by_code_until_the_study_is_unblinded(small: Store) -> None:
    create.run(small, Plan(name="pilot", systems=("A", "B"), seed=7))
    lifecycle.open_study(small, name="pilot")
    lifecycle.close_study(small, name="pilot")
    assert status.of_one(small, name="pilot").systems == ["S1", "S2"]
    lifecycle.unblind_study(small, name="pilot")
    assert sorted(status.of_one(small, name="pilot").systems) == ["A", "B"]


def test_all_studies_are_listed_in_the_order_of_their_making(small: Store) -> None:
    assert status.of_all(small) == []
    for name in ("second", "first"):
        create.run(small, Plan(name=name, systems=("A",), seed=7))
    assert [one.study.name for one in status.of_all(small)] == ["second", "first"]


def test_an_unknown_study_is_answered_with_those_that_there_are(small: Store) -> None:
    with pytest.raises(NotKnown, match="there is no study pilot; 'cbt study create' makes one"):
        status.of_one(small, name="pilot")
