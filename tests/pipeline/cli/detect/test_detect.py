"""`cbt detect`, as a person and a script see it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.main import main

ANSWERS = [
    {
        "question_id": 1,
        "response": "共情：你辛苦了。\n识别想法：“都怪我”是个人化。\n策略：写下来。",
    },
    {"question_id": 2, "response": "这不是读心术。"},
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose store has two answers of the system "model"."""
    monkeypatch.setenv("CBT_DATA", str(tmp_path))
    monkeypatch.delenv("CBT_DATABASE_URL", raising=False)
    asked = [{"id": n, "question": f"第{n}问"} for n in (1, 2)]
    (tmp_path / "forum.json").write_text(json.dumps(asked), "utf-8")
    (tmp_path / "answers.json").write_text(json.dumps(ANSWERS), "utf-8")
    cbt("import", "questions", str(tmp_path / "forum.json"))
    cbt("import", "responses", str(tmp_path / "answers.json"), "--system", "model")
    return tmp_path


def cbt(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_a_script_gets_the_contract(folder: Path) -> None:
    result = cbt("detect", "--method", "lexicon", "--system", "model", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "detector": "lexicon",
        "read": 2,
        "added": 2,
        "known": 0,
        "present": 1,
        "labels": {"personalization": 1},
        "parts_added": 1,
    }


def test_a_person_reads_what_was_found_and_that_it_was_known_before(folder: Path) -> None:
    first = cbt("detect", "--method", "lexicon")
    assert first.stdout.splitlines() == [
        "answers looked at by the lexicon: read 2, added 2, already known 0",
        "answers whose parts were marked: 1",
        "answers that name a distortion: 1",
        "personalization  个人化  1",
    ]
    again = cbt("detect", "--method", "lexicon")
    assert again.stdout.splitlines()[0] == (
        "answers looked at by the lexicon: read 2, added 0, already known 2 (nothing to add)"
    )


def test_a_selection_narrows_it_and_half_a_split_is_wrong_usage(folder: Path) -> None:
    one = cbt("detect", "--method", "lexicon", "--source", "forum", "--limit", "1", "--json")
    assert json.loads(one.stdout)["read"] == 1
    half = cbt("detect", "--method", "lexicon", "--split", "s")
    assert half.exit_code == 2
    assert "--split and --subset go together" in half.stderr


def test_a_method_that_there_is_not_is_wrong_usage(folder: Path) -> None:
    assert cbt("detect", "--method", "crystal").exit_code == 2
    assert cbt("detect").exit_code == 2


def test_a_system_that_is_not_there_is_a_known_error(folder: Path) -> None:
    result = cbt("detect", "--method", "lexicon", "--system", "nobody", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "not_known"


def test_given_parts_replace_those_that_the_parser_found(folder: Path) -> None:
    cbt("detect", "--method", "lexicon")
    marked = {**ANSWERS[0], "parts": {"validation": "你辛苦了。"}}
    (folder / "marked.json").write_text(json.dumps([marked]), "utf-8")
    result = cbt("import", "responses", str(folder / "marked.json"), "--system", "model", "--json")
    assert json.loads(result.stdout)["completed"] == 1
