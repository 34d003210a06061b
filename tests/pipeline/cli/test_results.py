"""`cbt results` as a user runs it; the paper's Table 5 from its sums, in two commands."""

import csv
import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from db.engine import Store
from pipeline.cli.main import main

CRITERIA = ("relevance", "structure", "helpfulness")
SUMS = {"Alpaca-Chinese-7B": (866, 754, 704), "Baichuan-7B": (867, 822, 716)}
TABLE_5 = {"Alpaca-Chinese-7B": (1.732, 1.508, 1.408), "Baichuan-7B": (1.734, 1.644, 1.432)}


def cbt(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, arguments)
    return done.exit_code, done.stdout, done.stderr


def scores(total: int, *, seed: int) -> list[int]:
    """500 scores from 0 to 2 with a given sum."""
    points = random.Random(seed).sample(range(1000), k=total)  # noqa: S311
    counted = [0] * 500
    for point in points:
        counted[point // 2] += 1
    return counted


@pytest.fixture
def table_5(tmp_path: Path) -> str:
    """The options that name a store with 5 raters × 100 items × 2 systems, imported as a user."""
    path = tmp_path / "ratings.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item", "system", "rater", "criterion", "value"])
        for system, sums in SUMS.items():
            for criterion, total in zip(CRITERIA, sums, strict=True):
                for number, score in enumerate(scores(total, seed=total)):
                    row = [number // 5, system, f"rater {number % 5}", criterion, score]
                    writer.writerow(row)
    database = f"--database=sqlite:///{tmp_path / 'store.sqlite'}"
    code, out, _ = cbt("import", "ratings", str(path), "--study", "paper", database, "--json")
    assert (code, json.loads(out)["added"]) == (0, 3000)
    return database


def test_the_papers_sums_give_its_table_5_to_the_last_digit(table_5: str) -> None:
    code, out, _ = cbt("results", "--study", "paper", table_5, "--json")
    assert code == 0
    criteria = json.loads(out)["criteria"]
    for place, criterion in enumerate(CRITERIA):
        for system in criteria[criterion]["systems"]:
            assert system["mean"] == system["value"] == TABLE_5[system["system"]][place]
            assert (system["n"], system["items"], system["missing"]) == (500, 100, 0)
            assert sum(system["share"].values()) == pytest.approx(1)
            assert set(system["share"]) == {"0", "1", "2"}
            assert system["low"] < system["mean"] < system["high"]
            assert (system["level"], system["method"]) == (0.95, "t, questions as clusters")


def test_a_person_reads_table_5_with_n_interval_shares_and_the_method(table_5: str) -> None:
    code, out, _ = cbt("results", "--study", "paper", table_5)
    lines = out.splitlines()
    assert code == 0
    assert lines[2:5] == [
        "mean               relevance  structure  helpfulness",
        "Alpaca-Chinese-7B      1.732      1.508        1.408",
        "Baichuan-7B            1.734      1.644        1.432",
    ]
    heading = "relevance n mean 95% interval share 0 share 1 share 2 missing"
    assert " ".join(lines[6].split()) == heading
    assert "(t, questions as clusters): for these raters, the questions as a sample" in out
    assert "research only" in out
    assert "until" not in out


def test_codes_stand_for_systems_until_unblinding_and_the_output_says_so(
    live_study: Store,
) -> None:
    url = live_study.engine.url.render_as_string(hide_password=False)
    code, out, _ = cbt("results", "--study", "live", "--group", "student", f"--database={url}")
    assert code == 0
    assert "secret" not in out
    assert "until 'cbt study unblind', systems are shown by code" in out
    assert "left out: 1 judgement of repeats, 1 of calibration items" in out


def test_an_interval_that_cannot_be_told_is_null_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("item_id,system,rater,好懂\n1,系统甲,r,2\n1,系统甲,s,1\n1,B,r,\n1,B,s,\n")
    database = f"--database=sqlite:///{tmp_path / 'store.sqlite'}"
    cbt("import", "ratings", str(path), "--study", "small", database)
    _, out, _ = cbt("results", "--study", "small", database, "--json")
    one, none = json.loads(out)["criteria"]["好懂"]["systems"]
    assert (one["value"], one["low"], one["high"], one["code"]) == (1.5, None, None, "one_question")
    assert (none["value"], none["mean"], none["n"], none["code"]) == (None, None, 0, "no_scores")
    assert none["missing"] == 2
    _, out, _ = cbt("results", "--study", "small", database)
    assert out.splitlines()[2:5] == ["mean     好懂", "系统甲  1.500", "B           -"]


@pytest.mark.parametrize(
    ("study", "group", "code"),
    [("other", None, "not_known"), ("paper", "nurse", "not_known")],
)
def test_what_is_not_there_is_said_in_one_sentence(
    table_5: str, study: str, group: str | None, code: str
) -> None:
    options = ["--group", group] if group else []
    status, out, _ = cbt("results", "--study", study, *options, table_5, "--json")
    error: dict[str, Any] = json.loads(out)["error"]
    assert (status, error["code"]) == (1, code)
    status, out, said = cbt("results", "--study", study, *options, table_5)
    assert (status, out, said) == (1, "", f"cbt: {error['message']}\n")


def test_what_was_assigned_is_told_where_not_all_of_it_has_scores(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("item_id,system,rater,rel\n1,A,r,2\n1,A,s,\n2,A,r,1\n")
    database = f"--database=sqlite:///{tmp_path / 'store.sqlite'}"
    cbt("import", "ratings", str(path), "--study", "small", database)
    _, out, _ = cbt("results", "--study", "small", database)
    assert out.startswith("study small: raters 1 of 2 assigned, questions 2, items 2\n")
    _, out, _ = cbt("results", "--study", "small", database, "--json")
    found = json.loads(out)
    assert (found["raters"], found["assigned"]["raters"], found["items"]) == (1, 2, 2)


def test_figures_that_say_little_say_so(live_study: Store) -> None:
    url = live_study.engine.url.render_as_string(hide_password=False)
    code, out, _ = cbt("results", "--study", "live", "--database", url)
    assert code == 0
    assert "the study is still open: these figures are preliminary" in out
    assert "an interval that leaves the scale rests on too few questions to be used" in out
    assert "-0.000" not in out
