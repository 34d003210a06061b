"""`cbt results --metrics`: automatic metrics beside people's scores, as the report has them."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from db.engine import Store
from pipeline.cli.main import main
from tests.conftest import connect
from tests.pipeline.report.sections.test_metrics import add_reference, add_scores, section
from tests.pipeline.report.studies import CRITERIA, rating_study

NEITHER = "assert not {'torch', 'transformers', 'sacrebleu'} & set(sys.modules)"


def cbt(store: Store, *arguments: str) -> tuple[int, str, str]:
    url = store.engine.url.render_as_string(hide_password=False)
    done = CliRunner().invoke(main, ["results", "--study", "pilot", "--database", url, *arguments])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Store]:
    """A study with two metrics' scores, which no test changes; people agree with neither metric."""
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("scored") / "store.sqlite")
    store = connect(f"sqlite:///{path}")
    rating_study(store, questions=8)
    add_reference(store)
    add_scores(store, metric="length", signature="length|unit", value=lambda n: n * n % 11.0)
    add_scores(
        store,
        metric="rouge-l",
        signature="ROUGE-L|f:1",
        value=lambda n: n % 5 / 5,
        leave_out=2,
    )
    yield store
    store.engine.dispose()


def test_the_report_names_where_each_of_its_correlations_stands_in_the_json(scored: Store) -> None:
    code, out, _ = cbt(scored, "--metrics", "--json")
    assert code == 0
    whole = json.loads(out)
    context, _ = section(scored)
    told = [each for id_, each in context.sources.told.items() if id_.startswith("metrics.")]
    assert len(told) == 2 * len(CRITERIA) * 2 * 3
    for source in told:
        found: Any = whole
        for step in source.at.strip("/").split("/"):
            found = found[int(step) if step.isdigit() else step]
        assert found == source.value
        assert source.command == "cbt results --study pilot --metrics --json"


def test_the_json_says_of_which_metric_and_how_many_answers(scored: Store) -> None:
    whole = json.loads(cbt(scored, "--metrics", "--json")[1])
    first, length = whole["metrics"]
    assert (first["metric"], first["signature"], first["reference"]) == (
        "rouge-l",
        "ROUGE-L|f:1",
        "chatgpt",
    )
    found = length["criteria"]["relevance"]
    assert (found["n"], found["questions"], found["systems"], found["without"]) == (16, 8, 2, 0)
    assert first["criteria"]["relevance"]["without"] == 2
    interval = found["pooled"]["spearman"]
    assert interval["low"] <= interval["value"] <= interval["high"]


def test_a_person_reads_spearman_within_and_over_all_and_what_they_are(scored: Store) -> None:
    code, out, _ = cbt(scored, "--metrics")
    assert code == 0
    assert "relevance: Spearman with" in out
    assert "a metric that only tells systems apart" in out
    assert "no metric can reach 1; nothing is tested" in out
    assert "ROUGE-L: ROUGE-L|f:1; 2 answers without a value" in out
    assert "study pilot: raters 3" in out


def test_a_group_of_raters_has_its_own(scored: Store) -> None:
    one = json.loads(cbt(scored, "--metrics", "--json", "--group", "therapist")[1])
    everyone = json.loads(cbt(scored, "--metrics", "--json")[1])
    values = [
        each["metrics"][1]["criteria"]["relevance"]["pooled"]["pearson"]["value"]
        for each in (one, everyone)
    ]
    assert values[0] != values[1]


def test_before_unblinding_it_says_what_to_do(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=4, unblinded=False)
    code, _, said = cbt(sqlite_store, "--metrics")
    assert (code, "run 'cbt study unblind' first" in said) == (1, True)
    assert cbt(sqlite_store)[0] == 0  # means by code are not withheld


def test_without_scores_it_names_the_command_that_makes_them(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=4)
    code, _, said = cbt(sqlite_store, "--metrics")
    assert code == 1
    assert "the systems of pilot have no automatic scores; run 'cbt score" in said


def test_neither_it_nor_the_report_loads_what_computes_metrics() -> None:
    code = f"import sys, pipeline.report.findings, pipeline.cli.results.with_metrics; {NEITHER}"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
