"""`cbt score` as a user runs it: in words, as JSON, and with wrong wishes."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from db.engine import Store
from pipeline.cli.main import main
from pipeline.cli.score.texts import progress
from pipeline.scoring.wanted import Progress
from tests.pipeline.scoring.answered import CLOSE, FAR, REFERENCES, fill

FEW = ("--metric=chrf", "--metric=length", "--resamples=200")


def cbt(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ("score", *arguments))
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def database(sqlite_store: Store) -> str:
    """The option that names a store with a reference and two systems, one with a gap."""
    fill(sqlite_store, {"psyqa": REFERENCES, "甲": CLOSE, "far": [*FAR[:7], None]})
    return f"--database={sqlite_store.engine.url}"


def test_one_system_has_its_interval_under_each_metrics_name(database: str) -> None:
    code, out, err = cbt(database, "--system=甲", "--reference=psyqa", *FEW, "--json")
    found: dict[str, Any] = json.loads(out)
    assert (code, err, found["n"]) == (0, "", 8)
    chrf = found["metrics"]["chrf"]
    assert {"value", "low", "high", "level", "method", "signature"} <= set(chrf)
    assert chrf["low"] < chrf["value"] < chrf["high"]
    assert chrf["signature"].startswith("chrF2|")
    assert chrf["method"] == "bootstrap BCa, 200 resamples of questions, seed 0"
    assert (chrf["systems"][0]["system"], chrf["differences"]) == ("甲", [])


def test_several_systems_stand_side_by_side_with_their_differences(database: str) -> None:
    wanted = ("--system=甲", "--system=far", "--reference=psyqa", *FEW, "--seed=5")
    code, out, _ = cbt(database, *wanted, "--json")
    found: dict[str, Any] = json.loads(out)
    chrf = found["metrics"]["chrf"]
    assert (code, found["n"], found["family"]) == (0, 7, {"tests": 2, "method": "Holm"})
    assert "value" not in chrf
    assert [(each["system"], each["n"]) for each in chrf["systems"]] == [("甲", 8), ("far", 7)]
    (difference,) = chrf["differences"]
    assert (difference["a"], difference["b"], difference["n_pairs"]) == ("甲", "far", 7)
    assert 0 < difference["p"] <= difference["p_holm"] <= 1
    code, out, _ = cbt(database, *wanted)
    assert code == 0
    assert "2 systems against psyqa: 7 questions in common, texts in Chinese" in out
    assert "only the differences are of common ones" in out
    assert "甲 − far" in out
    assert "Holm over 2 tests" in out
    assert "scores: 0 computed, 30 known" in out


def test_a_difference_without_an_interval_says_why(sqlite_store: Store) -> None:
    fill(sqlite_store, {"甲": CLOSE, "乙": CLOSE[::-1], "丙": [*CLOSE[:7], None]})
    option = f"--database={sqlite_store.engine.url}"
    wanted = ("--system=甲", "--metric=length", "--resamples=200")
    _, out, _ = cbt(option, *wanted, "--system=乙")
    assert "answer the same questions" not in out
    _, out, _ = cbt(option, *wanted, "--system=丙")
    assert "the figure is the same in all resamples, so how it varies cannot be told" in out
    assert "not all systems answer the same questions" in out


def test_a_metric_that_was_asked_for_and_cannot_run_ends_with_3(database: str) -> None:
    wanted = ("--system=甲", "--reference=psyqa", "--metric=bleurt", "--metric=length")
    code, out, _ = cbt(database, *wanted, "--json")
    found: dict[str, Any] = json.loads(out)["metrics"]
    assert code == 3
    assert (found["bleurt"]["value"], found["bleurt"]["code"]) == (None, "not_available")
    assert "--bleurt-model" in found["bleurt"]["reason"]
    assert found["length"]["n"] == 8
    code, out, _ = cbt(database, "--system=甲")
    assert code == 0
    assert "not run: BLEU; METEOR; chrF; " in out
    assert "it needs a reference; name one by --reference" in out


def test_jurys_figures_are_shown_with_what_is_wrong_with_them(database: str) -> None:
    wanted = ("--system=甲", "--reference=psyqa", *FEW, "--compatible=jury")
    code, out, _ = cbt(database, *wanted)
    assert code == 0
    assert "Jury 2.3.1" in out
    assert "its CHRF is that of one answer alone; none of this is stored" in out
    found = json.loads(cbt(database, *wanted, "--json")[1])["jury"]
    assert (found["stored"], found["systems"][0]["chrf_of_question"]) == (False, "q0")


@pytest.mark.parametrize(
    ("wanted", "code", "words"),
    [
        (("--system=甲", "--reference=甲"), 1, "cannot be its own reference"),
        (("--system=乙", "--reference=psyqa"), 1, "there is no system 乙"),
        (("--system=甲", "--system=甲"), 2, "names a system twice"),
        (("--system=甲", "--compatible=jury"), 2, "--compatible jury needs --reference"),
        (("--system=甲", "--reference=psyqa", "--metric=blue"), 2, "'blue' is not one of"),
        (("--system=甲", "--reference=psyqa", "--split=x"), 2, "go together"),
        (("--system=甲", "--reference=psyqa", "--source=x"), 1, "there is no source x"),
        (("--system=甲", "--resamples=3"), 2, "--resamples"),
        (("--reference=psyqa",), 2, "--system"),
    ],
)
def test_wrong_wishes_get_one_sentence(
    database: str, wanted: tuple[str, ...], code: int, words: str
) -> None:
    found, out, err = cbt(database, *wanted)
    assert (found, out) == (code, "")
    assert words in err


def test_progress_names_the_metric_that_is_computed() -> None:
    assert progress(Progress("bleu", 200, 8_932)) == "scores: 200 of 8,932, now BLEU"
