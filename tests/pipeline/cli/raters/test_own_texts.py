"""`cbt raters --own` as the app runs it for one rater."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from db.engine import Store
from db.tables import Study
from pipeline.cli.main import main


def own(store: Store, *options: str, study: str = "live", rater: str = "P-AAAA") -> tuple[int, str]:
    database = store.engine.url.render_as_string(hide_password=False)
    asked = ["raters", f"--study={study}", f"--own={rater}", f"--database={database}", *options]
    done = CliRunner().invoke(main, asked)
    return done.exit_code, done.stdout


def found(store: Store) -> dict[str, Any]:
    code, out = own(store, "--json")
    assert code == 0
    read: dict[str, Any] = json.loads(out)
    return read


def test_a_machine_reads_one_raters_own_scale_and_pace_and_nothing_of_others(
    live_study: Store,
) -> None:
    told = found(live_study)
    assert (told["judgements"], told["assigned"]) == (3, 5)
    # Judgements 1, 4 and 5 have a score, each after its number / 7 seconds.
    quartiles = {"n": 3, "lower": 2.5 / 7, "median": 4 / 7, "upper": 4.5 / 7}
    assert told["seconds"] == pytest.approx(quartiles)
    relevance = told["criteria"]["relevance"]
    assert relevance["counts"] == {"0": 0, "1": 2, "2": 1}
    assert relevance["share"]["2"] == pytest.approx(1 / 3)
    assert relevance["repeats"] == {"n": 1, "same": 1}
    assert relevance["others"]["code"] == "study_open"
    everything = json.dumps(told)
    for hidden in ("P-BBBB", "secret", "S1", "S2", "system"):
        assert hidden not in everything


def test_at_the_end_too_few_others_are_no_one_to_be_compared_with(live_study: Store) -> None:
    with live_study.writing() as session:
        session.execute(update(Study).values(status="closed"))
    assert found(live_study)["criteria"]["relevance"]["others"]["code"] == "few_others"


def test_a_person_reads_it_without_a_verdict(live_study: Store) -> None:
    code, out = own(live_study)
    assert code == 0
    assert "study live: 3 of 5 answers scored" in out
    assert "0: 0.0%, 1: 66.7%, 2: 33.3%" in out
    assert "1 of 1" in out
    assert "There is no right mix of scores" in out


def test_it_stands_alone_and_needs_a_rater_of_the_study(live_study: Store) -> None:
    assert own(live_study, "--model")[0] == 2
    code, out = own(live_study, "--json", rater="P-CCCC")
    assert (code, json.loads(out)["error"]["code"]) == (1, "not_known")
