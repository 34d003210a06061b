"""`cbt danger`, as a person and a script see it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.main import main
from pipeline.danger.danger import rules_version

ASKED = [
    {"id": 1, "question": "真的不想活了", "description": "三天没合眼了"},
    {"id": 2, "question": "累死了", "tags": ["danger"]},
    {"id": 3, "question": "睡不着怎么办"},
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose store has three questions that no rule has looked at."""
    monkeypatch.setenv("CBT_DATA", str(tmp_path))
    monkeypatch.delenv("CBT_DATABASE_URL", raising=False)
    path = tmp_path / "forum.json"
    path.write_text(json.dumps(ASKED), "utf-8")
    CliRunner().invoke(main, ["import", "questions", str(path), "--no-danger-rules"])
    return tmp_path


def cbt(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["danger", *arguments])


def test_a_script_gets_what_was_tagged(folder: Path) -> None:
    result = cbt("tag", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "rules": rules_version(),
        "read": 3,
        "added": 1,
        "taken_back": 0,
        "by_person": 1,
        "danger": 2,
        "kinds": {"suicide": 1, "crisis": 1},
    }


def test_a_person_reads_what_was_tagged_and_that_nothing_changed_again(folder: Path) -> None:
    assert cbt("tag").stdout.splitlines() == [
        "questions: read 3, tagged 1, taken back 0",
        "as a person has said: 1",
        "in danger now: 2",
        "  suicide  1",
        "  crisis   1",
    ]
    again = cbt("tag").stdout.splitlines()[0]
    assert again == "questions: read 3, tagged 0, taken back 0 (nothing to change)"


def test_tagged_questions_are_listed_with_the_words_that_tell(folder: Path) -> None:
    cbt("tag")
    assert cbt("list").stdout.splitlines() == [
        "questions in danger: 2 (by rules 1, by a person or a file 1)",
        "",
        "source  question  by      found                                  reads",
        "forum   1         rules   suicide: 不想活了; crisis: 三天没合眼  真的不想活了",
        "forum   2         person  -                                      累死了",
    ]
    short = cbt("list", "--limit", "1").stdout.splitlines()
    assert short[0].startswith("questions in danger: 1")
    (found,) = json.loads(cbt("list", "--kind", "crisis", "--json").stdout)["questions"]
    assert found == {
        "source": "forum",
        "question_id": "1",
        "by": "rules",
        "question": "真的不想活了",
        "description": "三天没合眼了",
        "found": [
            {"kind": "suicide", "words": "不想活了"},
            {"kind": "crisis", "words": "三天没合眼"},
        ],
    }


def test_a_person_says_otherwise_by_ids_or_by_a_file_of_them(folder: Path) -> None:
    cbt("tag")
    (folder / "ids.txt").write_text("2\n\n 3 \n", "utf-8")
    result = cbt("set", "--question", "1", "--file", str(folder / "ids.txt"), "--no")
    assert result.stdout.splitlines() == ["questions said to be not in danger: 3"]
    again = json.loads(cbt("set", "--question", "1", "--no", "--json").stdout)
    assert again == {"danger": False, "changed": 0, "known": 1}
    assert json.loads(cbt("tag", "--json").stdout)["danger"] == 0


def test_a_word_needs_a_question_and_a_yes_or_no(folder: Path) -> None:
    for arguments, sentence in (
        (("set", "--yes"), "name questions by --question ID, or by --file FILE"),
        (("set", "--question", "1"), "say --yes or --no"),
    ):
        result = cbt(*arguments)
        assert result.exit_code == 2
        assert sentence in result.stderr
    result = cbt("set", "--question", "9", "--yes", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "not_known"


def test_the_rules_are_shown_with_how_right_they_are_and_without_a_store() -> None:
    shown = cbt("rules").stdout
    assert "suicide: thoughts of dying" in shown
    assert "questions held out" in shown
    assert "no clinical instrument" in shown
    assert "想死" in cbt("rules", "--language", "zh").stdout
    assert "\n«(自残|自伤|自我伤害)»\n" in cbt("rules", "self_harm").stdout
    found = json.loads(cbt("rules", "--json").stdout)
    assert found["version"] == rules_version()
    held_out = found["measured"]["held_out"]
    assert held_out["recall"]["low"] < held_out["recall"]["value"] <= 1
    assert set(found["measured"]) == {"tuning", "held_out", "veiled", "demo"}
    assert held_out["kinds"]["suicide"]["n"] > 20
