"""`cbt responses`, as a person and a script see it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.main import main

LONG = "先不急着求答案，" * 5


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose store has the answers of the system "model" to 25 questions."""
    monkeypatch.setenv("CBT_DATA", str(tmp_path))
    monkeypatch.delenv("CBT_DATABASE_URL", raising=False)
    asked = [{"id": n, "question": f"第{n}问"} for n in range(1, 26)]
    answers = [{"question_id": n, "response": LONG if n == 1 else f"答{n}"} for n in range(1, 26)]
    for name, records in (("forum", asked), ("answers", answers)):
        (tmp_path / f"{name}.json").write_text(json.dumps(records), "utf-8")
    CliRunner().invoke(main, ["import", "questions", str(tmp_path / "forum.json")])
    path = str(tmp_path / "answers.json")
    CliRunner().invoke(main, ["import", "responses", path, "--system", "model"])
    return tmp_path


def cbt(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["responses", *arguments])


def test_answers_are_set_aside_listed_and_kept_again(folder: Path) -> None:
    (folder / "ids.txt").write_text("2\n3\n", "utf-8")
    ids = ("--system", "model", "--question", "1", "--file", str(folder / "ids.txt"))
    done = cbt("set-aside", *ids, "--reason", "harmful: it gives a dose")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == ["answers of model set aside: 3"]
    again = cbt("set-aside", *ids, "--reason", "harmful: it gives a dose")
    assert again.stdout.splitlines() == [
        "answers of model set aside: 0, set aside before 3 (nothing to change)"
    ]
    assert cbt("list", "--status", "set_aside", "--limit", "2").stdout.splitlines() == [
        "answers: 3 (set aside 3)",
        "set aside for: harmful 3",
        "",
        "system  source  question  status     reason                    answer",
        "model   forum   1         set aside  harmful: it gives a dose  "
        "先不急着求答案，先不急着求答案，先不急…",
        "model   forum   2         set aside  harmful: it gives a dose  答2",
    ]
    kept = cbt("keep", "--system", "model", "--question", "1", "--json")
    assert json.loads(kept.stdout) == {
        "system": "model", "status": "kept", "changed": 1, "known": 0, "studies": [],
    }  # fmt: skip
    listed = json.loads(cbt("list", "--code", "harmful", "--json").stdout)
    assert listed["counts"] == {"kept": 0, "set_aside": 2, "refused": 0}
    assert listed["reasons"] == {"set_aside": {"harmful": 2}}
    assert listed["responses"][0] == {
        "system": "model",
        "source": "forum",
        "question_id": "2",
        "sample": 0,
        "status": "set_aside",
        "reason": "harmful: it gives a dose",
        "question": "第2问",
        "response": "答2",
    }


def test_a_long_list_is_shortened_for_a_person_and_whole_for_a_script(folder: Path) -> None:
    lines = cbt("list", "--system", "model").stdout.splitlines()
    assert lines[0] == "answers: 25 (kept 25)"
    assert lines[-1] == "… and 5 more (--limit N shows N, --json all)"
    whole = json.loads(cbt("list", "--json").stdout)["responses"]
    assert (len(whole), whole[0]["response"]) == (25, LONG)


def test_a_study_that_shows_the_answer_is_told(folder: Path) -> None:
    people = ("people", "add", "--username", "li", "--role", "rater")
    CliRunner().invoke(main, people, input="a long enough password")
    create = ("study", "create", "--name", "first", "--systems", "model", "--seed", "1")
    made = CliRunner().invoke(main, [*create, "--raters", "li"])
    assert made.exit_code == 0
    one = ("--system", "model", "--question", "1", "--reason", "echo")
    assert cbt("set-aside", *one).stdout.splitlines() == [
        "answers of model set aside: 1",
        "the draft study first will show, once it is open, 1 of them all the same: what raters"
        " give counts; make a new study to be without them",
    ]
    again = CliRunner().invoke(main, [*create[:3], "second", *create[4:], "--raters", "li"])
    assert again.exit_code == 0
    study = json.loads(CliRunner().invoke(main, ["study", "status", "second", "--json"]).stdout)
    assert study["items"] == 24


def test_what_is_not_there_is_told_and_a_reason_is_needed(folder: Path) -> None:
    result = cbt("set-aside", "--system", "model", "--question", "99", "--reason", "x", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["message"] == (
        "model has no answer to the question 99; nothing was changed"
    )
    assert cbt("set-aside", "--system", "model", "--question", "1").exit_code == 2
    assert cbt("keep", "--system", "model").exit_code == 2
