"""What an import of questions adds, knows again, refuses and warns of."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from db import backup, licences
from db.engine import Store, connect
from db.errors import FileRejected, NotAllowed, StoreFull
from db.questions import content_hash
from db.tables import Question, Response, Run, System
from pipeline.danger.danger import rules_version
from pipeline.importing.questions import QuestionsImport, QuestionsImported, run

Put = Callable[..., QuestionsImported]
PSYQA = [
    {
        "question": "女友让我心烦😭不爱工作",
        "description": "在一起两年了＃■※@<>\r\n楼主：她总说“明天再说”……",
        "keywords": "恋爱,恋爱经营,情绪",
        "answers": [
            {"answer_text": "题主你好，抱抱你🤗  \n", "has_label": True, "labels_sequence": []},
            {"answer_text": " \r\n", "has_label": False},
            {"answer_text": "1楼#2楼■不妨先听听她怎么说。", "has_label": False},
        ],
        "questionID": 4394,
    },
    {
        "question": "睡不着怎么办",
        "description": "",
        "keywords": "睡眠",
        "answers": [],
        "questionID": 4397,
    },
]


def question(number: int, **values: Any) -> dict[str, Any]:
    return {"id": f"q{number}", "question": f"问题{number}", "description": "描述", **values}


def importer(store: Store, folder: Path) -> Put:
    """Import records as a JSON file, of the source "forum" unless told otherwise."""

    def put(*records: Any, name: str = "forum", **options: Any) -> QuestionsImported:
        path = folder / f"{name}.json"
        path.write_text(json.dumps(records), "utf-8")
        return run(store, QuestionsImport(path, **options))

    return put


@pytest.fixture
def put(store: Store, tmp_path: Path) -> Put:
    return importer(store, tmp_path)


@pytest.fixture
def put_sqlite(sqlite_store: Store, tmp_path: Path) -> Put:
    return importer(sqlite_store, tmp_path)


def asked(store: Store) -> list[tuple[str, str, str | None]]:
    query = select(Question.source, Question.external_id, Question.text).order_by(Question.id)
    with store.reading() as session:
        return [tuple(row) for row in session.execute(query)]


def answers(store: Store) -> list[tuple[str, int, str | None]]:
    query = (
        select(Question.external_id, Response.sample, Response.text)
        .join(Response, Response.question_id == Question.id)
        .order_by(Response.id)
    )
    with store.reading() as session:
        return [tuple(row) for row in session.execute(query)]


def refused(put: Put, *records: Any, **options: Any) -> dict[int, str]:
    with pytest.raises(FileRejected) as caught:
        put(*records, **options)
    return {bad.row: f"{bad.code}: {bad.why}" for bad in caught.value.rows}


def test_psyqa_as_it_is_published_is_stored_as_it_stands(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "PsyQA_full.json"
    text = json.dumps(PSYQA, ensure_ascii=False, indent=2)
    path.write_bytes(text.replace("\n", "\r\n").encode())
    done = run(store, QuestionsImport(path))
    assert (done.counts.read, done.counts.added, done.counts.known) == (2, 2, 0)
    assert (done.source, done.system, done.responses_added) == (
        "PsyQA_full",
        "PsyQA_full-people",
        2,
    )
    with store.reading() as session:
        first, second = session.scalars(select(Question).order_by(Question.id))
        system = session.scalars(select(System)).one()
        record = session.scalars(select(Run)).one()
        given = session.scalars(select(Response).order_by(Response.sample)).all()
    assert (first.external_id, first.text) == ("4394", PSYQA[0]["question"])
    assert first.description == PSYQA[0]["description"]
    assert first.keywords == ["恋爱", "恋爱经营", "情绪"]
    assert first.content_hash == content_hash(first.text or "", first.description)
    assert (second.external_id, second.description, second.keywords) == ("4397", None, ["睡眠"])
    assert (system.name, system.kind, system.configuration) == ("PsyQA_full-people", "people", None)
    assert [(one.sample, one.text) for one in given] == [
        (0, "题主你好，抱抱你🤗  \n"),
        (1, "1楼#2楼■不妨先听听她怎么说。"),
    ]
    assert {one.status for one in given} == {"kept"}
    assert (record.stage, record.counts) == (
        "import questions",
        {"added": 2, "responses_added": 2, "danger": 0},
    )
    assert (record.configuration["licence"], done.licence) == ("psyqa", "psyqa")
    assert {first.run_id, second.run_id, *(one.run_id for one in given)} == {record.id}


@pytest.mark.parametrize("name", ["questionID", "question_id", "id", "idx", "QuestionId"])
def test_an_id_may_have_any_of_its_names_and_be_a_number(
    put_sqlite: Put, sqlite_store: Store, name: str
) -> None:
    put_sqlite({"question": "累", name: 4394.0})
    assert asked(sqlite_store) == [("forum", "4394", "累")]


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("a, b，a、c;", ["a", "b", "c"]),
        (["恋爱", " 恋爱 ", "a,b", None], ["恋爱", "a,b"]),
        ('["a", "b"]', ["a", "b"]),
        ("", []),
        (None, []),
        (2019, ["2019"]),
    ],
)
def test_keywords_and_tags_are_a_text_or_a_list(
    put_sqlite: Put, sqlite_store: Store, given: Any, stored: list[str]
) -> None:
    put_sqlite(question(1, keywords=given, tags=given))
    with sqlite_store.reading() as session:
        found = session.scalars(select(Question)).one()
    assert (found.keywords, found.tags) == (stored, stored)


@pytest.mark.parametrize(
    "given",
    [
        ["一", "", None, "二", "一"],
        [{"answer_text": "一"}, {"answer": "二"}, {"answer": ""}],
        '["一", "二"]',
    ],
)
def test_answers_have_several_shapes_and_each_counts_once(
    put_sqlite: Put, sqlite_store: Store, given: Any
) -> None:
    assert put_sqlite(question(1, answers=given)).responses_added == 2
    assert answers(sqlite_store) == [("q1", 0, "一"), ("q1", 1, "二")]


def test_an_answer_that_opens_with_a_bracket_is_a_text(
    put_sqlite: Put, sqlite_store: Store
) -> None:
    put_sqlite(question(1, answers="[抱抱] 你好"), question(2, answers="[1] 好"))
    assert [text for *_, text in answers(sqlite_store)] == ["[抱抱] 你好", "[1] 好"]


def test_a_second_import_adds_nothing(put: Put, store: Store) -> None:
    put(*PSYQA)
    before = backup.counts(store)
    again = put(*PSYQA)
    assert (again.counts.read, again.counts.added, again.counts.known) == (2, 0, 2)
    assert (again.responses_added, again.same_text) == (0, [])
    assert backup.counts(store) == before


def test_more_answers_to_a_known_question_follow_those_it_has(
    put_sqlite: Put, sqlite_store: Store
) -> None:
    put_sqlite(question(1, answers=["一", "二"]))
    again = put_sqlite(question(1, answers=["三", "一"]), question(2, answers=["四"]))
    assert (again.counts.added, again.counts.known, again.responses_added) == (1, 1, 2)
    assert answers(sqlite_store) == [
        ("q1", 0, "一"),
        ("q1", 1, "二"),
        ("q1", 2, "三"),
        ("q2", 0, "四"),
    ]


def test_a_known_id_with_another_text_rejects_the_file(put: Put, store: Store) -> None:
    put(question(1))
    why = refused(put, question(2), question(1, question="换了"), question(1, description="换了"))
    text = "other_text: has the id q1, which is in the store's forum with another text"
    assert why == {2: text, 3: text}
    assert asked(store) == [("forum", "q1", "问题1")]


def test_spacing_does_not_make_another_text(put_sqlite: Put, sqlite_store: Store) -> None:
    put_sqlite(question(1, question="睡不着 怎么办", description="é"))
    again = put_sqlite(question(1, question=" 睡不着\r\n怎么办", description="e\u0301 "))
    assert again.counts.known == 1
    assert asked(sqlite_store) == [("forum", "q1", "睡不着 怎么办")]


def test_the_rules_for_ids_hold_within_a_file(put_sqlite: Put, sqlite_store: Store) -> None:
    done = put_sqlite(
        question(1, answers=["一"]),
        question(1, answers=["二"]),
        question(1, question="换了"),
        question(2, question="问题1"),
        skip_bad=True,
    )
    assert (done.counts.read, done.counts.added, done.counts.known) == (4, 2, 1)
    assert [(bad.row, bad.why) for bad in done.counts.rejected] == [
        (3, "has the id q1, which row 1 has with another text")
    ]
    assert done.same_text == [(4, "q2", ("forum", "q1"))]
    assert answers(sqlite_store) == [("q1", 0, "一"), ("q1", 1, "二")]


def test_the_same_text_in_another_source_is_stored_and_listed(put: Put, store: Store) -> None:
    put(question(1), question(2))
    done = put(question(1), question(3), source="other")
    assert done.counts.added == 2
    assert done.same_text == [(1, "q1", ("forum", "q1"))]
    assert asked(store)[2:] == [("other", "q1", "问题1"), ("other", "q3", "问题3")]


def test_a_question_without_an_id_is_known_by_its_text(
    put_sqlite: Put, sqlite_store: Store
) -> None:
    nameless = {"question": "累", "description": "很累"}
    done = put_sqlite({"question": "问题1", "description": "描述"}, nameless, question(1), nameless)
    assert (done.counts.added, done.counts.known, done.same_text) == (2, 2, [])
    name = f"text-{content_hash('累', '很累')[:16]}"
    assert {own for _, own, _ in asked(sqlite_store)} == {"q1", name}
    again = put_sqlite(nameless, {"question": "问题1", "description": "描述"})
    assert (again.counts.added, again.counts.known) == (0, 2)


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({"question": " \u3000"}, "no_question: has no question"),
        ({"question": None}, "no_question: has no question"),
        ({"question": ["累"]}, "not_a_text: has a list as its question, where a text should be"),
        ({"question": True}, "not_a_text: has true or false as its question, where a text should"),
        ({"description": {}}, "not_a_text: has an object as its description, where a text should"),
        ({"question": "\ud83d"}, "not_a_text: has half a character (a lone surrogate) in its"),
        ({"description": "a\0b"}, "not_a_text: has a NUL character in its description"),
        ({"question": "长" * 100_001}, "too_long: has a question of more than 100,000 characters"),
        ({"answers": [{"answer_text": 5}, {"answer_text": []}]}, "not_a_text: has a list as its"),
        ({"id": "x" * 201}, "not_an_id: has a id that is not one line of at most 200 characters"),
        ({"id": "a\nb"}, "not_an_id: has a id that is not one line"),
        ({"keywords": [["a"]]}, "not_a_text: has a list as its keywords"),
    ],
)
def test_a_bad_field_rejects_its_row_alone(
    put_sqlite: Put, sqlite_store: Store, record: dict[str, Any], why: str
) -> None:
    bad = {**question(1), **record}
    found = refused(put_sqlite, question(9), bad, "no object")
    assert found.keys() == {2, 3}
    assert found[2].startswith(why)
    assert asked(sqlite_store) == []
    done = put_sqlite(question(9), bad, skip_bad=True)
    assert (done.counts.read, done.counts.added) == (2, 1)
    assert asked(sqlite_store) == [("forum", "q9", "问题9")]


def test_a_file_without_questions_is_told_by_its_fields(put_sqlite: Put) -> None:
    with pytest.raises(FileRejected, match="has no field 'question'; its fields are id, response"):
        put_sqlite({"id": 1, "response": "好"}, skip_bad=True)


def test_fields_that_are_not_read_are_named(put_sqlite: Put) -> None:
    done = put_sqlite(question(1, descripton="x"), question(2, has_label=False))
    assert done.ignored == ["descripton", "has_label"]


@pytest.mark.parametrize("source", ["", "  ", "a\nb", "x" * 101])
def test_a_source_has_a_name_on_one_line(put_sqlite: Put, source: str) -> None:
    with pytest.raises(NotAllowed, match="a source needs a name of 1 to 100 characters"):
        put_sqlite(question(1), source=source)


def test_a_system_that_is_there_stays_as_it_is(put_sqlite: Put, sqlite_store: Store) -> None:
    with sqlite_store.writing() as session:
        session.add(System(name="forum-people", kind="outside", configuration={"a": 1}))
    put_sqlite(question(1, answers=["一"]))
    with sqlite_store.reading() as session:
        system = session.scalars(select(System)).one()
    assert (system.kind, system.configuration) == ("outside", {"a": 1})


def test_what_should_be_looked_at_is_listed_with_its_row_also_when_known(put_sqlite: Put) -> None:
    records = [
        question(1, description="作为一个AI语言模型，打13812345678"),
        question(2, answers=["作为一个AI语言模型，我不能。", "加微信：lily_520"]),
        question(3),
    ]
    expected = [
        (1, "mobile", "138****5678"),
        (2, "wechat", "li****"),
        (2, "names_system", "作为一个AI语言模型"),
    ]
    assert put_sqlite(*records).warnings == expected
    assert put_sqlite(*records).warnings == expected
    rejected = question(1, question="换了", description="QQ：12345678")
    assert put_sqlite(rejected, records[2], skip_bad=True).warnings == []


def test_a_full_disk_stores_nothing(tmp_path: Path, sqlite_store: Store) -> None:
    importer(sqlite_store, tmp_path)(question(900))
    before = backup.counts(sqlite_store)
    small = connect(f"sqlite:///{sqlite_store.name}")

    @event.listens_for(small.engine, "connect")
    def limit(connection: Any, _record: Any) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 20}")

    many = [question(n, description="很长" * 500, answers=["好" * 500]) for n in range(200)]
    with pytest.raises(StoreFull, match="is full; nothing was changed"):
        importer(small, tmp_path)(*many)
    small.engine.dispose()
    assert backup.counts(sqlite_store) == before
    assert importer(sqlite_store, tmp_path)(*many).counts.added == 200


def test_two_imports_at_once_add_up(store: Store, store_url: str, tmp_path: Path) -> None:
    files = [tmp_path / "first.jsonl", tmp_path / "second.jsonl"]
    for path, numbers in zip(files, (range(300), range(150, 450)), strict=True):
        records = [question(n, answers=[f"答{n}", f"又答{n}"]) for n in numbers]
        path.write_text("\n".join(map(json.dumps, records)), "utf-8")
    cbt = "from pipeline.cli.main import main; main()"
    options = ["--source", "forum", "--json", "--database", store_url]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", cbt, "import", "questions", str(path), *options],
            stdout=subprocess.PIPE,
        )
        for path in files
    ]
    found = [json.loads(process.communicate(timeout=60)[0]) for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert sum(each["added"] for each in found) == 450
    assert sum(each["known"] for each in found) == 150
    assert sum(each["responses_added"] for each in found) == 900
    assert (len(asked(store)), len(answers(store))) == (450, 900)


def licence_of(store: Store) -> dict[str, list[str]]:
    with store.reading() as session:
        return licences.given(session)


@pytest.mark.parametrize(
    ("record", "name", "licence"),
    [
        (question(1, answers=[{"answer_text": "好", "has_label": False}]), "forum", "psyqa"),
        (question(1, answers=[{"answer_text": "好", "labels_sequence": []}]), "forum", "psyqa"),
        (question(1), "PsyQA_train", "psyqa"),
        (question(1, answers=["好"]), "forum", None),
        ({"question": "累", "questionID": 1}, "forum", None),
    ],
)
def test_psyqa_is_known_by_its_shape_or_its_name(
    put_sqlite: Put, sqlite_store: Store, record: dict[str, Any], name: str, licence: str | None
) -> None:
    assert put_sqlite(record, name=name).licence == licence
    assert licence_of(sqlite_store) == ({name: [licence]} if licence else {})


def test_a_licence_that_is_given_counts_and_psyqas_may_be_written_in_any_case(
    put_sqlite: Put, sqlite_store: Store
) -> None:
    assert put_sqlite(*PSYQA, licence=" CC BY 4.0 ").licence == "CC BY 4.0"
    assert put_sqlite(question(1), name="own", licence="PsyQA").licence == "psyqa"
    assert licence_of(sqlite_store) == {"forum": ["CC BY 4.0"], "own": ["psyqa"]}
    with pytest.raises(NotAllowed, match="a licence needs a name of 1 to 100 characters"):
        put_sqlite(question(2), licence=" ")


def test_a_licence_is_recorded_later_too_and_once(put_sqlite: Put, sqlite_store: Store) -> None:
    put_sqlite(question(1))
    for _ in range(2):
        again = put_sqlite(question(1), licence="psyqa")
        assert (again.counts.added, again.counts.known) == (0, 1)
        assert licence_of(sqlite_store) == {"forum": ["psyqa"]}
    assert backup.counts(sqlite_store)["run"] == 2
    put_sqlite(question(1), licence="CC0", check=True)
    assert licence_of(sqlite_store) == {"forum": ["psyqa"]}


def tags(store: Store) -> dict[str, list[str]]:
    with store.reading() as session:
        return {each.external_id: each.tags for each in session.scalars(select(Question))}


def test_new_questions_in_danger_are_tagged_by_the_rules(put: Put, store: Store) -> None:
    done = put(
        question(1, description="真的不想活了", tags=["study"]),
        question(2, description="真的不想活了", tags=["no_danger"]),
        question(3, description="累死了", tags=["danger"]),
        question(4, description="累死了"),
    )
    assert done.danger == 1
    assert tags(store) == {
        "q1": ["study", "danger", "danger_by_rules"],
        "q2": ["no_danger"],
        "q3": ["danger"],
        "q4": [],
    }
    with store.reading() as session:
        record = session.scalars(select(Run)).one()
    assert record.configuration["danger_rules"] == rules_version()
    assert (record.counts or {})["danger"] == 1


def test_without_the_rules_nothing_is_tagged(put_sqlite: Put, sqlite_store: Store) -> None:
    assert put_sqlite(question(1, description="真的不想活了"), danger_rules=False).danger == 0
    assert tags(sqlite_store) == {"q1": []}


def test_each_record_of_a_whole_psyqa_is_stored_or_told_why_not(put_sqlite: Put) -> None:
    def answer(text: str | None) -> dict[str, Any]:
        return {"answer_text": text, "has_label": False, "labels_sequence": []}

    done = put_sqlite(
        {**question(1), "answers": [answer("一"), answer(""), answer(None), answer("一")]},
        {**question(2), "answers": [answer("抱抱＃■※@<>先睡一觉"), answer("1楼■2楼■3楼")]},
        {**question(3), "answers": [answer("我在<小组>里@他")]},
        {**question(1), "answers": [answer("二")]},
        {**question(1, question="换了"), "answers": [answer("三"), answer(" ")]},
        {"id": "q9", "question": " "},
        name="PsyQA_full",
        skip_bad=True,
    )
    assert (done.counts.read, done.counts.added, done.counts.known) == (6, 3, 1)
    assert [bad.code for bad in done.counts.rejected] == ["other_text", "no_question"]
    assert (done.responses_added, done.answers_empty, done.answers_repeated) == (5, 2, 1)
    assert [(each.row, each.kind, each.found) for each in done.warnings] == [
        (2, "glued", "＃■※@<>"),
        (2, "glued", "■"),
    ]
