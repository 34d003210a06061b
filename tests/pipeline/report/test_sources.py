"""A figure's id leads to the command that computes it again, and to the rows behind it."""

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
from tests.pipeline.report.studies import Row, imported_study, rows_of

Written = tuple[Path, dict[str, Any]]


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


@pytest.fixture(scope="module")
def written(shared_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """A report's folder, and its figures by id."""
    folder = tmp_path_factory.mktemp("sources")
    systems, criteria = ("=A", "系统 B"), ("easy to read",)
    options = {"name": "easy", "systems": systems, "criteria": criteria, "items": 9}
    imported_study(shared_store, folder, **options)
    run(shared_store, ReportOf("easy", folder / "out"))
    whole = json.loads((folder / "out/report.json").read_text("utf-8"))
    return folder / "out", whole["figures"]


def test_means_shares_and_agreement_are_recomputed_from_the_rows_alone(
    written: Written,
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
    written: Written, shared_store: Store
) -> None:
    _, figures = written
    database = f"--database={shared_store.engine.url.render_as_string(hide_password=False)}"
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
