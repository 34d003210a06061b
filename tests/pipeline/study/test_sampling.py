"""A study's questions, drawn from a frame."""

from pathlib import Path

import pytest
from sqlalchemy import select

from db.engine import Store
from db.errors import FileRejected, NotAllowed, NotKnown
from db.tables import Question, Response, Split, System
from pipeline.study.sampling import Sample, draw
from pipeline.study.studyfile import Frame


def drawn(store: Store, frame: Frame | None = None, n: int | None = None, seed: int = 1) -> Sample:
    with store.reading() as session:
        systems = session.scalars(select(System)).all()
        return draw(session, frame=frame or Frame(), systems=systems, n=n, seed=seed)


def ids(sample: Sample) -> list[str]:
    return [question.external_id for question in sample.questions]


def test_without_a_size_the_whole_frame_is_taken(filled: Store) -> None:
    assert len(ids(drawn(filled))) == 12


def test_a_seed_draws_the_same_and_another_one_others(filled: Store) -> None:
    assert ids(drawn(filled, n=4, seed=1)) == ["1", "10", "2", "7"]
    assert ids(drawn(filled, n=4, seed=2)) != ids(drawn(filled, n=4, seed=1))


def test_only_questions_that_every_system_has_answered_are_drawn(filled: Store) -> None:
    with filled.writing() as session:
        by_question = dict(
            session.execute(
                select(Question.external_id, Response)
                .join(Response, Response.question_id == Question.id)
                .join(System, Response.system_id == System.id)
                .where(System.name == "A")
            ).all()
        )
        by_question["0"].status = "refused"
        by_question["1"].text = " \n　"
        by_question["2"].text = None
        session.delete(by_question["3"])
    found = drawn(filled)
    assert sorted(ids(found)) == sorted(map(str, range(4, 12)))
    assert (found.frame, found.unanswered) == (8, 4)


def test_a_text_that_is_there_twice_is_drawn_once(small: Store) -> None:
    with small.writing() as session:
        question = session.scalars(select(Question).where(Question.external_id == "5")).one()
        question.content_hash = "4"
    found = drawn(small)
    assert "5" not in ids(found)
    assert (found.frame, found.same_text) == (11, 1)


def test_the_first_kept_answer_of_several_is_taken(small: Store) -> None:
    with small.writing() as session:
        first = session.scalars(select(Response).order_by(Response.id)).first()
        assert first is not None
        session.add_all(
            Response(
                question_id=first.question_id, system_id=first.system_id, sample=n, text="另一答"
            )
            for n in (2, 1)
        )
        expected = {"question": first.question_id, "system": first.system_id, "id": first.id}
    taken = drawn(small).answers[expected["system"]][expected["question"]]
    assert taken == expected["id"]


def test_a_frame_can_be_a_splits_subset_and_a_source(filled: Store) -> None:
    with filled.writing() as session:
        for question in session.scalars(select(Question)):
            subset = "test" if question.external_id in {"1", "7"} else "train"
            session.add(Split(name="main", question_id=question.id, subset=subset, seed=1))
    frame = Frame(source="demo", split="main", subset="test")
    assert ids(drawn(filled, frame)) == ["1", "7"]
    for wrong, sentence in [
        (Frame(source="psyqa"), "there is no source psyqa; there is demo"),
        (Frame(split="other", subset="test"), "there is no split other; there is main"),
        (
            Frame(split="main", subset="dev"),
            "there is no subset of main called dev; there is test, train",
        ),
    ]:
        with pytest.raises(NotKnown) as caught:
            drawn(filled, wrong)
        assert caught.value.message == sentence


def test_a_frame_can_be_a_file_of_ids(small: Store, tmp_path: Path) -> None:
    path = tmp_path / "ids.txt"
    path.write_text("\ufeff7\r\n\r\n 3 \r\n7\r\n", "utf-8")
    assert ids(drawn(small, Frame(ids=path))) == ["3", "7"]


def test_ids_that_name_no_question_or_two_are_refused_with_their_rows(
    small: Store, tmp_path: Path
) -> None:
    with small.writing() as session:
        session.add(Question(source="other", external_id="3", text="另一个问题"))
    path = tmp_path / "ids.txt"
    path.write_text("7\n3\n99\n")
    with pytest.raises(FileRejected) as caught:
        drawn(small, Frame(ids=path))
    assert caught.value.message == "ids.txt: 2 of 3 ids name no question, or several"
    assert [(bad.row, bad.why) for bad in caught.value.rows] == [
        (2, "demo, other each have a question 3; add --source"),
        (3, "there is no question 99 in the frame"),
    ]


def test_a_file_of_ids_that_cannot_be_used_is_refused(small: Store, tmp_path: Path) -> None:
    path = tmp_path / "ids.txt"
    with pytest.raises(FileRejected, match="cannot be read: No such file"):
        drawn(small, Frame(ids=path))
    path.write_text("\n\n")
    with pytest.raises(FileRejected, match="holds no id; write one question id a line"):
        drawn(small, Frame(ids=path))
    path.write_bytes("编号".encode("utf-16"))
    with pytest.raises(FileRejected, match="is not UTF-8 text"):
        drawn(small, Frame(ids=path))


def test_a_sample_larger_than_its_frame_is_refused_with_the_numbers(small: Store) -> None:
    with pytest.raises(NotAllowed) as caught:
        drawn(small, n=13)
    assert caught.value.message == (
        "a sample of 13 is larger than its frame of 12 questions;"
        " ask for fewer, or draw from a larger frame"
    )
    with small.writing() as session:
        session.add(System(name="C", kind="local"))
    with pytest.raises(NotAllowed) as caught:
        drawn(small)
    assert caught.value.message == (
        "there is no question to draw (12 lack a kept answer of at least one system);"
        " import questions and responses first"
    )
