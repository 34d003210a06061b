"""`cbt raters` as a user runs it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from db.engine import Store, connect
from pipeline.cli.main import main
from tests.pipeline.planted_raters import ALIKE, DRIFTING, SEVERE, imported, rows


def cbt(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["raters", *arguments])
    return done.exit_code, done.stdout, done.stderr


def found(*arguments: str) -> dict[str, Any]:
    code, out, err = cbt(*arguments, "--json")
    assert (code, err) == (0, "")
    read: dict[str, Any] = json.loads(out)
    return read


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[str, str]:
    """The options that name a study with five raters whose habits are planted."""
    folder = tmp_path_factory.mktemp("planted")
    made = connect(f"sqlite:///{shutil.copy(sqlite_template, folder / 'store.sqlite')}")
    imported(made, folder, rows())
    made.engine.dispose()
    return "--study=planted", f"--database={made.engine.url.render_as_string(hide_password=False)}"


def test_a_person_reads_severity_drift_and_what_is_worth_a_look(planted: tuple[str, str]) -> None:
    code, out, _ = cbt(*planted, "--criterion=relevance", "--model", "--consensus")
    lines = out.splitlines()
    assert (code, lines[0]) == (0, "study planted: 5 raters, 3 criteria")
    against = next(line for line in lines if line.startswith("relevance  against others"))
    row = lines[lines.index(against) + 4].split()
    assert row[0] == SEVERE
    assert float(row[1]) < -0.5
    assert any(line.startswith("relevance: drift") for line in lines)
    assert any(line.startswith("all raters alike") and "<0.0001" in line for line in lines)
    assert f"where it is 2, {SEVERE} gives" in out
    assert f"worth a look: {DRIFTING} on relevance: scores against the others' moved by +" in out
    assert f"worth a look: {ALIKE}: scores on different criteria go together more" in out
    assert "They describe; nobody is tested" in out
    assert "structure" not in out
    assert "research only" in out


def test_a_machine_reads_every_figure_with_its_interval_and_method(
    planted: tuple[str, str],
) -> None:
    of = found(*planted, "--criterion=relevance", f"--rater={SEVERE}", "--model", "--consensus")
    (rater,) = of["raters"]
    assert (rater["rater"], rater["group"], rater["judgements"]) == (SEVERE, "therapist", 100)
    assert rater["seconds"]["median"] == 30
    assert [(pair["a"], pair["b"], pair["n"]) for pair in rater["halo"]["pairs"]] == [
        ("relevance", "structure", 100),
        ("relevance", "helpfulness", 100),
        ("structure", "helpfulness", 100),
    ]
    assert [note["code"] for note in rater["notes"]] == ["apart"]
    criterion = of["criteria"]["relevance"]
    (on,) = criterion["raters"]
    assert on["against_others"].keys() >= {"value", "low", "high", "level", "method", "n"}
    assert on["against_others"]["value"] == pytest.approx(
        on["against_others"]["mean"] - on["against_others"]["others_mean"]
    )
    assert sum(on["share"].values()) == pytest.approx(1)
    assert on["drift"]["position"]["trend_per_100_positions"]["low"] is not None
    assert on["drift"]["time"]["trend_per_day"]["low"] is not None
    assert on["with_themselves"]["percent_agreement"]["code"] == "no_repeats"
    assert -1 <= on["with_others"]["kappa_quadratic"]["value"] <= 1
    assert len(criterion["consensus"]["raters"]) == 5
    assert len(criterion["consensus"]["items"]) == 100
    assert sum(criterion["consensus"]["shares"].values()) == pytest.approx(1)
    assert {effect["rater"] for effect in criterion["model"]["raters"]} == {
        row["rater"] for row in criterion["consensus"]["raters"]
    }


def test_twice_gives_the_same_bytes(planted: tuple[str, str]) -> None:
    assert cbt(*planted, "--json") == cbt(*planted, "--json")


def test_tables_for_latex_and_a_picture(planted: tuple[str, str], tmp_path: Path) -> None:
    picture = tmp_path / "raters.svg"
    code, out, _ = cbt(*planted, "--criterion=structure", "--latex", f"--picture={picture}")
    assert code == 0
    assert out.count(r"\begin{tabular}") == out.count(r"\end{tabular}") == 2
    assert r"others' use of it" in out
    assert picture.read_text("utf-8").startswith("<?xml")
    code, _, err = cbt(*planted, f"--picture={tmp_path / 'raters.txt'}")
    assert (code, "does not say which kind of picture" in err) == (1, True)


def test_a_live_study_on_both_kinds_of_store(live_study: Store) -> None:
    url = live_study.engine.url.render_as_string(hide_password=False)
    code, out, _ = cbt("--study=live", f"--database={url}", "--consensus")
    assert code == 0
    assert "the study is still open: who rates in it should not see this" in out
    assert "nothing: no item has answers of three raters" in out
    assert '"-" stands where 3 questions are too few for a 90% interval, 5 would be enough' in out
    assert '"-" stands where 3 answers are too few for a 90% interval, 5 would be enough' in out
    assert "secret" not in out


def test_one_rater_without_order_or_seconds_is_told_what_would_be_enough(
    sqlite_store: Store, tmp_path: Path
) -> None:
    alone = [row for row in rows(order=False, seconds=False) if row["rater"] == SEVERE]
    imported(sqlite_store, tmp_path, alone)
    url = f"--database={sqlite_store.engine.url.render_as_string(hide_password=False)}"
    code, out, _ = cbt("--study=planted", url, "--model")
    assert code == 0
    assert "one rater only: severity, drift and halo need a second one" in out
    assert '"-" stands where nobody else scored the same answers' in out
    assert '"-" stands under fast where the seconds are not known' in out
    assert "drift  first third" not in out
    of = found("--study=planted", url)
    (rater,) = of["raters"]
    assert (rater["seconds"]["value"], rater["seconds"]["code"]) == (None, "no_seconds")
    on = of["criteria"]["relevance"]["raters"][0]
    assert on["drift"]["position"]["change"]["code"] == "no_others"
    assert of["criteria"]["relevance"]["consensus"]["code"] == "few_raters"


@pytest.mark.parametrize(
    ("option", "code"), [("--study=none", "not_known"), ("--rater=P-NONE", "not_known")]
)
def test_what_is_not_there_is_a_known_error(
    planted: tuple[str, str], option: str, code: str
) -> None:
    done, out, _ = cbt(*planted, option, "--json")
    assert (done, json.loads(out)["error"]["code"]) == (1, code)
