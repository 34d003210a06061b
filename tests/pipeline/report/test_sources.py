"""A figure's id leads to the command that computes it again, and to the rows behind it."""

import csv
import json
import shlex
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from db.engine import Store
from pipeline.cli.main import main
from pipeline.report.cells import interval_text
from pipeline.report.sources import Finding, Sources, pointer, resolved
from pipeline.report.study_report import ReportOf, run
from tests.pipeline.report.studies import imported_study, label_study, rating_study

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rows_of(figure: dict[str, Any], folder: Path) -> list[Row]:
    """The rows of a figure, chosen as a reader of the folder would."""
    wanted = {c: [v] if isinstance(v, str) else v for c, v in figure["rows"].items()}
    return [
        row
        for row in read(folder / figure["file"])
        if all(row[column] in kept for column, kept in wanted.items())
    ]


def agreement(rows: list[Row]) -> float:
    """The share of pairs of raters who gave an answer the same score, as a mean over answers."""
    scores = defaultdict(list)
    for row in rows:
        if row["value"]:
            scores[row["item"], row["system"]].append(row["value"])
    shares = [
        sum(a == b for a, b in pairs) / len(pairs)
        for given in scores.values()
        if (pairs := list(combinations(given, 2)))
    ]
    return sum(shares) / len(shares)


@pytest.fixture
def written(sqlite_store: Store, tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """A report's folder, and its figures by id."""
    systems, criteria = ("=A", "系统 B"), ("easy to read",)
    imported_study(sqlite_store, tmp_path, systems=systems, criteria=criteria, items=9)
    run(sqlite_store, ReportOf("paper", tmp_path / "out"))
    return tmp_path / "out", json.loads((tmp_path / "out/report.json").read_text("utf-8"))[
        "figures"
    ]


def test_means_shares_and_agreement_are_recomputed_from_the_rows_alone(
    written: tuple[Path, dict[str, Any]],
) -> None:
    folder, figures = written
    checked = 0
    for id_, figure in figures.items():
        if not figure["rows"]:
            continue
        rows = rows_of(figure, folder)
        values = [int(row["value"]) for row in rows if row["value"]]
        assert rows, id_
        if id_.startswith("t5.") and id_.endswith(".mean"):
            assert len(values) == figure["n"]
            assert sum(values) / len(values) == pytest.approx(figure["value"], abs=1e-12)
        elif ".share." in id_:
            level = int(id_.rpartition(".")[2])
            assert values.count(level) / len(values) == pytest.approx(figure["value"], abs=1e-12)
        elif id_.endswith("percent_agreement.identity"):
            assert agreement(rows) == pytest.approx(figure["value"], abs=1e-12)
        elif id_.startswith("differences.") and id_.endswith(".mean"):
            assert len(values) == figure["n"]
            means = [
                [int(row["value"]) for row in rows if row["system"] == system]
                for system in figure["rows"]["system"]
            ]
            first, other = (sum(each) / len(each) for each in means)
            assert first - other == pytest.approx(figure["value"], abs=1e-12)
        else:
            continue
        checked += 1
    assert checked == 2 + 2 * 3 + 1 + 1  # means, shares of 3 levels, agreement, difference


def test_every_command_gives_its_figures_again_at_their_place(
    written: tuple[Path, dict[str, Any]], sqlite_store: Store
) -> None:
    _, figures = written
    database = f"--database={sqlite_store.engine.url.render_as_string(hide_password=False)}"
    found: dict[str, Any] = {}
    for id_, figure in figures.items():
        command = figure["command"]
        if command not in found:
            done = CliRunner().invoke(main, [*shlex.split(command)[1:], database])
            found[command] = json.loads(done.stdout)
        assert resolved(found[command], at(found[command], figure["at"])) == figure["value"], id_
    assert {shlex.split(command)[1] for command in found} >= {"results", "agreement", "power"}


def at(whole: Any, path: str) -> Iterator[str | int]:
    """A JSON pointer's steps through this value, as RFC 6901 has them."""
    for step in path.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        place = int(key) if isinstance(whole, list) else key
        whole = whole[place]
        yield place


def test_an_interval_stands_with_its_number_and_a_refusal_with_its_reason() -> None:
    whole = {
        "a/b": {"value": 0.5, "low": 0.25, "high": 0.75, "level": 0.95, "method": "m"},
        "none": {"value": None, "code": "no_scores", "reason": "nobody gave a score"},
        "p": 0.04,
    }
    sources = Sources("pilot", "ratings.csv")
    finding = Finding("cbt results --study pilot --json", whole)
    told = sources.figure("x y", "about", finding, ("a/b",), rows=sources.rows(system="=A"), n=4)
    assert (told.id, told.at, told.low, told.n) == ("x_y", "/a~1b/value", 0.25, 4)
    assert told.rows == {
        "study": "pilot",
        "system": "'=A",  # as the CSV has it, where no spreadsheet runs it
        "is_repeat": "false",
        "is_calibration": "false",
    }
    assert interval_text(told) == "0.500 (0.250 to 0.750)"
    none = sources.figure("n", "about", finding, ("none",))
    assert (none.value, none.code, none.file, none.rows) == (None, "no_scores", "", {})
    assert interval_text(none) == "–"
    p = sources.figure("p", "about", finding, ("p",))
    assert (p.value, p.at, p.low) == (0.04, "/p", None)
    assert list(sources.told) == ["x_y", "n", "p"]


def test_a_pointer_escapes_what_a_pointer_must() -> None:
    assert pointer(("m~n", "a/b", 0)) == "/m~0n/a~1b/0"


def test_a_detectors_table_and_labellers_agreement_are_counted_from_the_rows_alone(
    sqlite_store: Store, tmp_path: Path
) -> None:
    label_study(sqlite_store)
    run(sqlite_store, ReportOf("labels", tmp_path / "out"))
    figures = json.loads((tmp_path / "out/report.json").read_text("utf-8"))["figures"]
    detected = rows_of(figures["t3.labels.lexicon.accuracy"], tmp_path / "out")
    assert len(detected) == figures["t3.labels.lexicon.accuracy"]["n"] == 8
    pairs = [(row["presence"], row["gold"]) for row in detected]
    for cell, pair in {"tp": ("yes", "yes"), "fp": ("yes", "no"), "fn": ("no", "yes")}.items():
        assert pairs.count(pair) == figures[f"t3.labels.lexicon.{cell}"]["value"]
    votes = defaultdict(set)
    for row in rows_of(figures["agreement.presence.percent_agreement.identity"], tmp_path / "out"):
        votes[row["item"]].add(row["presence"])
    alike = [len(presences) == 1 for presences in votes.values()]
    share = figures["agreement.presence.percent_agreement.identity"]["value"]
    assert sum(alike) / len(alike) == share == 1
    between = figures["t3.labels.lexicon.labellers.accuracy"]
    assert len(rows_of(between, tmp_path / "out")) == 2 * between["n"] == 16


def test_agreement_of_raters_with_themselves_is_recomputed_from_both_scores(
    sqlite_store: Store, tmp_path: Path
) -> None:
    rating_study(sqlite_store, questions=6, repeats=0.3, criteria=("helpfulness",))
    run(sqlite_store, ReportOf("pilot", tmp_path / "out"))
    figures = json.loads((tmp_path / "out/report.json").read_text("utf-8"))["figures"]
    figure = figures["repeats.helpfulness.all_raters.percent_agreement"]
    given = defaultdict(list)
    for row in rows_of(figure, tmp_path / "out"):
        given[row["question_id"], row["system"], row["rater"]].append(row["value"])
    twice = [values for values in given.values() if len(values) == 2]
    assert len(twice) == figure["n"]
    assert sum(a == b for a, b in twice) / len(twice) == pytest.approx(figure["value"])
