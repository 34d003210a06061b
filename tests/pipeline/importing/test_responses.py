"""What an import of one system's answers adds, knows again, refuses and warns of."""

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db import backup
from db.engine import Store, connect
from db.errors import FileRejected, KnownError, NotAllowed, NotKnown
from db.questions import content_hash
from db.tables import Detection, MetricScore, Question, Response, Run, System
from pipeline.importing.responses import ResponsesImport, ResponsesImported, run

Put = Callable[..., ResponsesImported]
ASKED = [
    ("forum", "1", "睡不着怎么办", "三天了"),
    ("forum", "2", "很累", None),
    ("book", "2", "很累", "真的"),
    ("book", "3", "很烦", None),
]
FIVE = {
    "validation": "辛苦了。",
    "thought": "也许是读心术？",
    "challenge": "证据呢？",
    "strategy": "写下来。",
    "encouragement": "会好的。",
}


def fill(store: Store, asked: Sequence[tuple[str, str, str, str | None]] = ASKED) -> Store:
    with store.writing() as session:
        session.add_all(
            Question(
                source=source,
                external_id=own,
                text=text,
                description=description,
                content_hash=content_hash(text, description),
            )
            for source, own, text, description in asked
        )
        session.add(Question(source="ratings:old", external_id="1"))
    return store


def importer(store: Store, folder: Path) -> Put:
    """Import records as a JSONL file, as the answers of "model" unless told otherwise."""

    def put(*records: Any, system: str = "model", **options: Any) -> ResponsesImported:
        path = folder / "answers.jsonl"
        path.write_text("\n".join(map(json.dumps, records)), "utf-8")
        return run(store, ResponsesImport(path, system, **options))

    return put


@pytest.fixture
def put(store: Store, tmp_path: Path) -> Put:
    return importer(fill(store), tmp_path)


@pytest.fixture
def put_sqlite(sqlite_store: Store, tmp_path: Path) -> Put:
    return importer(fill(sqlite_store), tmp_path)


def answers(store: Store) -> list[tuple[str, str, int, str | None]]:
    query = (
        select(Question.source, Question.external_id, Response.sample, Response.text)
        .join(Response, Response.question_id == Question.id)
        .order_by(Response.id)
    )
    with store.reading() as session:
        return [tuple(row) for row in session.execute(query)]


def refused(put: Put, *records: Any, **options: Any) -> dict[int, str]:
    with pytest.raises(FileRejected) as caught:
        put(*records, **options)
    return {bad.row: f"{bad.code}: {bad.why}" for bad in caught.value.rows}


@pytest.mark.parametrize("name", ["response", "answer", "output", "Response"])
def test_an_answer_joins_the_question_of_its_id(put: Put, store: Store, name: str) -> None:
    done = put({"question_id": 1, name: "慢慢来🌱\n"}, {"questionID": "3", name: "嗯"})
    assert (done.counts.read, done.counts.added, done.counts.known) == (2, 2, 0)
    assert answers(store) == [("forum", "1", 0, "慢慢来🌱\n"), ("book", "3", 0, "嗯")]
    with store.reading() as session:
        system = session.scalars(select(System)).one()
        record = session.scalars(select(Run)).one()
        given = session.scalars(select(Response)).all()
    assert (system.name, system.kind, system.configuration) == ("model", "outside", None)
    assert (record.stage, record.configuration["system"]) == ("import responses", "model")
    assert {one.run_id for one in given} == {record.id}


def test_an_answer_joins_the_question_of_its_text(put_sqlite: Put, sqlite_store: Store) -> None:
    put_sqlite(
        {"question": "睡不着怎么办 ", "response": "一"},
        {"question": "很累", "description": "真的", "response": "二"},
    )
    assert answers(sqlite_store) == [("forum", "1", 0, "一"), ("book", "2", 0, "二")]


def test_a_question_that_is_not_one_is_told(put_sqlite: Put, sqlite_store: Store) -> None:
    found = refused(
        put_sqlite,
        {"question_id": "9", "response": "好"},
        {"question": "没有", "response": "好"},
        {"question_id": "2", "response": "好"},
        {"question": "很累", "response": "好"},
        {"response": "好"},
    )
    assert found == {
        1: "unknown_question: names the question 9, which the store does not hold",
        2: "unknown_question: has a question that no question of the store reads",
        3: "ambiguous_question: names the question 2, which several sources have (forum, book);"
        " add --source",
        4: "ambiguous_question: has a question that several of the store read (forum 2, book 2);"
        " give question_id",
        5: "no_question: has neither question_id nor question",
    }
    assert answers(sqlite_store) == []


def test_a_source_or_the_text_tells_questions_of_one_id_apart(
    put_sqlite: Put, sqlite_store: Store
) -> None:
    put_sqlite({"question_id": 2, "response": "一"}, source="forum")
    put_sqlite({"question_id": 2, "question": "很累", "description": "真的", "response": "二"})
    assert answers(sqlite_store) == [("forum", "2", 0, "一"), ("book", "2", 0, "二")]
    with pytest.raises(NotKnown, match="there is no source forums; there is book, forum"):
        put_sqlite({"question_id": 2, "response": "一"}, source="forums")


def test_a_store_without_questions_says_what_to_do(sqlite_store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotKnown, match="run 'cbt import questions FILE' first"):
        importer(sqlite_store, tmp_path)({"question_id": 1, "response": "好"})


def test_the_same_answers_again_add_nothing(put: Put, store: Store) -> None:
    records = [
        {"question_id": 1, "response": "".join(FIVE.values()), "parts": FIVE, "detections": ["a"]},
        {"question_id": 3, "response": "嗯", "sample": 1, "detections": []},
    ]
    put(*records)
    before = backup.counts(store)
    again = put(*records)
    assert (again.counts.added, again.counts.known, again.completed) == (0, 2, 0)
    assert again.detections_added == 0
    assert backup.counts(store) == before


def test_another_answer_to_the_same_question_is_refused_unless_it_is_another_sample(
    put: Put, store: Store
) -> None:
    put({"question_id": 1, "response": "一"})
    found = refused(
        put,
        {"question_id": 1, "response": "二"},
        {"question_id": 3, "response": "三"},
        {"question_id": 3, "response": "四"},
        {"question_id": 3, "response": "三"},
    )
    assert found == {
        1: "other_text: answers the question 1, to which the store has another answer (sample 0);"
        " number several answers in a field 'sample'",
        3: "other_text: answers the question 3, to which row 2 has another answer (sample 0);"
        " number several answers in a field 'sample'",
    }
    put({"question_id": 1, "response": "二", "sample": "1"})
    put({"question_id": 1, "response": "二"}, system="other")
    assert [row[2:] for row in answers(store)] == [(0, "一"), (1, "二"), (0, "二")]


@pytest.mark.parametrize("parts", [FIVE, json.dumps(FIVE)])
def test_parts_become_spans_of_the_answer(put: Put, store: Store, parts: Any) -> None:
    answer = "\n\n".join(FIVE.values())
    put(
        {"question_id": 1, "response": answer, "parts": parts},
        {"question_id": 3, "response": "没有分段"},
    )
    with store.reading() as session:
        marked, plain = session.scalars(select(Response).order_by(Response.question_id)).all()
        unmarked = session.scalars(select(Response.id).where(Response.parts.is_(None))).all()
    found = {span["part"]: answer[span["start"] : span["end"]] for span in marked.parts or []}
    assert found == FIVE
    assert unmarked == [plain.id], "a missing value is NULL, not JSON's null"


@pytest.mark.parametrize(
    ("given", "presence", "labels"),
    [
        (["读心术", "灾难化", "读心术"], "yes", ["读心术", "灾难化", "读心术"]),
        ([], "no", []),
        ("[]", "no", []),
        ("读心术|灾难化", "yes", ["读心术", "灾难化"]),
        ('["a"]', "yes", ["a"]),
        ({"presence": "cannot_tell"}, "cannot_tell", []),
        ({"presence": "yes", "labels": []}, "yes", []),
        ({"labels": ["a"]}, "yes", ["a"]),
        ({"presence": False}, "no", []),
    ],
)
def test_detections_are_stored_as_they_came(
    put_sqlite: Put, sqlite_store: Store, given: Any, presence: str, labels: list[str]
) -> None:
    done = put_sqlite({"question_id": 1, "response": "好", "detections": given})
    assert done.detections_added == 1
    with sqlite_store.reading() as session:
        found = session.scalars(select(Detection)).one()
    assert (found.detector, found.presence, found.labels) == ("import:model", presence, labels)
    assert found.response_id is not None


@pytest.mark.parametrize("given", [None, "", "absent"])
def test_what_was_not_run_is_no_detection(
    put_sqlite: Put, sqlite_store: Store, given: str | None
) -> None:
    record = {"question_id": 1, "response": "好", "detections": given, "parts": given}
    if given == "absent":
        record = {"question_id": 1, "response": "好"}
    assert put_sqlite(record).detections_added == 0


def test_parts_and_detections_that_a_known_answer_lacks_are_added_and_others_refused(
    put: Put, store: Store
) -> None:
    plain = {"question_id": 1, "response": "辛苦了。会好的。"}
    full = {**plain, "parts": {"validation": "辛苦了。"}, "detections": ["a"]}
    put(plain)
    done = put(full)
    assert (done.counts.known, done.completed, done.detections_added) == (1, 1, 1)
    assert put(plain).counts.known == 1
    assert put(full).completed == 0
    other = {"parts": {"validation": "会好的。"}}
    assert refused(put, {**full, **other})[1].startswith("other_parts: has other parts than")
    other = {"detections": {"presence": "no"}}
    assert refused(put, {**full, **other})[1].startswith("other_detections: has other detections")
    with store.reading() as session:
        response = session.scalars(select(Response)).one()
        assert len(session.scalars(select(Detection)).all()) == 1
    assert response.parts == [{"part": "validation", "start": 0, "end": 4}]


def test_parts_that_come_later_leave_no_score_of_those_that_a_parser_found(
    put_sqlite: Put, sqlite_store: Store
) -> None:
    answers = [{"question_id": id_, "response": "辛苦了。会好的。"} for id_ in (1, 3)]
    put_sqlite(*answers)
    with sqlite_store.writing() as session:
        for response in session.scalars(select(Response.id)).all():
            session.add_all(
                MetricScore(response_id=response, metric=metric, signature=metric, value=0.0)
                for metric in ("parts", "five-parts", "length")
            )
    put_sqlite({**answers[0], "parts": {"validation": "辛苦了。"}}, answers[1])
    with sqlite_store.reading() as session:
        left = session.execute(select(MetricScore.response_id, MetricScore.metric)).all()
        marked = session.scalars(select(Response.id).where(Response.parts.is_not(None))).one()
    assert [metric for response, metric in left if response == marked] == ["length"]
    assert len(left) == 1 + 3


def test_a_row_that_repeats_another_with_other_parts_is_refused(put_sqlite: Put) -> None:
    plain = {"question_id": 1, "response": "辛苦了。"}
    found = refused(put_sqlite, plain, {**plain, "detections": ["a"]}, plain)
    assert found == {2: "repeated: repeats row 1 with other parts or detections"}


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({"response": " "}, "no_response: has no response"),
        ({"response": ["好"]}, "not_a_text: has a list as its response"),
        ({"sample": -1}, "bad_sample: has a sample -1, which counts from 0"),
        ({"sample": 1.5}, "bad_sample: has a sample 1.5"),
        ({"sample": True}, "not_a_text: has true or false as its sample"),
        ({"parts": {"empathy": "好"}}, "bad_parts: has a part empathy, where the parts are"),
        ({"parts": {"validation": "坏"}}, "bad_parts: has a part validation whose text is not"),
        ({"parts": {"validation": 5}}, "bad_parts: has parts that are neither"),
        ({"parts": [{"part": "thought", "start": 0, "end": 9}]}, "bad_parts: has a part thought"),
        ({"parts": "validation"}, "bad_parts: has parts that are neither"),
        ({"detections": {"presence": "maybe"}}, "bad_detections: has a presence that is not"),
        ({"detections": {"presence": ["yes"]}}, "bad_detections: has a presence that is not"),
        (
            {"detections": {"presence": "no", "labels": ["a"]}},
            "bad_detections: has detections with labels and the presence no",
        ),
        ({"detections": '["a"'}, "bad_detections: has detections that are neither"),
        ({"detections": 1}, "bad_detections: has detections that are neither"),
        ({"detections": [["a"]]}, "not_a_text: has a list as its detections"),
        ({"detections": [""]}, "bad_detections: has detections that are neither"),
    ],
)
def test_a_bad_field_rejects_its_row_alone(
    put_sqlite: Put, sqlite_store: Store, record: dict[str, Any], why: str
) -> None:
    good = {"question_id": 3, "response": "好"}
    bad = {"question_id": 1, "response": "好", **record}
    found = refused(put_sqlite, good, bad)
    assert found.keys() == {2}
    assert found[2].startswith(why)
    assert answers(sqlite_store) == []
    done = put_sqlite(good, bad, skip_bad=True)
    assert [each.row for each in done.counts.rejected] == [2]
    assert answers(sqlite_store) == [("book", "3", 0, "好")]


def test_a_file_without_answers_is_told_by_its_fields(put_sqlite: Put) -> None:
    message = "has no field 'response' or 'answer' or 'output'; its fields are question_id, text"
    with pytest.raises(FileRejected, match=message):
        put_sqlite({"question_id": 1, "text": "好"})


def test_a_system_has_a_name_on_one_line(put_sqlite: Put) -> None:
    with pytest.raises(NotAllowed, match="a system needs a name of 1 to 100 characters"):
        put_sqlite({"question_id": 1, "response": "好"}, system=" ")


def test_a_system_whose_answers_are_generated_takes_no_others(
    put_sqlite: Put, sqlite_store: Store
) -> None:
    put_sqlite({"question_id": 3, "response": "好"}, system="gpt")
    with sqlite_store.writing() as session:
        session.query(System).filter_by(name="gpt").one().configuration = {"model": "m"}
    with pytest.raises(NotAllowed, match="the answers of gpt are generated"):
        put_sqlite({"question_id": 1, "response": "好"}, source="forum", system="gpt")
    assert put_sqlite({"question_id": 3, "response": "好"}, system="gpt").counts.known == 1


def test_what_should_be_looked_at_is_listed_with_its_row(put_sqlite: Put) -> None:
    done = put_sqlite(
        {"question_id": 1, "response": "我是ChatGPT，打13812345678"},
        {"question_id": 3, "question": "睡不着怎么办", "response": "好"},
        {
            "question_id": 1,
            "question": "题目：睡不着怎么办\n描述：三天了",
            "response": "二",
            "sample": 1,
        },
    )
    assert done.warnings == [
        (1, "mobile", "138****5678"),
        (1, "names_system", "ChatGPT"),
        (2, "other_question", "很烦"),
    ]


def test_two_systems_can_be_imported_at_once(store: Store, store_url: str, tmp_path: Path) -> None:
    fill(store, [("forum", str(n), f"问题{n}", None) for n in range(200)])
    names = ["one", "two", "two"]
    failed: list[KnownError] = []

    def add(name: str, number: int) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        other = connect(store_url)
        try:
            records = [{"question_id": n, "response": f"答{n}"} for n in range(200)]
            importer(other, folder)(*records, system=name)
        except KnownError as error:
            failed.append(error)
        other.engine.dispose()

    threads = [threading.Thread(target=add, args=(name, n)) for n, name in enumerate(names)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(answers(store)) == 400
