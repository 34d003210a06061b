"""`cbt infer`, as a person and a script see it, with a model here or behind a server."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from db.engine import Store
from db.tables import Response, Run, System
from models.records import asked_hash
from pipeline.cli.main import main
from pipeline.passages import passage
from tests.adapted import make_adapter
from tests.model_server import Answer, model_server
from tests.outside_server import OutsideServer
from tests.pipeline import generated
from tests.tiny_models import INSTRUCTION

GOOD = "1. 共情：我理解你。\n2. 策略：写下来。"


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    torch.set_num_threads(1)
    monkeypatch.setenv("CBT_DATA", str(tmp_path))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.delenv("CBT_DATABASE_URL", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


@pytest.fixture
def asked(sqlite_store: Store) -> Store:
    """A store with three questions; it is where the command looks for one."""
    generated.add_questions(sqlite_store, 3)
    return sqlite_store


@pytest.fixture(scope="module")
def adapter(tiny_qwen2: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter that has learned from the first question."""
    first = generated.asked()[0]
    seen = asked_hash(passage(f"{first['question']}（第0问）", first["description"]))
    return make_adapter(tmp_path_factory.mktemp("adapter"), tiny_qwen2, trained_on=[seen])


def cbt(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def infer(*more: str, system: str = "tuned") -> Result:
    return cbt("infer", "--system", system, *more)


def object_of(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_script_gets_the_contract_of_generate(asked: Store, adapter: Path) -> None:
    given = ("--adapter", str(adapter), "--seen", "--answer-tokens", "8", "--json")
    result = infer(*given)
    assert result.exit_code == 0
    told = object_of(result)
    first = ["planned", "answered", "failed", "set_aside", "skipped", "tokens_in", "tokens_out"]
    assert list(told)[:9] == [*first, "cost", "seconds"]
    assert (told["planned"], told["answered"] + told["set_aside"], told["cost"]) == (3, 3, None)
    assert told["tokens_out"] == 24
    assert (told["reasons"], told["stopped"]) == ({"no_room": 3}, None)
    again = object_of(infer(*given))
    assert (again["planned"], again["skipped"]) == (0, 3)


def test_a_person_reads_what_a_dry_run_knows_and_how_it_went(asked: Store, adapter: Path) -> None:
    given = ("--adapter", str(adapter), "--seen", "--answer-tokens", "8")
    planned = infer(*given, "--dry-run")
    lines = planned.stdout.splitlines()
    assert lines[0] == "answers of tuned by tiny: 3 to ask, 0 already there"
    assert lines[1] == f"instruction: {INSTRUCTION}"
    assert lines[-1] == "nothing was asked, and nothing was stored"
    with asked.reading() as session:
        assert not session.scalars(select(Run)).all()
    done = infer(*given)
    assert done.stdout.splitlines()[:2] == [
        "answers of tuned by tiny: kept 0 of 3, set aside 3",
        "not kept: no_room (3)",
    ]
    assert "for research only" in done.stdout


def test_what_the_model_has_seen_ends_it_in_one_sentence(asked: Store, adapter: Path) -> None:
    result = infer("--adapter", str(adapter))
    assert result.exit_code == 1
    assert result.stderr.startswith("cbt: 1 of these 3 questions are among those that the model")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "code", "why"),
    [
        ((), 2, "name one model: --backbone B"),
        (("--backbone", "b", "--model", "m"), 2, "name one model"),
        (("--model", "m", "--precision", "bf16"), 2, "--precision is for a model that is loaded"),
        (("--backbone", "no-such"), 1, "there is no base model 'no-such'"),
        (("--backbone", "/no/such"), 1, "there is no folder /no/such"),
        (("--backbone", ".", "--instruction", "a"), 1, "config.json"),
        (("--model", "m", "--base-url", "http://127.0.0.1:9"), 1, "give --instruction TEXT"),
        (("--backbone", "b", "--temperature", "nan"), 2, "nan is no number"),
        (("--backbone", "b", "--split", "paper"), 2, "--split and --subset go together"),
    ],
)
def test_wrong_use_is_told_before_anything_starts(
    asked: Store, given: tuple[str, ...], code: int, why: str
) -> None:
    result = infer(*given)
    assert result.exit_code == code
    assert why in result.stderr
    with asked.reading() as session:
        assert not session.scalars(select(System)).all()


def test_a_served_model_is_asked_the_same_and_its_answers_are_stored_the_same(
    asked: Store, adapter: Path
) -> None:
    bodies: list[Mapping[str, Any]] = []

    def answer(body: Mapping[str, Any]) -> Answer:
        bodies.append(body)
        at = generated.number_of(body)
        return Answer(GOOD, finish_reason="length" if at == 2 else "stop", usage=(90, 30))

    with model_server(answer) as server:
        given = ("--model", "cbt", "--base-url", server.url, "--adapter", str(adapter))
        assert infer(*given).exit_code == 1  # the model behind the server has seen one
        told = object_of(infer(*given, "--seen", "--json"))
    assert (told["planned"], told["answered"], told["set_aside"]) == (3, 2, 1)
    assert (told["tokens_in"], told["tokens_out"], told["calls"]) == (270, 90, 3)
    assert {body["temperature"] for body in bodies} == {0.0}
    (roles,) = {tuple(message["role"] for message in body["messages"]) for body in bodies}
    assert roles == ("system", "user")
    assert {body["messages"][0]["content"] for body in bodies} == {INSTRUCTION}
    with asked.reading() as session:
        system = session.scalars(select(System)).one()
        responses = session.scalars(select(Response)).all()
    assert system.kind == "api"
    assert (system.configuration or {})["adapter"]
    assert {each.status for each in responses} == {"kept", "set_aside"}
    assert [p["part"] for p in responses[0].parts or ()] == ["validation", "strategy"]


def test_a_server_that_is_not_ours_answers_too(asked: Store, outside: OutsideServer) -> None:
    result = infer(
        *("--model", outside.model, "--base-url", outside.url, "--instruction", INSTRUCTION),
        *("--answer-tokens", "8", "--limit", "2", "--json"),
    )
    assert result.exit_code == 0, result.stderr
    told = object_of(result)
    assert (told["planned"], told["answered"] + told["set_aside"]) == (2, 2)
    assert told["tokens_out"] > 0
