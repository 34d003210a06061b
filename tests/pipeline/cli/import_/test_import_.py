"""`cbt import questions` and `responses`, as a person and a script see them."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.main import main

GOOD = {"id": 1, "question": "睡不着怎么办", "answers": ["慢慢来", "作为AI，我不懂。"]}
ANSWER = {"question_id": 1, "response": "先睡吧", "detections": ["灾难化"]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose store is made by the first command."""
    monkeypatch.setenv("CBT_DATA", str(tmp_path))
    monkeypatch.delenv("CBT_DATABASE_URL", raising=False)
    return tmp_path


def cbt(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["import", *arguments])


def put(folder: Path, *records: Any, name: str = "forum.json") -> str:
    (folder / name).write_text(json.dumps(records), "utf-8")
    return str(folder / name)


def test_a_script_gets_the_contract_of_questions(folder: Path) -> None:
    same = {**GOOD, "id": 2, "answers": []}
    result = cbt("questions", put(folder, GOOD, same, {"id": 3}), "--skip-bad", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout) == {
        "read": 3,
        "added": 2,
        "known": 0,
        "rejected": [{"row": 3, "code": "no_question", "why": "has no question"}],
        "stored": True,
        "source": "forum",
        "licence": None,
        "system": "forum-people",
        "responses_added": 2,
        "answers_empty": 0,
        "answers_repeated": 0,
        "danger": 0,
        "same_text": [
            {"row": 2, "question_id": "2", "same_as": {"source": "forum", "external_id": "1"}}
        ],
        "warnings": [{"row": 1, "kind": "names_system", "found": "作为AI"}],
        "ignored": [],
    }


def test_a_script_gets_the_contract_of_responses(folder: Path) -> None:
    cbt("questions", put(folder, GOOD))
    result = cbt("responses", put(folder, {**ANSWER, "n": 1}), "--system", "model", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "read": 1,
        "added": 1,
        "known": 0,
        "rejected": [],
        "stored": True,
        "system": "model",
        "completed": 0,
        "detections_added": 1,
        "warnings": [],
        "ignored": ["n"],
    }


def test_a_person_reads_what_was_done_and_what_to_look_at(folder: Path) -> None:
    records = [
        {**GOOD, "floor": 1, "description": "我的QQ：12345678"},
        *({"id": n, "question": f"第{n}问，电话1381234567{n}"} for n in range(2, 9)),
    ]
    result = cbt("questions", put(folder, *records), "--source", "PsyQA")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "questions of PsyQA: read 8, added 8, already known 0",
        "answers of PsyQA-people: added 2",
    ]
    made, *notes = result.stderr.splitlines()
    assert made == f"made the store {folder / 'store.sqlite'}"
    assert notes == [
        "fields not read: floor",
        "warning: could identify a person: 7 × mobile phone number (rows 2, 3, 4, 5, 6, …)",
        "warning: could identify a person: 1 × QQ number (row 1)",
        "warning: could tell raters the system: 1 × model or maker named, or words such as"
        " 'as an AI' (row 1)",
        "licence (known by its shape or name; --licence TEXT says otherwise): PsyQA: for research"
        " only, by agreement with its authors; neither its texts nor what is derived from them may"
        " be passed on",
        "it is recorded with these questions, and told wherever they are exported",
    ]
    again = cbt("questions", put(folder, *records), "--source", "PsyQA")
    assert again.stdout.splitlines() == [
        "questions of PsyQA: read 8, added 0, already known 8 (nothing to add)"
    ]


def test_a_person_reads_which_rows_were_left_out(folder: Path) -> None:
    bad = [{"id": n} for n in range(25)]
    result = cbt("questions", put(folder, GOOD, {**GOOD, "id": 9}, *bad), "--skip-bad")
    assert result.exit_code == 3
    lines = result.stdout.splitlines()
    assert lines[:3] == [
        "questions of forum: read 27, added 2, already known 0",
        "rejected 25 (25 no_question):",
        "  row 3: has no question",
    ]
    assert lines[-3:] == [
        "  … and 5 more rows (--json lists them all)",
        "answers of forum-people: added 4",
        "stored, though another question reads the same: 1 (row 2)",
    ]


def test_a_person_reads_which_answers_were_left_out_and_what_is_in_danger(folder: Path) -> None:
    asked = {"id": 1, "question": "真的不想活了", "answers": ["先找人陪你", "", "先找人陪你"]}
    result = cbt("questions", put(folder, asked, GOOD | {"id": 2}))
    assert result.stdout.splitlines()[1:] == [
        "answers of forum-people: added 3",
        "answers left out: 1 empty, 1 the same twice",
        "tagged as in danger by the rules: 1 ('cbt danger list' shows them)",
    ]
    other = put(folder, asked | {"id": 3}, name="other.json")
    untagged = cbt("questions", other, "--no-danger-rules", "--licence", "CC BY 4.0", "--json")
    found = json.loads(untagged.stdout)
    assert (found["danger"], found["licence"], untagged.stderr) == (0, "CC BY 4.0", "")


def test_a_bad_row_rejects_the_file_and_is_named(folder: Path) -> None:
    path = put(folder, GOOD, {"id": 3})
    result = cbt("questions", path)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines()[1:] == [
        f"cbt: 1 of the 2 rows of {path} is wrong, so nothing was stored; mend the file, or add"
        " --skip-bad to import its other rows",
        "  row 2: has no question",
    ]
    error = json.loads(cbt("questions", path, "--json").stdout)["error"]
    assert error["code"] == "file_rejected"
    assert error["rows"] == [{"row": 2, "code": "no_question", "why": "has no question"}]
    assert json.loads(cbt("questions", put(folder, GOOD), "--json").stdout)["added"] == 1


def test_known_answers_that_are_completed_are_told(folder: Path) -> None:
    cbt("questions", put(folder, GOOD))
    plain = {key: value for key, value in ANSWER.items() if key != "detections"}
    cbt("responses", put(folder, plain), "--system", "model")
    result = cbt("responses", put(folder, ANSWER), "--system", "model")
    assert result.stdout.splitlines() == [
        "answers: read 1, added 0, already known 1",
        "known answers that were given parts or detections: 1",
        "detections: added 1",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("questions", "none.json"), "there is no file none.json"),
        (("questions", "."), ". is a folder; name a file"),
        (("responses", "none.json", "--system", "a"), "there is no file none.json"),
    ],
)
def test_a_wrong_file_is_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.chdir(folder)
    result = cbt(*arguments)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == f"cbt: {sentence}"


def test_answers_need_a_system() -> None:
    assert cbt("responses", "x.json").exit_code == 2


def test_the_group_holds_all_imports() -> None:
    output = cbt("--help").output
    assert all(f"  {name} " in output for name in ("questions", "responses", "ratings", "gold"))
    assert "--study" in cbt("ratings", "--help").output


def test_a_check_reports_all_and_stores_nothing(folder: Path) -> None:
    checked = cbt("questions", put(folder, GOOD), "--check")
    assert checked.exit_code == 0
    assert "could tell raters the system" in checked.stderr
    assert checked.stdout.splitlines()[-1] == "only checked: nothing was stored"
    stored = json.loads(cbt("questions", put(folder, GOOD), "--json").stdout)
    assert (stored["added"], stored["responses_added"]) == (1, 2)

    answers = put(folder, ANSWER, name="answers.json")
    checked = cbt("responses", answers, "--system", "model", "--check", "--json")
    assert json.loads(checked.stdout)["stored"] is False
    again = cbt("responses", answers, "--system", "model", "--json")
    assert json.loads(again.stdout)["added"] == 1


def test_an_answer_in_fields_of_another_name_is_never_dropped_in_silence(folder: Path) -> None:
    odd = {**GOOD, "answers": [{"content": "慢慢来"}]}
    result = cbt("questions", put(folder, odd), "--json")
    (row,) = json.loads(result.stdout)["error"]["rows"]
    assert (result.exit_code, row["code"]) == (1, "bad_answers")
    assert "has an answer with the fields content, and none of answer_text" in row["why"]
    written_otherwise = {**GOOD, "answers": [{"Answer_Text": None, "text": "慢慢来"}]}
    taken = json.loads(cbt("questions", put(folder, written_otherwise), "--json").stdout)
    assert taken["responses_added"] == 1
