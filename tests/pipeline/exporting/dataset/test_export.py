"""What a dataset holds and leaves out, and that others' readers read it."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from datasets import load_dataset
from pyarrow import parquet
from sqlalchemy import select

from db import dataset_rows
from db.engine import Store
from db.errors import AlreadyKnown, NotAllowed, NotKnown
from db.tables import Event, Question, Response, Split, System
from pipeline.exporting.dataset.export import DatasetExport, DatasetWritten, run
from tests.pipeline.exporting.dataset.made_answers import ANSWERS, add_answers


@pytest.fixture
def answered(store: Store) -> Store:
    """A store in which the system "cbt" has answered eight questions; four may be passed on."""
    add_answers(store)
    return store


def written(store: Store, out: Path, **config: Any) -> DatasetWritten:
    return run(store, DatasetExport(systems=["cbt"], out=out, **config))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_what_may_not_leave_stays_behind_and_is_counted(answered: Store, tmp_path: Path) -> None:
    done = written(answered, tmp_path / "out")
    assert done.splits == {"train": 4}
    assert done.left_out == {"set_aside": 1, "refused": 1, "in_danger": 1, "personal_data": 1}
    text = "".join(path.read_text("utf-8", "ignore") for path in done.paths)
    for secret in ("不该出现", "138", "我撑不下去"):
        assert secret not in text


def test_a_persons_word_on_danger_counts(answered: Store, tmp_path: Path) -> None:
    with answered.writing() as session:
        session.scalars(select(Question)).first().tags = ["danger"]  # type: ignore[union-attr]
    assert written(answered, tmp_path / "out").left_out["in_danger"] == 2
    done = written(answered, tmp_path / "all", with_danger=True)
    assert (done.splits, "in_danger" in done.left_out) == ({"train": 5}, False)
    marked = [row["question_id"] for row in lines(done_file(done)) if row["in_danger"]]
    assert marked == ["q1", "q7"]


def done_file(done: DatasetWritten) -> Path:
    return next(path for path in done.paths if path.suffix == ".jsonl")


def test_both_files_are_read_by_datasets_as_the_same_rows(answered: Store, tmp_path: Path) -> None:
    out = tmp_path / "我的数据"
    written(answered, out)
    cache = str(tmp_path / "cache")
    columns = load_dataset(str(out), split="train", cache_dir=cache)
    said = load_dataset(str(out / "jsonl"), split="train", cache_dir=cache)
    assert columns.to_list() == said.to_list() == lines(out / "jsonl" / "train.jsonl")
    first = columns[0]
    assert first["answer"] == ANSWERS[0]
    (part, *_) = first["parts"]
    assert first["answer"][part["start"] : part["end"]] == "听起来你很累。"
    assert first["distortions"] == [{"id": "mind_reading", "reason": "替组长下了判断"}]
    assert columns[1]["distortions"] == []
    assert columns[2]["distortions"] is None
    assert columns[2]["parts"] is None


def test_a_splits_subsets_are_apart_and_the_rest_is_counted(
    answered: Store, tmp_path: Path
) -> None:
    with answered.writing() as session:
        ids = session.scalars(select(Question.id).order_by(Question.id)).all()
        for place, id_ in enumerate(ids[:3]):
            subset = "test" if place == 1 else "train"
            session.add(Split(name="paper", question_id=id_, subset=subset, seed=1))
    done = written(answered, tmp_path / "out", split="paper")
    assert done.splits == {"train": 2, "test": 1}
    assert done.left_out["not_in_split"] == 3
    read = load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert {name: len(rows) for name, rows in read.items()} == {"train": 2, "test": 1}


def test_the_card_tells_who_answered_how_and_under_which_terms(
    answered: Store, tmp_path: Path
) -> None:
    done = written(answered, tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "The answers are by models, not by professionals." in card
    assert "回答由模型生成" in card
    assert "- model: made-up-1" in card
    assert "- temperature: 0.7" in card
    assert "| train | 4 |" in card
    assert "- 1 set aside" in card
    (prompt,) = (path for path in done.paths if path.parent.name == "prompts")
    assert prompt.read_text("utf-8") == "system = '请回答'\n"
    assert f"prompts/{prompt.name}" in card
    assert list(done.licences) == ["forum"]
    assert f"- Questions of forum: {done.licences['forum']}" in card
    assert "Questions of own: the terms are not known" in card


def test_the_list_of_files_has_their_hashes_and_the_same_store_gives_the_same_bytes(
    answered: Store, tmp_path: Path
) -> None:
    done = written(answered, tmp_path / "one")
    written(answered, tmp_path / "two")
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_text("utf-8"))
    assert manifest["kind"] == "cbt dataset"
    assert [path.name for path in done.paths][-1] == "manifest.json"
    for file in manifest["files"]:
        first = (tmp_path / "one" / file["name"]).read_bytes()
        assert hashlib.sha256(first).hexdigest() == file["sha256"]
        assert first == (tmp_path / "two" / file["name"]).read_bytes()


def test_that_texts_left_the_store_is_logged(answered: Store, tmp_path: Path) -> None:
    written(answered, tmp_path / "out")
    with answered.reading() as session:
        (event,) = session.scalars(select(Event))
    assert (event.kind, event.details["rows"]) == ("exported", 4)
    assert event.details["systems"] == ["cbt"]


def test_an_older_dataset_is_replaced_only_when_told_and_unchanged(
    answered: Store, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    written(answered, out)
    with pytest.raises(AlreadyKnown, match="is not empty"):
        written(answered, out)
    written(answered, out, replace=True)
    (out / "README.md").write_text("mine", "utf-8")
    with pytest.raises(NotAllowed, match="was changed since the dataset was written"):
        written(answered, out, replace=True)
    assert (out / "README.md").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("config", "error", "why"),
    [
        ({"systems": ["nobody"]}, NotKnown, "there is no system nobody; there are cbt, empty"),
        ({"systems": ["empty"]}, NotAllowed, "there is no answer of empty to write"),
        ({"split": "paper"}, NotKnown, "there is no split paper; there is none yet"),
        ({"source": "x"}, NotKnown, "there is no source x; there is forum, own"),
    ],
)
def test_what_cannot_be_written_is_told_and_leaves_nothing(
    answered: Store, tmp_path: Path, config: dict[str, Any], error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        run(answered, DatasetExport(**{"systems": ["cbt"], "out": tmp_path / "out"} | config))
    assert not any("out" in path.name or "dataset" in path.name for path in tmp_path.iterdir())


def test_many_rows_are_read_and_written_in_pieces(answered: Store, tmp_path: Path) -> None:
    many = dataset_rows.ROWS_AT_ONCE + 1
    with answered.writing() as session:
        system = System(name="many", kind="api")
        session.add(system)
        session.flush()
        for place in range(many):
            question = Question(source="own", external_id=f"m{place}", text=f"第{place}个问题")
            session.add(question)
            session.flush()
            session.add(Response(question_id=question.id, system_id=system.id, text=f"回答{place}"))
    run(answered, DatasetExport(systems=["many"], out=tmp_path / "out"))
    table = parquet.read_table(tmp_path / "out" / "data" / "train.parquet")
    assert table.column("answer").to_pylist() == [f"回答{place}" for place in range(many)]
