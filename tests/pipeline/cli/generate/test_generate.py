"""`cbt generate`, as a person and a script see it, against a real server."""

import json
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from db.engine import Store
from db.tables import Detection, Response, Run, System
from db.turns import one_at_a_time
from pipeline.cli.main import main
from pipeline.prompts import library
from tests.batch_server import Course, batch_server
from tests.model_server import Answer, ModelServer, completion, model_server
from tests.pipeline import generated

KEY = "sk-test-7Qx0vJm2Lr"
PRICES = 'currency = "USD"\nas_of = 2026-01-31\n[models.gpt]\ninput = 3.0\noutput = 4.0\n'


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CBT_DATA", str(tmp_path))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("CBT_DATABASE_URL", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    (tmp_path / "prices.toml").write_text(PRICES, "utf-8")


@pytest.fixture
def asked(sqlite_store: Store) -> Store:
    """A store with three questions; it is where the command looks for one."""
    generated.add_questions(sqlite_store, 3)
    return sqlite_store


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server(generated.answered) as served:
        yield served


def cbt(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def generate(url: str, *more: str, system: str = "gpt4", model: str = "gpt") -> Result:
    return cbt("generate", "--system", system, "--model", model, "--base-url", url, *more)


def object_of(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def count(store: Store, table: type) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_script_gets_the_contract(asked: Store, server: ModelServer, tmp_path: Path) -> None:
    prices = str(tmp_path / "prices.toml")
    result = generate(server.url, "--prices", prices, "--json")
    assert result.exit_code == 0
    told = object_of(result)
    assert {
        key: told[key] for key in ("planned", "answered", "failed", "set_aside", "skipped")
    } == {
        "planned": 3,
        "answered": 3,
        "failed": 0,
        "set_aside": 0,
        "skipped": 0,
    }
    assert (told["tokens_in"], told["tokens_out"]) == (3_000, 1_500)
    assert told["cost"] == pytest.approx((3_000 * 3 + 1_500 * 4) / 1e6)
    assert told["seconds"] > 0
    assert (told["system"], told["model"], told["prompt"]) == ("gpt4", "gpt", "cbt-zh")
    assert (told["refused"], told["reasons"], told["stopped"]) == (0, {}, None)
    assert server.keys == {KEY}


def test_a_person_reads_how_it_went_and_that_there_is_nothing_more_to_do(
    asked: Store, server: ModelServer
) -> None:
    first = generate(server.url)
    assert first.stdout.splitlines()[0] == (
        "answers of gpt4 by gpt with the prompt cbt-zh: kept 3 of 3"
    )
    again = generate(server.url)
    assert again.exit_code == 0
    assert again.stdout.splitlines() == [
        "answers of gpt4 by gpt with the prompt cbt-zh: nothing to do, 3 already there"
    ]
    assert len(server.asked) == 3


def test_an_answer_is_stored_with_its_parts_and_what_it_names(
    asked: Store, server: ModelServer
) -> None:
    generate(server.url, "--source", "forum", "--limit", "1")
    with asked.reading() as session:
        response = session.scalars(select(Response)).one()
        detection = session.scalars(select(Detection)).one()
        system = session.scalars(select(System)).one()
        run = session.scalars(select(Run).where(Run.id == response.run_id)).one()
    assert response.status == "kept"
    texts = generated.parts_of(0)
    assert response.text == "\n\n".join(texts.values())
    assert {p["part"]: response.text[p["start"] : p["end"]] for p in response.parts or ()} == texts
    assert (response.tokens_in, response.tokens_out, response.cost) == (1_000, 500, None)
    assert (detection.detector, detection.presence) == ("generate:gpt4", "yes")
    assert detection.reasons == {"mind_reading": "“都在看我”是猜的"}
    assert (system.kind, system.configuration["output"]) == ("api", "schema")  # type: ignore[index]
    assert run.configuration["base_url"] == server.url


def stored_bytes(folder: Path) -> dict[str, bytes]:
    """What the store's files hold, but for SQLite's own index of who reads what."""
    return {p.name: p.read_bytes() for p in folder.iterdir() if not p.name.endswith("-shm")}


def test_a_dry_run_tells_calls_tokens_cost_and_time_and_does_nothing(
    asked: Store, server: ModelServer, tmp_path: Path
) -> None:
    before = stored_bytes(tmp_path)
    prices = str(tmp_path / "prices.toml")
    told = object_of(generate(server.url, "--prices", prices, "--dry-run", "--json"))
    assert (told["planned"], told["skipped"], told["calls"]["low"]) == (3, 0, 3)
    assert (told["measured"], told["currency"], told["as_of"]) == (0, "USD", "2026-01-31")
    for what in ("calls", "tokens_in", "tokens_out", "cost", "seconds"):
        assert 0 < told[what]["low"] < told[what]["high"]
    assert told["cost"]["high"] < told["most_cost"]
    assert told["most_tokens_out"] == 3 * 2_000
    assert server.asked == []
    assert stored_bytes(tmp_path) == before


def test_a_dry_run_goes_by_what_answers_took_before(asked: Store, server: ModelServer) -> None:
    generate(server.url, "--limit", "2")
    told = object_of(generate(server.url, "--dry-run", "--json", "--max-tokens", "4000"))
    assert (told["planned"], told["skipped"], told["measured"]) == (1, 2, 2)
    assert (told["spent_tokens"], told["spent_cost"], told["enough"]) == (3_000, None, False)
    assert told["tokens_out"] == {"low": 500, "high": 500}
    said = generate(server.url, "--dry-run").stdout
    assert "earlier runs of gpt4 took 3,000 tokens" in said
    assert "expected by what earlier replies took: 2" in said
    assert said.splitlines()[-1] == "nothing was asked, and nothing was stored"


BAD = {
    "an unknown prompt": (["--prompt", "nobody"], "there is no prompt nobody"),
    "an unknown source": (["--source", "nowhere"], "there is no source nowhere; there is forum"),
    "an unknown split": (["--split", "s", "--subset", "t"], "there is no split s"),
    "a price file without the model": (["--prices", "others.toml"], "has no price for gpt"),
    "a price file that is not there": (["--prices", "no.toml"], "no.toml cannot be read"),
    "a budget of nothing": (["--max-cost", "0", "--prices", "prices.toml"], "allows no call"),
    "a budget of no tokens": (["--max-tokens", "0"], "--max-tokens 0 allows no call"),
    "a budget without prices": (["--max-cost", "5"], "give --prices FILE"),
    "a prompt without its placeholders": (["--prompt", "empty.toml"], "{question}"),
    "a prompt for something else": (["--prompt", "distortions-zh"], "asks for no answers"),
    "more drawn than there is": (["--sample", "9"], "more than there is: 3 questions"),
    "a schema where there is none": (["--prompt", "plain-zh", "--output", "schema"], "no schema"),
    "a name of nothing": (["--system", " "], "a system needs a name"),
    "a budget without an end": (
        ["--max-cost", "inf", "--prices", "prices.toml"],
        "--max-cost inf is no limit",
    ),
    "an address that is empty": (["--base-url", ""], "'' is not the address of a server"),
    "a model without a name": (["--model", " "], "--model needs the name of a model"),
    "a key where its variable belongs": (["--key-variable", KEY], "in capitals, not the key"),
    "a key in the address": (
        ["--base-url", f"http://a:{KEY}@localhost/v1"],
        "more than an address",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_one_sentence_before_anything_is_spent(
    asked: Store,
    server: ModelServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    options, said = BAD[what]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "others.toml").write_text(PRICES.replace("gpt", "other"), "utf-8")
    shipped = library.find(None, "cbt-zh").text
    (tmp_path / "empty.toml").write_text(shipped.replace("{question}", ""), "utf-8")
    result = generate(server.url, *options, "--json")
    assert result.exit_code == 1
    error = object_of(result)["error"]
    assert said in error["message"]
    assert "\n" not in error["message"]
    assert KEY not in result.output
    assert server.asked == []
    assert count(asked, Run) == count(asked, System) == 0


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--temperature", "nan"),
        ("--top-p", "nan"),
        ("--timeout", "nan"),
        ("--timeout", "inf"),
        ("--answer-tokens", "99999999999"),
    ],
)
def test_a_number_that_is_none_is_wrong_usage(
    asked: Store, server: ModelServer, option: str, value: str
) -> None:
    result = generate(server.url, option, value)
    assert result.exit_code == 2
    assert f"Invalid value for '{option}'" in result.stderr
    assert count(asked, Run) == len(server.asked) == 0


REFUSALS = {
    "a wrong key": (
        Answer(status=401, body=json.dumps({"error": {"message": f"bad key {KEY}"}}).encode()),
        "does not take the key",
    ),
    "an unknown model": (
        Answer(
            status=404,
            body=json.dumps({"error": {"code": "model_not_found", "message": "no"}}).encode(),
        ),
        "has no such model",
    ),
    "an empty account": (
        Answer(status=429, body=json.dumps({"error": {"code": "insufficient_quota"}}).encode()),
        "no quota or money left",
    ),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_what_the_server_refuses_costs_one_call_and_makes_no_system(
    asked: Store, tmp_path: Path, what: str
) -> None:
    answer, said = REFUSALS[what]
    with model_server(lambda _body: answer) as server:
        result = generate(server.url, "--json")
    assert result.exit_code == 1
    assert said in object_of(result)["error"]["message"]
    assert len(server.asked) == 1
    assert count(asked, System) == count(asked, Response) == 0
    assert holds_the_key(tmp_path, result.output) == []


def holds_the_key(folder: Path, *printed: str) -> list[str]:
    """Say where the key can be read: in a file of the folder, or in what was printed."""
    files = [path.name for path in folder.rglob("*") if KEY.encode() in path.read_bytes()]
    return files + [text for text in printed if KEY in text]


def test_an_address_where_nobody_listens_is_one_sentence(asked: Store) -> None:
    result = generate("http://127.0.0.1:1/v1", "--tries", "1", "--json")
    assert result.exit_code == 1
    assert "127.0.0.1:1" in object_of(result)["error"]["message"]
    assert count(asked, System) == 0


def test_a_store_without_questions_says_so(sqlite_store: Store, server: ModelServer) -> None:
    result = generate(server.url, "--json")
    assert result.exit_code == 1
    assert "run 'cbt import questions FILE' first" in object_of(result)["error"]["message"]


def test_a_changed_configuration_is_refused_naming_what_differs(
    asked: Store, server: ModelServer
) -> None:
    generate(server.url, "--limit", "1", "--temperature", "0.7")
    changed = generate(server.url, "--temperature", "1", model="gpt-5")
    assert changed.exit_code == 1
    assert "model gpt → gpt-5" in changed.stderr
    assert "temperature 0.7 → 1.0" in changed.stderr
    assert len(server.asked) == 1
    other = generate(server.url, "--temperature", "1", system="other")
    assert other.exit_code == 0


def test_another_run_of_the_system_is_not_disturbed(asked: Store, server: ModelServer) -> None:
    held, done = threading.Event(), threading.Event()

    def other_run() -> None:
        with one_at_a_time(asked, "gpt4"):
            held.set()
            done.wait(10)

    other = threading.Thread(target=other_run)
    other.start()
    held.wait(10)
    refused = generate(server.url)
    done.set()
    other.join()
    assert refused.exit_code == 1
    assert "another run of gpt4 is going on" in refused.stderr
    assert server.asked == []


def test_without_the_extra_it_says_how_to_get_it(asked: Store, server: ModelServer) -> None:
    without = "import sys; sys.modules['openai'] = None\nfrom pipeline.cli.main import main; main()"
    command = ["generate", "--system", "a", "--model", "m", "--base-url", server.url]
    ended = subprocess.run(
        [sys.executable, "-c", without, *command], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "pip install 'cbt-annotate[generate]'" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_person_reads_what_the_server_said_and_what_it_did_not_say(asked: Store) -> None:
    def script(body: Mapping[str, Any]) -> Answer:
        if generated.number_of(body) == 1:
            return Answer(status=501, body=b'{"error": {"message": "no such verb"}}')
        answer = replace(generated.answered(body), usage=None)
        return replace(answer, body=completion(answer, "gpt-2024-07-18"))

    with model_server(script) as server:
        said = generate(server.url, "--tries", "1").stdout
    assert "failed, server: 1; the server had errors of its own" in said
    assert "\n  the last: the server 127.0.0.1" in said
    assert "failed with status 501; try again later (no such verb)\n" in said
    assert "who answered, as the server says: gpt-2024-07-18 (2)\n" in said
    assert "the server told no tokens of 2 of the replies" in said


def test_a_budget_is_never_exceeded_and_more_of_it_goes_on(
    asked: Store, server: ModelServer, tmp_path: Path
) -> None:
    prices = ["--prices", str(tmp_path / "prices.toml")]
    most = object_of(generate(server.url, *prices, "--dry-run", "--json"))["most_cost"]
    budget = str(most / 3 * 1.05)  # a call is far cheaper than what is reserved for it
    ended = generate(server.url, *prices, "--max-cost", budget, "--json")
    assert ended.exit_code == 3
    told = object_of(ended)
    assert told["stopped"] == "budget"
    assert (told["answered"], told["left"]) == (1, 2)
    assert told["cost"] <= float(budget)
    again = generate(server.url, *prices, "--max-cost", budget).stdout
    assert "earlier runs of this name took 1,500 tokens, 0.005 USD of it" in again
    more = generate(server.url, *prices, "--max-cost", str(most), "--json")
    assert more.exit_code == 0
    assert object_of(more)["skipped"] == told["answered"]
    assert len(server.asked) == 3
    tiny = generate(server.url, "--max-tokens", "10", system="poor")
    assert tiny.exit_code == 3
    assert "the budget ended it: 3 questions not asked" in tiny.stdout


def test_an_interrupted_run_says_how_it_goes_on_and_shows_the_key_nowhere(
    sqlite_store: Store, tmp_path: Path
) -> None:
    generated.add_questions(sqlite_store, 16)

    def slowly(body: Mapping[str, Any]) -> Answer:
        return replace(generated.answered(body), delay=0.05)

    with model_server(slowly) as server:
        command = ["generate", "--system", "gpt 4", "--model", "gpt", "--base-url", server.url]
        run = [sys.executable, "-m", "pipeline.cli.main"]
        interrupted = subprocess.Popen(
            [*run, *command, "--concurrency", "2"], stdout=PIPE, stderr=PIPE, text=True
        )
        while len(server.asked) < 5:
            assert interrupted.poll() is None
            time.sleep(0.005)
        interrupted.send_signal(signal.SIGINT)
        out, err = interrupted.communicate(timeout=20)
        assert interrupted.returncode == 130
        asked_before, stored = len(server.asked), count(sqlite_store, Response)
        assert stored == asked_before, "what was in flight is stored"
        assert f"interrupted: {16 - stored} questions not asked" in out
        how = shlex.split(err.split("go on with: ")[1])
        assert how == ["cbt", *command, "--concurrency", "2"]
        again = cbt(*how[1:])
        assert f"kept {16 - stored} of {16 - stored}, already there {stored}" in again.stdout
        assert len(server.asked) == 16
        assert server.keys == {KEY}
    assert holds_the_key(tmp_path, out, err, again.output) == []


def test_a_batch_is_sent_left_alone_and_collected_by_the_same_command(asked: Store) -> None:
    course = Course(states=("completed",))
    with batch_server(generated.answered, course) as server:
        sent = generate(server.url, "--batch", "--no-wait", "--json")
        assert sent.exit_code == 0
        told = object_of(sent)
        assert (told["planned"], told["answered"], told["out"], told["left"]) == (3, 0, 3, 0)
        changed = generate(server.url, "--temperature", "1")
        assert "temperature the server's own → 1.0" in changed.stderr
        live = generate(server.url)
        assert "nothing to do, 0 already there" in live.stdout
        assert "3 questions with the server in batch jobs" in live.stdout
        planned = object_of(generate(server.url, "--dry-run", "--batch", "--json"))
        assert (planned["planned"], planned["out"]) == (0, 3)
        assert "3 with the server in batch jobs" in generate(server.url, "--dry-run").stdout
        some = generate(server.url, "--batch", "--limit", "1", "--json")
        assert object_of(some)["answered"] == 3, "what was paid for is collected, whoever asks"
        assert len(server.bought) == 3
    with asked.reading() as session:
        texts = session.scalars(select(Response.text).order_by(Response.question_id)).all()
    assert texts == ["\n\n".join(generated.parts_of(n).values()) for n in range(3)]
    assert generate(server.url, "--no-wait").exit_code == 2
