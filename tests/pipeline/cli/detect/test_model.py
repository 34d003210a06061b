"""`cbt detect --method model`, as a person and a script see it, killed and gone on with too."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from db.attempt_tables import Attempt
from db.engine import Store
from db.tables import Detection
from pipeline.cli.main import main
from tests.model_server import Answer, ModelServer, model_server
from tests.pipeline.looked import MIND, OVER, add_texts, sensible, stored

KEY = "sk-do-not-show"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server(sensible) as served:
        yield served


@pytest.fixture
def database(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> str:
    """The option that names a store with three questions, and a system's answers to them."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    add_texts(sqlite_store)
    return f"--database={sqlite_store.engine.url}"


def cbt(*arguments: str) -> Result:
    return CliRunner().invoke(main, ("detect", "--method", *arguments))


def test_a_script_gets_the_contract(database: str, server: ModelServer) -> None:
    result = cbt("model", "--model", "m", "--base-url", server.url, database, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found.pop("seconds") > 0
    assert found == {
        "detector": "m", "model": "m", "prompt": "distortions-zh", "output": "schema",
        "of": "responses", "read": 3, "known": 0, "planned": 3, "added": 3, "failed": 0, "left": 0,
        "present": 2, "cannot_tell": 0, "labels": {OVER: 1, MIND: 1}, "quotes_dropped": 1,
        "calls": 3, "tokens_in": 300, "tokens_out": 150, "cost": None, "currency": None,
        "reasons": {}, "failures": {}, "stopped": None, "run": 1, "out": 0, "notes": [],
        "last_failures": {}, "models": {"m": 3}, "tokens_untold": 0, "given_up": 0,
        "earlier_tokens": 0, "earlier_cost": None,
    }  # fmt: skip
    assert server.keys == {KEY}
    assert server.asked[0]["temperature"] == 0
    path = Path(database.removeprefix("--database=sqlite:///"))
    assert KEY.encode() not in b"".join(file.read_bytes() for file in path.parent.glob("store*"))


def test_a_person_reads_what_was_found_what_it_took_and_what_failed(
    database: str, server: ModelServer
) -> None:
    asked = ("model", "--model", "m", "--base-url", server.url, database)
    lines = cbt(*asked, "--of", "questions", "--detector", "判断").stdout.splitlines()
    about = "questions looked at by 判断 with the prompt distortions-zh"
    assert lines[:2] == [
        f"{about}: read 3, added 3, already known 0",
        "questions that show a distortion: 2",
    ]
    assert "overgeneralization  过度概括  1" in lines
    assert "quotes left out, as they do not stand in the text: 1" in lines
    assert next(line for line in lines if line.startswith("3 calls, 300 tokens in, 150 out, "))
    again = cbt(*asked, "--of", "questions", "--detector", "判断").stdout.splitlines()[0]
    assert again.endswith("read 3, added 0, already known 3 (nothing to do)")


def test_what_fails_ends_with_exit_code_3_and_says_what_to_do(database: str) -> None:
    def script(body: Mapping[str, Any]) -> Answer:
        return Answer("我不知道。") if "还有两章没看" in str(body["messages"]) else sensible(body)

    with model_server(script) as server:
        result = cbt(
            "model", "--model", "m", "--base-url", server.url, "--output", "text", database
        )
    assert result.exit_code == 3
    assert "added 2, already known 0, failed 1" in result.stdout
    assert "a failed one counts as not looked at; run the same command again" in result.stdout
    assert "no finding could be kept: the reply holds no finding (1)" in result.stdout


def test_a_dry_run_tells_the_cost_and_asks_nothing(
    database: str, server: ModelServer, tmp_path: Path, sqlite_store: Store
) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('currency = "USD"\n[models."m"]\ninput = 1.0\noutput = 2.0\n', "utf-8")
    options = ("model", "--model", "m", "--base-url", server.url, database, "--dry-run")
    found = json.loads(cbt(*options, "--prices", str(prices), "--json").stdout)
    assert (found["dry_run"], found["planned"], found["known"]) == (True, 3, 0)
    assert 0 < found["cost"]["low"] < found["cost"]["high"] < found["most_cost"]
    told = cbt(*options).stdout
    assert "answers for m with the prompt distortions-zh: to look at 3, already known 0" in told
    assert "expected by a rule of thumb" in told
    assert "takes" not in found
    assert server.asked == []
    assert stored(sqlite_store) == []


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("model",), "--method model needs --model"),
        (("lexicon", "--model", "m"), "--model goes with --method model"),
        (("lexicon", "--of", "questions"), "--of goes with --method model"),
        (("lexicon", "--dry-run"), "--dry-run goes with --method model"),
    ],
)
def test_options_of_the_other_method_are_wrong_usage(
    database: str, options: tuple[str, ...], why: str
) -> None:
    result = cbt(*options, database)
    assert (result.exit_code, why in result.stderr) == (2, True)


def test_a_wrong_key_costs_one_call_and_binds_no_name(
    database: str, server: ModelServer, sqlite_store: Store
) -> None:
    said = b'{"error": {"message": "Incorrect API key provided: sk-do-not-show"}}'
    with model_server(lambda _: Answer(status=401, body=said)) as refusing:
        result = cbt("model", "--model", "m", "--base-url", refusing.url, database)
    assert (result.exit_code, len(refusing.asked)) == (1, 1)
    assert "does not take the key" in result.stderr
    assert KEY not in result.stdout + result.stderr
    other = cbt("model", "--model", "n", "--detector", "m", "--base-url", server.url, database)
    assert other.exit_code == 0


def test_a_killed_run_goes_on_and_buys_no_finding_again(database: str, sqlite_store: Store) -> None:
    add_texts(sqlite_store, system="B", source="r")
    add_texts(sqlite_store, system="C", source="s")

    def slow(body: Mapping[str, Any]) -> Answer:
        return replace(sensible(body), delay=0.15)

    with model_server(slow) as server:
        words = ["detect", "--method", "model", "--model", "m", "--base-url", server.url,
                 "--concurrency", "2", database]  # fmt: skip
        command = [sys.executable, "-m", "pipeline.cli.main", *words]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while len(stored(sqlite_store)) < 3 and process.poll() is None:
            time.sleep(0.02)
        process.kill()
        process.wait()
        kept = len(stored(sqlite_store))
        asked = len(server.asked)
        assert 3 <= kept < 9
        result = CliRunner().invoke(main, [*words, "--json"])
        assert result.exit_code == 0
        assert len(server.asked) - asked == 9 - kept
    found = json.loads(result.stdout)
    assert (found["known"], found["added"], found["present"]) == (kept, 9 - kept, 6)
    with sqlite_store.reading() as session:
        states = dict(session.execute(
            select(Attempt.state, func.count()).group_by(Attempt.state)
        ).all())  # fmt: skip
        one_each = select(func.count(func.distinct(Detection.response_id)))
        assert session.scalar(one_each) == len(stored(sqlite_store)) == 9
    assert states["answered"] == 9
    assert states.get("open", 0) == 0
