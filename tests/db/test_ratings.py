"""Judgements as they leave the store."""

from collections.abc import Callable

import pytest

from db import ratings
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.ratings import Answer
from db.tables import Assignment, Item, Question, Response, Study


def answers(store: Store, *, all_revisions: bool = False) -> list[Answer]:
    with store.reading() as session:
        study = ratings.rating_study(session, name="first")
        return list(ratings.answers(session, study=study, all_revisions=all_revisions))


def test_each_assignment_is_there_once_with_its_newest_judgement(
    stored_study: Store, judge: Callable[..., None]
) -> None:
    judge(revision=2, values={"relevance": 1}, token="t2", comment="")
    found = answers(stored_study)
    assert [(answer.revision, answer.values) for answer in found] == [
        (2, {"relevance": 1}),
        (None, {}),
    ]
    assert found[0].comment is None
    assert [answer.item.is_repeat for answer in found] == [False, True]
    assert found[0].item.unit == found[1].item.unit


def test_all_revisions_come_in_their_order(stored_study: Store, judge: Callable[..., None]) -> None:
    judge(revision=2, values={"relevance": 1}, token="t2")
    assert [answer.revision for answer in answers(stored_study, all_revisions=True)] == [1, 2, None]


def test_systems_have_a_code_and_raters_a_pseudonym(stored_study: Store) -> None:
    (answer, _) = answers(stored_study)
    assert (answer.item.system.shown, answer.item.item, answer.item.question) == (
        "S1",
        "AAAA",
        "1",
    )
    assert answer.rater.pseudonym == "P-AAAA"


def test_two_questions_of_one_id_are_told_apart_by_their_source(stored_study: Store) -> None:
    with stored_study.writing() as session:
        session.add(Question(source="other", external_id="1", text="x", description=""))
        session.flush()
        session.add(Response(question_id=2, system_id=1, text="y"))
        session.flush()
        session.add(Item(study_id=1, code="CCCC", question_id=2, response_id=2))
        session.flush()
        session.add(Assignment(study_id=1, item_id=3, person_id=1, position=3))
    assert [answer.item.question for answer in answers(stored_study)] == [
        "demo:1",
        "demo:1",
        "other:1",
    ]


def test_only_a_study_about_ratings_has_any(stored_study: Store) -> None:
    with stored_study.writing() as session:
        study = session.get_one(Study, 1)
        study.kind = "distortion"
    with stored_study.reading() as session:
        with pytest.raises(NotAllowed, match="a distortion study"):
            ratings.rating_study(session, name="first")
        with pytest.raises(NotKnown, match="no study second"):
            ratings.rating_study(session, name="second")
