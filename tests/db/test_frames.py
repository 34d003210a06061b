"""The questions that a study can be drawn from."""

import pytest

from db import frames
from db.engine import Store
from db.errors import NotKnown
from db.tables import Question, Response, System


def test_questions_are_sorted_alike_in_every_store(store: Store) -> None:
    names = ["b", "A", "Ä", "10", "2", "一"]
    with store.writing() as session:
        session.add_all(Question(source="demo", external_id=name, text=name) for name in names)
        session.add(Question(source="Demo", external_id="z", text="z"))
        session.add(Question(source="outside", external_id="1", text=None))
    with store.reading() as session:
        found = frames.questions(session, source=None, split=None, subset=None)
    assert [question.key for question in found] == [
        ("Demo", "z"),
        *(("demo", name) for name in ["10", "2", "A", "b", "Ä", "一"]),
    ]


def test_an_unknown_source_is_answered_with_those_that_there_are(store: Store) -> None:
    with store.reading() as session, pytest.raises(NotKnown, match="there is none yet"):
        frames.questions(session, source="psyqa", split=None, subset=None)


def test_texts_of_an_outside_gold_are_drawn_only_by_name(store: Store) -> None:
    with store.writing() as session:
        for source in ("psyqa", "gold:sentences"):
            session.add(Question(source=source, external_id="1", text="睡不着"))
    with store.reading() as session:
        everywhere = frames.questions(session, source=None, split=None, subset=None)
        named = frames.questions(session, source="gold:sentences", split=None, subset=None)
    assert [question.source for question in (*everywhere, *named)] == ["psyqa", "gold:sentences"]


def test_systems_come_in_the_order_asked_for(store: Store) -> None:
    with store.writing() as session:
        session.add_all([System(name="A", kind="local"), System(name="B", kind="local")])
    with store.reading() as session:
        assert [s.name for s in frames.systems(session, names=["B", "A"])] == ["B", "A"]
        with pytest.raises(NotKnown, match="there is no system C, D; there are A, B"):
            frames.systems(session, names=["C", "A", "D"])


def test_of_several_answers_the_first_kept_one_with_text_counts(store: Store) -> None:
    with store.writing() as session:
        session.add_all(
            [System(name="A", kind="local"), Question(source="d", external_id="1", text="问")]
        )
        session.flush()
        texts = {0: None, 1: "\u3000\n", 2: "拒绝", 4: "后", 3: "先"}
        for sample, text in texts.items():
            session.add(
                Response(
                    question_id=1,
                    system_id=1,
                    sample=sample,
                    text=text,
                    status="refused" if text == "拒绝" else "kept",
                )
            )
            session.flush()
    with store.reading() as session:
        assert frames.answers(session, system_ids=[1]) == {1: {1: 5}}
        assert frames.answers(session, system_ids=[]) == {}
