"""`cbt import gold` as a user runs it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main

GOLD = "id,text,gold,pred,note\n1,好,读心术|新词,1,x\n2,坏,none,0,y\n3,坏,读心术,0,z\n4,坏,无,0,z\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "gold.csv"
    made.write_text(GOLD, "utf-8")
    return made


def cbt(path: Path, *options: str) -> tuple[int, str, str]:
    database = f"--database=sqlite:///{path.parent / 'store.sqlite'}"
    done = CliRunner().invoke(main, ["import", "gold", str(path), database, *options])
    return done.exit_code, done.stdout, done.stderr


def test_the_result_says_what_came_in_and_what_the_file_holds(path: Path) -> None:
    code, out, said = cbt(path, "--study=outside", "--json")
    assert code == 0
    expected: dict[str, Any] = {
        "read": 4,
        "added": 3,
        "known": 1,
        "rejected": [],
        "study": "outside",
        "new_study": True,
        "shape": "labels",
        "pred_shape": "0/1",
        "items": 2,
        "presence": {"yes": 2, "no": 1, "cannot_tell": 0},
        "labels": {"读心术": 2, "新词": 1},
        "unknown_labels": ["新词"],
        "matched_questions": 0,
        "unmatched": [2, 3, 4, 5],
        "ambiguous": [],
        "missing": [],
        "left_out": 0,
        "duplicates": [{"row": 5, "same_as": 3}],
        "conflicts": [{"rows": [3, 4, 5], "answers": ["none", "读心术"]}],
        "predictions": 2,
        "warnings": [],
        "ignored": ["note"],
        "stored": True,
    }
    assert json.loads(out) == expected
    assert "fields not read: note" in said
    code, out, _ = cbt(path, "--study=outside", "--json")
    added = {"added": 0, "known": 4, "new_study": False}
    assert (code, json.loads(out)) == (0, expected | added)


def test_a_person_reads_the_shape_first_and_what_to_look_at_last(path: Path) -> None:
    code, out, _ = cbt(path, "--study=outside")
    assert (code, out.splitlines()) == (
        0,
        [
            "read as: labels joined by |; predictions as: a column of 0 and 1",
            "answers of outside: read 4, added 3, already known 1",
            "a new study outside: present 2, none present 1, cannot tell 0",
            "items: 2, questions that the store had: 0",
            "labels: 读心术 2, 新词 1",
            "labels that the codebook does not know: 新词",
            "predictions (detector pred): 2",
            "about no question that the store had: 4 (rows 2, 3, 4, 5)",
            "the same text and answer again: 1 (row 5)",
            "texts with different answers, left out of scoring: 1",
            "  rows 3, 4, 5: none, 读心术",
        ],
    )


def test_strict_ends_with_the_rows_of_the_conflict(path: Path) -> None:
    code, out, _ = cbt(path, "--study=outside", "--strict", "--json")
    error = json.loads(out)["error"]
    assert (code, error["code"]) == (1, "file_rejected")
    assert [(row["row"], row["code"]) for row in error["rows"]] == [
        (3, "conflict"),
        (4, "conflict"),
        (5, "conflict"),
    ]


def test_skipped_rows_end_with_exit_code_3(path: Path) -> None:
    path.write_text("id,gold\n1,1\n2,2\n3,0\n")
    assert cbt(path, "--study=outside")[0] == 1
    code, out, _ = cbt(path, "--study=outside", "--skip-bad")
    assert (code, "row 3: has '2' where 0 or 1 should be" in out) == (3, True)


def test_with_check_nothing_is_stored(path: Path) -> None:
    code, out, _ = cbt(path, "--study=outside", "--check")
    assert (code, out.splitlines()[-1]) == (0, "only checked: nothing was stored")
    assert json.loads(cbt(path, "--study=outside", "--json")[1])["new_study"] is True


def test_an_unknown_shape_is_one_sentence(path: Path) -> None:
    path.write_text("sentence,label\n好,读心术\n", "utf-8")
    code, out, error = cbt(path, "--study=outside")
    assert (code, out) == (1, "")
    assert error.splitlines()[-1].startswith(f"cbt: {path} has no column id, question_id or text")


def test_a_study_must_be_named(path: Path) -> None:
    code, out, error = cbt(path)
    assert (code, out, "--study" in error) == (2, "", True)
