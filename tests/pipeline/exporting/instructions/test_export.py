"""What instruction records hold and leave out, and that trainers read them."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from datasets import load_dataset
from sqlalchemy import select, update

from db.engine import Store
from db.errors import AlreadyKnown, NotAllowed, NotKnown, NotWritten
from db.tables import Event, Question, Response, Split, System
from models.instruction_files import read
from models.instruction_formats import FORMATS
from models.records import Record
from pipeline.exporting.instructions.export import run
from pipeline.exporting.instructions.wanted import (
    INSTRUCTIONS,
    InstructionsExport,
    InstructionsWritten,
)
from tests.pipeline.exporting.dataset.made_answers import ANSWERS, QUESTIONS, add_answers

FREE = (0, 1, 2, 3)  # the answers that may leave the store
# By data/README.md of LLaMA-Factory: what may describe a dataset that lies in a file.
COLUMNS = {
    "alpaca": {"prompt", "query", "response", "system", "history"},
    "sharegpt": {"messages", "system", "tools"},
}
TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}


def put(store: Store, subsets: dict[int, str]) -> None:
    """Put the questions, by their places, into the split "cbt"."""
    with store.writing() as session:
        ids = session.scalars(select(Question.id).order_by(Question.id)).all()
        session.add_all(
            Split(name="cbt", question_id=ids[place], subset=subset, seed=7)
            for place, subset in subsets.items()
        )


@pytest.fixture
def answered(store: Store) -> Store:
    """A store of which the system "cbt" has answered the eight questions, all in train but one."""
    add_answers(store)
    put(store, {**dict.fromkeys(range(8), "train"), 3: "test"})
    return store


@pytest.fixture
def few(sqlite_store: Store) -> Store:
    """The same on SQLite."""
    add_answers(sqlite_store)
    put(sqlite_store, {**dict.fromkeys(range(8), "train"), 3: "test"})
    return sqlite_store


def written(store: Store, path: Path, **config: Any) -> InstructionsWritten:
    wanted = {"split": "cbt", "subset": "train", "system": "cbt", **config}
    return run(store, InstructionsExport(path=path, **wanted))


def change(store: Store, of: str, **values: Any) -> None:
    with store.writing() as session:
        session.execute(update(Question).where(Question.external_id == of).values(**values))


def test_a_record_is_the_instruction_the_passage_and_the_answer(
    answered: Store, tmp_path: Path
) -> None:
    done = written(answered, tmp_path / "train.json")
    assert read(done.path) == [
        Record(INSTRUCTIONS["zh"], f"{QUESTIONS[place]}\n最近的事。", ANSWERS[place])
        for place in (0, 1, 2)
    ]
    assert (done.rows, done.unanswered) == (3, 0)
    text = done.path.read_text("utf-8")
    assert "听起来你很累。" in text, "Chinese stands as it is"
    assert list(json.loads(text)[0]) == ["instruction", "input", "output"]


def test_what_may_not_be_learned_stays_behind_and_is_counted(
    answered: Store, tmp_path: Path
) -> None:
    done = written(answered, tmp_path / "train.jsonl")
    assert done.left_out == {"set_aside": 1, "refused": 1, "in_danger": 1, "personal_data": 1}
    for secret in ("不该出现", "138", "我撑不下去", QUESTIONS[3]):
        assert secret not in done.path.read_text("utf-8")
    assert written(answered, tmp_path / "test.jsonl", subset="test").rows == 1
    everybody = written(answered, tmp_path / "all.jsonl", with_danger=True)
    assert (everybody.rows, "in_danger" in everybody.left_out) == (4, False)


def test_a_text_of_another_subset_is_left_out_however_it_is_put(
    answered: Store, tmp_path: Path
) -> None:
    change(answered, "q1", text=f" {QUESTIONS[3]}！！", description="最近的事")
    long = "我和他在一起三年了，每次吵架他都不说话，我也不知道该怎么开口，最近连饭都吃不下。"
    change(answered, "q2", description=long)
    done = written(answered, tmp_path / "one.json")
    assert (done.rows, done.left_out["other_subset"]) == (2, 1)
    change(answered, "q4", description=f"{long}。")
    done = written(answered, tmp_path / "two.json")
    assert (done.rows, done.left_out["other_subset"]) == (2, 1), "now another question's"
    with pytest.raises(NotAllowed, match="may be written: 1 to questions whose text is in another"):
        written(answered, tmp_path / "test.json", subset="test")


def test_the_same_answer_to_the_same_passage_is_there_once(few: Store, tmp_path: Path) -> None:
    change(few, "q2", text=QUESTIONS[0])
    with few.writing() as session:
        ids = dict(session.execute(select(Question.external_id, Question.id)).all())
        system = session.scalars(select(System.id).where(System.name == "cbt")).one()
        for question, sample, text in (("q1", 1, f"{ANSWERS[0]}\n"), ("q1", 2, "换一种说法。")):
            more = Response(question_id=ids[question], system_id=system, sample=sample, text=text)
            session.add(more)
    done = written(few, tmp_path / "train.json")
    assert done.left_out["duplicate"] == 1
    assert [each.output for each in read(done.path)] == [
        ANSWERS[0], "换一种说法。", ANSWERS[1], ANSWERS[2],
    ]  # fmt: skip


def test_unanswered_questions_are_counted(few: Store, tmp_path: Path) -> None:
    with few.writing() as session:
        question = Question(source="own", external_id="new", text="还没人回答")
        session.add(question)
        session.flush()
        session.add(Split(name="cbt", question_id=question.id, subset="train", seed=7))
    assert written(few, tmp_path / "train.json").unanswered == 1


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_datasets_reads_every_format_and_we_read_it_back(
    form: str, few: Store, tmp_path: Path
) -> None:
    odd = "他说：“\\n”\u2028\t😀\u0085\r\n\n最后一行\"'{}"
    change(few, "q1", description=odd)
    records = None
    for ending in ("json", "jsonl"):
        path = tmp_path / f"一 {ending}.{ending}"
        written(few, path, format=form, instruction="照\n做")
        found = read(path)
        records = records or found
        assert found == records
        assert (len(found), found[0].instruction) == (3, "照\n做")
        assert found[0].input == f"{QUESTIONS[0]}\n{odd}"
        rows = load_dataset(
            "json", data_files=str(path), split="train", cache_dir=str(tmp_path / "cache")
        )
        assert [FORMATS[form].record(row) for row in rows] == found


@pytest.mark.parametrize("form", [name for name in sorted(FORMATS) if name != "trl"])
def test_llama_factory_finds_question_and_answer_by_dataset_info(
    form: str, few: Store, tmp_path: Path
) -> None:
    there = {"other": {"hf_hub_url": "some/where", "columns": {"prompt": "提问"}}}
    (tmp_path / "dataset_info.json").write_text(json.dumps(there), "utf-8")
    done = written(few, tmp_path / "训练 1,a.json", format=form)
    assert done.dataset == "训练_1_a"
    text = (tmp_path / "dataset_info.json").read_bytes()
    assert text.isascii(), "it is opened in whatever encoding a machine has"
    info = json.loads(text)
    assert info["other"] == there["other"]
    entry = info[done.dataset]
    assert set(entry) <= {"file_name", "formatting", "columns", "tags"}
    kind = entry["formatting"]
    assert set(entry["columns"]) <= COLUMNS[kind]
    assert set(entry.get("tags", {})) <= set(TAGS)
    row = json.loads((tmp_path / entry["file_name"]).read_text("utf-8"))[0]
    assert set(entry["columns"].values()) <= set(row)
    assert as_llama_factory(row, entry) == read(done.path)[0]


def as_llama_factory(row: dict[str, Any], entry: dict[str, Any]) -> Record:
    columns = entry["columns"]
    if entry["formatting"] == "alpaca":
        return Record(*(row[columns[key]] for key in ("prompt", "query", "response")))
    tags = {**TAGS, **entry["tags"]}
    said = [(m[tags["role_tag"]], m[tags["content_tag"]]) for m in row[columns["messages"]]]
    system = row[columns["system"]] if "system" in columns else ""
    if said[0][0] == tags["system_tag"]:
        system, said = said[0][1], said[1:]
    assert [role for role, _ in said] == [tags["user_tag"], tags["assistant_tag"]]
    return Record(system, said[0][1], said[1][1])


def test_the_manifest_tells_where_the_records_are_from_and_the_log_that_they_left(
    answered: Store, tmp_path: Path
) -> None:
    done = written(answered, tmp_path / "train.json")
    about = json.loads(done.manifest.read_text("utf-8"))
    assert done.manifest == tmp_path / "train.json.manifest.json"
    assert about["sha256"] == hashlib.sha256(done.path.read_bytes()).hexdigest()
    told = ("kind", "split", "subset", "seed", "system", "rows", "instruction")
    assert [about[key] for key in told] == [
        "cbt instructions", "cbt", "train", 7, "cbt", 3, INSTRUCTIONS["zh"],
    ]  # fmt: skip
    assert about["left_out"] == done.left_out
    assert list(about["licences"]) == ["forum"]
    with answered.reading() as session:
        (event,) = session.scalars(select(Event).where(Event.kind == "exported"))
    assert event.details == {
        "path": str(done.path.resolve()),
        "format": "cbt instructions",
        "rows": 3,
        "systems": ["cbt"],
    }


def test_the_same_data_makes_the_same_file_in_whatever_order_it_came(
    few: Store, tmp_path: Path
) -> None:
    change(few, "q1", external_id="z")
    one, other = (written(few, tmp_path / name) for name in ("one.json", "other.json"))
    assert one.path.read_bytes() == other.path.read_bytes()
    assert [each.output for each in read(one.path)] == [ANSWERS[1], ANSWERS[0], ANSWERS[2]]


def test_english_questions_get_the_english_instruction(few: Store, tmp_path: Path) -> None:
    for place in range(1, 9):
        change(few, f"q{place}", text=f"Question number {place}?", description="It is hard.")
    (first, *_) = read(written(few, tmp_path / "train.json").path)
    assert first.instruction == INSTRUCTIONS["en"]
    assert first.input == "Question number 1? It is hard."
    (first, *_) = read(written(few, tmp_path / "zh.json", language="zh").path)
    assert first.instruction == INSTRUCTIONS["zh"]


def test_a_file_that_is_there_stays_unless_it_is_to_be_replaced(few: Store, tmp_path: Path) -> None:
    path = tmp_path / "train.json"
    written(few, path)
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir() if each.is_file()}
    with pytest.raises(AlreadyKnown, match=r"train\.json is there already; add --force"):
        written(few, path, format="openai")
    with pytest.raises(AlreadyKnown, match="has a dataset train already, of something else"):
        written(few, tmp_path / "train.jsonl")
    after = {each.name: each.read_bytes() for each in tmp_path.iterdir() if each.is_file()}
    assert after == before
    written(few, path, format="openai", replace=True)
    assert "messages" in json.loads(path.read_text("utf-8"))[0]
    info = json.loads((tmp_path / "dataset_info.json").read_text("utf-8"))
    assert info["train"]["formatting"] == "sharegpt"


@pytest.mark.parametrize(
    ("config", "name", "error", "why"),
    [
        ({"split": "no"}, "a.json", NotKnown, "there is no split no; there is cbt"),
        ({"subset": "dev"}, "a.json", NotKnown, "no subset of cbt called dev; there is test, tr"),
        ({"system": "no"}, "a.json", NotKnown, "there is no system no; there are cbt, empty"),
        ({"system": "empty"}, "a.json", NotAllowed, "there is no answer of empty to train of cbt"),
        ({}, "a.csv", NotAllowed, r"end the name of a\.csv in \.json or \.jsonl"),
        ({}, "none/a.json", NotWritten, "there is no folder"),
    ],
)
def test_what_cannot_be_written_is_told_and_nothing_is_left(
    config: dict[str, Any], name: str, error: type[Exception], why: str, few: Store, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(error, match=why):
        written(few, out / name, **config)
    assert list(out.iterdir()) == []
    with few.reading() as session:
        assert session.scalars(select(Event)).all() == []


def test_a_subset_of_which_nothing_may_be_learned_says_why(few: Store, tmp_path: Path) -> None:
    with few.writing() as session:
        session.execute(update(Response).values(status="set_aside"))
    with pytest.raises(NotAllowed, match="answer of cbt to train of cbt may be written: 7 set"):
        written(few, tmp_path / "train.json")


@pytest.mark.parametrize("there", ["[", "[]", '{"train": 1}', '{"train": {"file_name": "x"}}'])
def test_a_dataset_info_that_does_not_fit_is_left_as_it_is(
    there: str, few: Store, tmp_path: Path
) -> None:
    path = tmp_path / "out" / "dataset_info.json"
    path.parent.mkdir()
    path.write_text(there)
    with pytest.raises((NotAllowed, AlreadyKnown)):
        written(few, path.parent / "train.json")
    assert [each.name for each in path.parent.iterdir()] == ["dataset_info.json"]
    assert path.read_text() == there
    assert written(few, path.parent / "train.json", format="trl").dataset_info is None
