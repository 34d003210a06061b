"""Studies, and how far they are."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from db import people, studies
from db.engine import Store
from db.errors import NotKnown
from db.tables import Assignment, Item, Judgement, StudySystem, System


def test_a_rater_sees_how_far_each_study_is(
    stored_study: Store, judge: Callable[..., None]
) -> None:
    judge(revision=2, token="t2")
    with stored_study.reading() as session:
        (mine,) = studies.of_rater(session, person_id=1)
    assert (mine.name, mine.kind, mine.status) == ("first", "rating", "open")
    assert (mine.assigned, mine.answered) == (2, 1)
    assert (mine.open, mine.next) == (True, 2)


def test_all_judged_leaves_nothing_next(stored_study: Store, judge: Callable[..., None]) -> None:
    judge(assignment_id=2, revision=1, token="t2")
    with stored_study.reading() as session:
        (mine,) = studies.of_rater(session, person_id=1)
    assert mine.next is None


def test_the_usual_time_is_the_median_of_first_answers(
    stored_study: Store, judge: Callable[..., None]
) -> None:
    with stored_study.reading() as session:
        assert [r.seconds for r in studies.progress(session, study_id=1)] == [None]
    judge(assignment_id=2, revision=1, token="t2", seconds=30.0)
    judge(assignment_id=2, revision=2, token="t3", seconds=900.0)
    with stored_study.writing() as session:
        session.add(Assignment(study_id=1, item_id=1, person_id=_another(session), position=1))
    judge(assignment_id=3, revision=1, token="t4", seconds=7.5)
    with stored_study.reading() as session:
        assert [r.seconds for r in studies.progress(session, study_id=1)] == [30.0, 7.5]


def test_an_even_number_of_answers_has_the_mean_of_the_middle_two(
    stored_study: Store, judge: Callable[..., None]
) -> None:
    with stored_study.writing() as session:
        for n, seconds in enumerate((10, 20, 40, 1000), start=3):
            item = Item(study_id=1, code=f"D{n}", question_id=1, response_id=1)
            session.add(item)
            session.flush()
            session.add(Assignment(study_id=1, item_id=item.id, person_id=1, position=n))
            session.flush()
            session.add(
                Judgement(assignment_id=n, revision=1, values={}, token="t", seconds=seconds)
            )
    with stored_study.reading() as session:
        assert [r.seconds for r in studies.progress(session, study_id=1)] == [30.0]


def test_the_sizes_of_all_studies_are_the_counts_of_each(
    stored_study: Store, judge: Callable[..., None]
) -> None:
    judge(revision=2, token="t2")
    with stored_study.writing() as session:
        first = studies.get(session, name="first")
        values = {c.name: getattr(first, c.name) for c in first.__table__.columns}
        session.add(type(first)(**{**values, "id": None, "name": "empty"}))
        session.flush()
        sizes = studies.sizes(session)
        assert sizes == {n: studies.counts(session, study_id=n) for n in (1, 2)}
    assert (sizes[1].answered, sizes[2].items) == (1, 0)


def test_who_has_items_rates_in_a_study(stored_study: Store) -> None:
    with stored_study.writing() as session:
        assert studies.rates_in(session, study_id=1, person_id=1)
        assert not studies.rates_in(session, study_id=1, person_id=_another(session))


def _another(session: Session) -> int:
    return people.add(
        session, username="wang", roles=["rater"], group="student", password_hash=None
    ).id


def test_someone_without_items_has_no_studies(stored_study: Store) -> None:
    with stored_study.writing() as session:
        added = people.add(
            session, username="wang", roles=["rater"], group=None, password_hash=None
        )
        assert studies.of_rater(session, person_id=added.id) == []


def test_a_second_revision_is_no_second_answer(
    stored_study: Store, judge: Callable[..., None]
) -> None:
    judge(revision=2, token="t2")
    with stored_study.reading() as session:
        counts = studies.counts(session, study_id=1)
        (rater,) = studies.progress(session, study_id=1)
    assert counts == studies.Counts(items=2, repeats=1, raters=1, assigned=2, answered=1)
    assert (rater.pseudonym, rater.assigned, rater.answered) == ("P-AAAA", 2, 1)
    assert rater.last_at is not None


def test_each_rater_is_counted_alone(stored_study: Store) -> None:
    with stored_study.writing() as session:
        added = people.add(
            session, username="wang", roles=["rater"], group="student", password_hash=None
        )
        session.add(Assignment(study_id=1, item_id=1, person_id=added.id, position=1))
        session.flush()
        found = studies.progress(session, study_id=1)
        total = studies.counts(session, study_id=1)
    assert [(r.assigned, r.answered, r.group) for r in found] == [(2, 1, None), (1, 0, "student")]
    assert found[1].last_at is None
    assert (total.raters, total.assigned, total.answered) == (2, 3, 1)


def test_a_study_without_anything_counts_nothing(store: Store) -> None:
    with store.reading() as session:
        assert studies.counts(session, study_id=1) == studies.Counts(0, 0, 0, 0, 0)
        assert studies.progress(session, study_id=1) == []


def test_codes_come_in_the_order_of_their_numbers(stored_study: Store) -> None:
    with stored_study.writing() as session:
        for n in (10, 2):
            system = System(name=f"model {n}", kind="local")
            session.add(system)
            session.flush()
            session.add(StudySystem(study_id=1, system_id=system.id, code=f"S{n}"))
        session.flush()
        found = studies.systems(session, study_id=1)
        assert [(code, system.name) for code, system in found.items()] == [
            ("S1", "kind"),
            ("S2", "model 2"),
            ("S10", "model 10"),
        ]


def test_an_unknown_study_is_answered_with_those_that_there_are(stored_study: Store) -> None:
    with stored_study.reading() as session:
        assert studies.find(session, name="other") is None
        with pytest.raises(NotKnown, match="there is no study other; there are first"):
            studies.get(session, name="other")


def test_an_item_of_another_study_does_not_count(stored_study: Store) -> None:
    with stored_study.writing() as session:
        first = studies.get(session, name="first")
        values = {c.name: getattr(first, c.name) for c in first.__table__.columns}
        other = type(first)(**{**values, "id": None, "name": "other"})
        session.add(other)
        session.flush()
        session.add(Item(study_id=other.id, code="CCCC", question_id=1, response_id=1))
        session.flush()
        assert studies.counts(session, study_id=1).items == 2
        assert studies.counts(session, study_id=other.id).items == 1
