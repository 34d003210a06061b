import json
import re
from typing import Any

import pytest
from click.testing import CliRunner, Result

from db import people
from db.engine import Store
from pipeline.cli.main import main
from tests.pipeline.labels import close, give, make_label_study


@pytest.fixture
def store_url(sqlite_store: Store) -> str:
    """The URL of a store with a closed study: three items in disagreement, seven in agreement."""
    make_label_study(sqlite_store, questions=10)
    for place in range(1, 11):
        give(sqlite_store, "labels", "li", place, "yes", ["labeling"])
        give(sqlite_store, "labels", "wang", place, "yes", ["labeling"] if place > 3 else [])
    close(sqlite_store)
    with sqlite_store.writing() as session:
        people.add(session, username="zhao", roles=["lead"], group=None, password_hash=None)
    return f"sqlite:///{sqlite_store.name}"


def study(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["study", *arguments, "--database", url])


def as_json(url: str, *arguments: str) -> dict[str, Any]:
    done = study(url, *arguments, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_cases_are_drawn_and_reported(store_url: str) -> None:
    drawn = as_json(store_url, "adjudicate", "labels")
    (lead,) = drawn.pop("leads")
    assert drawn == {
        "study": "labels",
        "cases": 4,
        "on": ["presence", "labels", "cannot_tell"],
        "kinds": {"presence": 0, "labels": 3, "primary": 3, "cannot_tell": 0, "conflicting": 0},
        "agreed": 1,
        "of_agreed": 7,
        "left_out": {"one_vote": 0, "no_vote": 0, "other_kind": 0},
        "handed_over": 0,
    }
    report = as_json(store_url, "adjudication", "--study", "labels")
    assert (report["cases"], report["decided"]) == (4, 0)
    waiting = {"lead": lead["lead"], "cases": 4, "decided": 0, "waiting": 4}
    assert report["leads"] == [waiting]
    masi = report["before"]["labels"]["alpha_masi"]
    assert masi.keys() == {"value", "low", "high", "level", "method"}
    assert report["before"]["presence"]["alpha_nominal"]["code"] == "one_value"
    assert report["decisions"]["in_disagreement"]["with_none"]["value"] is None
    assert report["consistency"]["n"] == 0
    assert any("two empty sets are 0 apart" in note for note in report["notes"])


def test_a_person_reads_how_far_leads_are_and_how_far_labellers_agreed(store_url: str) -> None:
    drawn = study(store_url, "adjudicate", "labels", "--agreed", "0.5", "--on", "labels,presence")
    assert "drew 7 cases of study labels" in drawn.output
    assert "in disagreement 3 (labels 3, the primary label 3)" in drawn.output
    assert "in agreement, mixed in 4 of 7" in drawn.output
    report = study(store_url, "adjudication", "labels").output
    assert "study labels, closed: 7 cases, 3 in disagreement, 4 in agreement; 0 decided" in report
    assert re.search(r"labels: percent agreement +0\.700 +0\.397 to 0\.892", report)
    assert "in agreement, the lead's own answer is that of all: no cases yet" in report
    assert re.search(r"presence: Krippendorff's alpha \(nominal\)", report)
    assert "two empty sets are 0 apart" in report
    assert "95% intervals: Wilson's for shares of cases" in report
    assert "nan" not in report.lower()


def test_a_known_error_names_the_rows(store_url: str, sqlite_store: Store) -> None:
    with sqlite_store.writing() as session:
        people.get(session, username="li").roles = ["rater", "lead"]
    refused = study(store_url, "adjudicate", "labels", "--leads", "li", "--agreed", "0", "--json")
    assert refused.exit_code == 1
    error = json.loads(refused.stdout)["error"]
    assert [row["row"] for row in error["rows"]] == [1, 2, 3]
    assert as_json(store_url, "adjudicate", "labels")["cases"] == 4
    again = study(store_url, "adjudicate", "labels")
    assert (again.exit_code, again.stdout) == (1, "")
    assert "0 of 4 are decided" in again.stderr


@pytest.mark.parametrize(
    "wrong",
    [("--on", "mood"), ("--agreed", "2"), ("--leads", "li,li"), ("--study", "labels")],
)
def test_wrong_usage_ends_with_code_2(store_url: str, wrong: tuple[str, str]) -> None:
    done = study(store_url, "adjudicate", "labels", *wrong)
    assert done.exit_code == 2
    assert as_json(store_url, "adjudication", "labels")["cases"] == 0


def test_without_a_name_the_commands_ask_which_study() -> None:
    for command in ("adjudicate", "adjudication"):
        done = CliRunner().invoke(main, ["study", command])
        assert (done.exit_code, "which study?" in done.output) == (2, True)
    listed = CliRunner().invoke(main, ["study", "--help"]).output
    assert "adjudicate" in listed
    assert "adjudication" in listed
