import pytest
from sqlalchemy.exc import IntegrityError

from db import judgements
from db.engine import Store
from db.judgements import NewJudgement
from db.tables import Person


def test_the_newest_revision_is_the_one_that_counts(stored_study: Store) -> None:
    with stored_study.writing() as session:
        new = NewJudgement(values={"relevance": 0}, token="t2")
        added = judgements.add_judgement(session, assignment_id=1, new=new)
        assert added.revision == 2
    with stored_study.reading() as session:
        newest = judgements.newest(session, assignment_id=1)
        assert newest is not None
        assert (newest.revision, newest.values, newest.token) == (2, {"relevance": 0}, "t2")
        assert judgements.newest(session, assignment_id=2) is None


def test_flags_are_kept_with_their_reasons_in_order(stored_study: Store) -> None:
    flags = {"overwhelming": "太长", "harmful": None}
    new = NewJudgement(values={"relevance": 1}, token="t2", flags=flags, seconds=3.5)
    with stored_study.writing() as session:
        judgements.add_judgement(session, assignment_id=2, new=new)
    with stored_study.reading() as session:
        kept = judgements.newest(session, assignment_id=2)
        assert kept is not None
        assert kept.flags == [
            {"flag": "overwhelming", "reason": "太长"},
            {"flag": "harmful", "reason": None},
        ]
        assert (kept.revision, kept.seconds) == (1, 3.5)


def test_a_token_is_found_with_its_assignment_only(stored_study: Store) -> None:
    with stored_study.reading() as session:
        found = judgements.with_token(session, assignment_id=1, token="t1")
        assert found is not None
        assert found.values == {"relevance": 2}
        assert judgements.with_token(session, assignment_id=2, token="t1") is None


def test_the_store_itself_refuses_a_token_twice(stored_study: Store) -> None:
    new = NewJudgement(values={"relevance": 2}, token="t1")
    with pytest.raises(IntegrityError), stored_study.writing() as session:
        judgements.add_judgement(session, assignment_id=1, new=new)


def test_the_next_open_assignment_is_the_first_without_a_judgement(stored_study: Store) -> None:
    keys = {"study_id": 1, "person_id": 1}
    with stored_study.writing() as session:
        found = judgements.next_open(session, **keys)
        assert found is not None
        assert found.position == 2
        new = NewJudgement(values={"relevance": 2}, token="t1")
        judgements.add_judgement(session, assignment_id=found.id, new=new)
        assert judgements.next_open(session, **keys) is None
        first = judgements.at_position(session, position=1, **keys)
        assert first is not None
        assert first.item_id == 1
        assert judgements.at_position(session, position=3, **keys) is None


def test_only_an_able_person_gets_their_own_assignment(stored_study: Store) -> None:
    with stored_study.writing() as session:
        session.add(Person(pseudonym="P-BBBB", username="wu", roles=["rater"]))
        session.flush()
        assert judgements.lock_assignment(session, person_id=1, item_code="AAAA") is not None
        assert judgements.lock_assignment(session, person_id=2, item_code="AAAA") is None
        assert judgements.lock_assignment(session, person_id=1, item_code="CCCC") is None
        li = session.get_one(Person, 1)
        li.disabled_at = li.created_at
        session.flush()
        assert judgements.lock_assignment(session, person_id=1, item_code="AAAA") is None
