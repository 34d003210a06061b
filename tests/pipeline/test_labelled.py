"""Votes of a distortion study as arrays: who, which item, what is left out, what is not there."""

import pytest
from sqlalchemy import select, update

from db.account_tables import Person
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.labels import PRESENCES
from db.tables import Item, Study
from pipeline import labelled
from tests.pipeline.labels import give, make_label_study

YES, NO, CANNOT_TELL = (PRESENCES.index(each) for each in ("yes", "no", "cannot_tell"))


def test_the_newest_votes_stand_in_their_labellers_row(store: Store) -> None:
    make_label_study(store, questions=3)
    give(store, "labels", "li", 1, "no")
    give(store, "labels", "li", 1, "yes", ["labeling", "mind_reading"])
    give(store, "labels", "wang", 1, "cannot_tell")
    give(store, "labels", "wang", 3, "no")
    found = labelled.read(store, study="labels")
    with store.reading() as session:
        named = dict(session.execute(select(Person.pseudonym, Person.username)).all())
    rows = [named[rater.pseudonym] for rater in found.raters]
    li, wang = rows.index("li"), rows.index("wang")
    assert found.votes.presence[li].tolist() == [YES, -1, -1]
    assert found.votes.presence[wang].tolist() == [CANNOT_TELL, -1, NO]
    labels = found.votes.labels
    both = 1 << labels.index("labeling") | 1 << labels.index("mind_reading")
    assert found.votes.sets[li].tolist() == [both, -1, -1]
    assert found.votes.sets[wang].tolist() == [-1, -1, 0]
    assert found.assigned.all()


def test_repeats_stand_beside_what_they_repeat_and_calibration_is_left_out(
    sqlite_store: Store,
) -> None:
    make_label_study(sqlite_store, questions=4)
    with sqlite_store.writing() as session:
        items = list(session.scalars(select(Item).order_by(Item.id)))
        items[3].repeat_of_id, items[3].question_id = items[1].id, items[1].question_id
        items[2].is_calibration = True
    give(sqlite_store, "labels", "li", 2, "yes", ["labeling"])
    give(sqlite_store, "labels", "li", 3, "yes")
    give(sqlite_store, "labels", "li", 4, "no")
    found = labelled.read(sqlite_store, study="labels")
    assert found.votes.presence.max(axis=0).tolist() == [-1, YES]
    assert found.again.presence.max(axis=0).tolist() == [-1, NO]
    assert (found.repeats, found.calibration) == (1, 1)


def test_one_group_can_be_asked_for(sqlite_store: Store) -> None:
    make_label_study(sqlite_store, questions=1)
    with sqlite_store.writing() as session:
        session.execute(update(Person).where(Person.username == "li").values(group="student"))
    give(sqlite_store, "labels", "wang", 1, "no")
    found = labelled.read(sqlite_store, study="labels", group="student")
    assert len(found.raters) == 1
    assert found.votes.presence.tolist() == [[-1]]
    with pytest.raises(NotKnown, match="in the group nurse; groups: student, therapist"):
        labelled.read(sqlite_store, study="labels", group="nurse")


def test_a_study_without_votes_says_what_is_missing(sqlite_store: Store) -> None:
    make_label_study(sqlite_store, questions=2)
    with pytest.raises(NotAllowed, match="no judgements yet: 0 of 4 assignments are answered"):
        labelled.read(sqlite_store, study="labels")
    with sqlite_store.writing() as session:
        session.execute(update(Study).values(status="draft"))
    with pytest.raises(NotAllowed, match="are answered; it is a draft, so open it first"):
        labelled.read(sqlite_store, study="labels")
    with sqlite_store.writing() as session:
        study = Study(name="empty", kind="distortion", origin="local", status="draft", seed=0)
        study.criteria, study.guidelines, study.design, study.analysis = [], {}, {}, {}
        session.add(study)
    with pytest.raises(NotAllowed, match="empty has no assignments yet"):
        labelled.read(sqlite_store, study="empty")
    with pytest.raises(NotKnown, match="there is no study other"):
        labelled.read(sqlite_store, study="other")
