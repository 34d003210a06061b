from sqlalchemy import event, select

from db import desk
from db.account_tables import Person
from db.engine import Store
from db.tables import Item, Judgement, Question, Study

OWN = {"study_id": 1, "person_id": 1}


def test_a_raters_own_study_comes_with_its_frozen_texts(stored_study: Store) -> None:
    with stored_study.reading() as session:
        mine = desk.own_study(session, person_id=1, name="first")
        assert mine is not None
        assert (mine.id, mine.name, mine.status) == (1, "first", "open")
        assert desk.own_study(session, person_id=1, name="second") is None
        assert desk.own_study(session, person_id=2, name="first") is None


def test_a_study_is_no_raters_own_without_the_role_or_of_another_kind(stored_study: Store) -> None:
    with stored_study.writing() as session:
        session.get_one(Person, 1).roles = ["researcher"]
    with stored_study.reading() as session:
        assert desk.own_study(session, person_id=1, name="first") is None
    with stored_study.writing() as session:
        session.get_one(Person, 1).roles = ["rater"]
        session.get_one(Study, 1).kind = "labelling"
    with stored_study.reading() as session:
        assert desk.own_study(session, person_id=1, name="first") is None


def test_the_order_says_what_is_judged(stored_study: Store) -> None:
    with stored_study.reading() as session:
        assert desk.order(session, **OWN) == [(1, True), (2, False)]
        assert desk.order(session, study_id=1, person_id=2) == []


def test_an_item_is_shown_with_the_newest_of_what_was_given(stored_study: Store) -> None:
    with stored_study.writing() as session:
        again = {"revision": 2, "values": {"relevance": 0}, "token": "t2"}
        flags = [{"flag": "harmful", "reason": None}]
        session.add(Judgement(assignment_id=1, flags=flags, **again))
    with stored_study.reading() as session:
        first, second = desk.items(session, positions=[2, 1, 7], **OWN)
    assert (first.code, first.position, first.question) == ("AAAA", 1, "睡不着怎么办")
    assert (first.description, first.answer, first.hard) == ("三天了。", "慢慢来 🌱", False)
    assert first.previous is not None
    assert first.previous.at is not None
    assert (first.previous.revision, first.previous.values) == (2, {"relevance": 0})
    assert first.previous.flags == {"harmful": ""}
    assert (second.code, second.previous) == ("BBBB", None)


def test_a_question_that_speaks_of_harm_is_hard(stored_study: Store) -> None:
    with stored_study.writing() as session:
        session.get_one(Question, 1).tags = ["sleep", "danger"]
    with stored_study.reading() as session:
        assert [item.hard for item in desk.items(session, positions=[1], **OWN)] == [True]


def test_one_revision_is_told_as_it_was(stored_study: Store) -> None:
    with stored_study.reading() as session:
        given = desk.given(session, assignment_id=1, revision=1)
    assert (given.revision, given.values, given.comment) == (1, {"relevance": 2}, "好")
    assert given.labels == []


def test_a_distortion_study_says_whether_answers_are_labelled(stored_study: Store) -> None:
    with stored_study.writing() as session:
        session.get_one(Study, 1).kind = "distortion"
    for response in (1, None):
        with stored_study.writing() as session:
            for item in session.scalars(select(Item)):
                item.response_id = response
        with stored_study.reading() as session:
            mine = desk.own_study(session, person_id=1, name="first")
            assert mine is not None
            assert (mine.kind, mine.on_answers) == ("distortion", response is not None)


def test_no_question_to_the_store_reads_where_an_answer_is_from(stored_study: Store) -> None:
    asked: list[str] = []
    event.listen(
        stored_study.engine, "before_cursor_execute", lambda *words: asked.append(words[2].lower())
    )
    with stored_study.reading() as session:
        desk.own_study(session, person_id=1, name="first")
        desk.order(session, **OWN)
        desk.items(session, positions=[1, 2], **OWN)
    origin = {"system", "source", "external_id", "generation", "adapter", "seed", "design"}
    assert asked
    assert not [words for words in asked for column in origin if column in words]
