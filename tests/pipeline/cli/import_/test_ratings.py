"""`cbt import ratings` as a user runs it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main

LONG = "item,system,rater,criterion,value,note\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "ratings.csv"
    made.write_text(LONG + "1,A,r,relevance,2,hm\n2,A,r,relevance,,\n2,B,r,relevance,0,\n")
    return made


def cbt(path: Path, *options: str) -> tuple[int, str, str]:
    database = f"--database=sqlite:///{path.parent / 'store.sqlite'}"
    done = CliRunner().invoke(main, ["import", "ratings", str(path), database, *options])
    return done.exit_code, done.stdout, done.stderr


def test_the_count_block_says_what_came_in_and_what_was_there(path: Path) -> None:
    code, out, said = cbt(path, "--study=outside", "--json")
    assert code == 0
    assert json.loads(out) == {
        "read": 3,
        "added": 3,
        "known": 0,
        "rejected": [],
        "study": "outside",
        "criteria": ["relevance"],
        "systems": ["A", "B"],
        "raters": 1,
        "items": 3,
        "judgements": 2,
        "unanswered": 1,
        "ignored_columns": ["note"],
        "ignored_criteria": [],
    }
    assert "not read" in said
    code, out, _ = cbt(path, "--study=outside", "--json")
    again = json.loads(out)
    assert (code, again["read"], again["added"], again["known"]) == (0, 3, 0, 3)


def test_a_person_reads_what_came_in(path: Path) -> None:
    code, out, _ = cbt(path, "--study=outside")
    assert code == 0
    assert out.splitlines() == [
        "read 3 rows, added 3, already known 0",
        "study outside: judgements 2, not answered 1, items 3, raters 1",
        "systems: A, B",
        "criteria: relevance",
    ]


def test_values_off_the_scale_end_with_their_rows_and_the_way_out(path: Path) -> None:
    path.write_text(LONG + "1,A,r,relevance,5,\n2,A,r,relevance,1,\n")
    code, out, _ = cbt(path, "--study=outside", "--json")
    error = json.loads(out)["error"]
    assert (code, error["code"]) == (1, "file_rejected")
    assert error["rows"] == [
        {"row": 2, "code": "off_scale", "why": "value 5 is off the scale 0 to 2"}
    ]
    assert "--scale 1-5" in error["message"]
    assert cbt(path, "--study=outside", "--scale=1-5")[0] == 0


@pytest.mark.parametrize("scale", ["5", "2-0", "0-0", "0-500", "a-b", ""])
def test_a_scale_that_is_none_is_wrong_usage(path: Path, scale: str) -> None:
    code, out, error = cbt(path, "--study=outside", f"--scale={scale}")
    assert (code, out) == (2, "")
    assert "scale" in error


def test_a_scale_may_begin_below_nought(path: Path) -> None:
    path.write_text(LONG + "1,A,r,relevance,-2,\n")
    assert cbt(path, "--study=outside", "--scale=-2-2")[0] == 0


def test_criteria_can_be_chosen_and_what_was_left_out_is_told(path: Path) -> None:
    path.write_text(LONG + "1,A,r,relevance,2,\n1,A,r,age,40,\n")
    code, out, said = cbt(path, "--study=outside", "--criteria=relevance")
    assert (code, out.splitlines()[-1]) == (0, "criteria: relevance")
    assert "criteria that were not read: age" in said


@pytest.mark.parametrize("criteria", ["", "a,", "a,a"])
def test_criteria_are_named_once_each(path: Path, criteria: str) -> None:
    code, out, error = cbt(path, "--study=outside", f"--criteria={criteria}")
    assert (code, out) == (2, "")
    assert "joined by commas" in error


def test_systems_that_are_still_codes_are_told(path: Path) -> None:
    path.write_text(LONG + "1,S1,r,relevance,2,\n1,S2,r,relevance,1,\n")
    code, _, said = cbt(path, "--study=outside")
    assert code == 0
    assert "the systems are codes (S1, S2)" in said
