"""What must not be learned from is refused before anything is loaded."""

import json
from pathlib import Path

import pytest

from db.errors import FileRejected, ModelRejected, NotAllowed
from models import instruction_files
from models.records import Record
from pipeline.training import source
from tests.training_runs import short_records, written


def test_test_questions_of_a_split_are_refused_even_in_an_edited_file(tmp_path: Path) -> None:
    path = written(tmp_path / "data.json", short_records(3))
    about = {"kind": "cbt instructions", "split": "cbt", "subset": "test", "sha256": "0" * 64}
    instruction_files.sidecar(path).write_text(json.dumps(about), "utf-8")
    with pytest.raises(NotAllowed, match="test questions of the split cbt, which no model may"):
        source.check_train(source.read(path))
    about |= {"subset": "train"}
    instruction_files.sidecar(path).write_text(json.dumps(about), "utf-8")
    edited = source.read(path)
    source.check_train(edited)
    assert edited.about == {}, "a manifest of other content tells nothing"
    about |= {"sha256": edited.sha256}
    instruction_files.sidecar(path).write_text(json.dumps(about), "utf-8")
    assert source.read(path).about["split"] == "cbt"
    instruction_files.sidecar(path).write_text("[]", "utf-8")
    with pytest.raises(FileRejected, match="is no manifest"):
        source.read(path)


def test_a_question_in_both_files_is_named_by_its_rows_whatever_its_blanks(tmp_path: Path) -> None:
    records = short_records(5)
    train = source.read(written(tmp_path / "train.json", records[:3]))
    same = Record("另一个", f" {records[1].input}\n", "另一个回答")
    held_out = source.read(written(tmp_path / "eval.json", [records[4], same]))
    with pytest.raises(NotAllowed, match=r"one question of eval.json is in train.json too \(row 2"):
        source.check_apart(train, held_out)
    source.check_apart(train, source.read(written(tmp_path / "eval.json", records[3:])))
    assert len(source.read(train.path, limit=2).records) == 2


def test_an_empty_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelRejected, match="holds no record"):
        source.read(written(tmp_path / "empty.json", []))
