"""What we know of servers holds for one that others wrote."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from db.attempt_tables import Attempt
from db.engine import Store
from db.tables import Response, System
from pipeline.calling.asking import Model, Request, body
from pipeline.calling.replies import Fault, Reply
from pipeline.calling.server.server import connected
from pipeline.cli.main import main
from tests.outside_server import OutsideServer
from tests.pipeline import generated

SCHEMA = {"type": "object", "properties": {}, "additionalProperties": False, "required": []}
REQUEST = Request(1, ({"role": "user", "content": "我很难过。"},), max_tokens=16)


def told(server: OutsideServer, **changes: Any) -> Reply | Fault:
    """Return what one call gets, of which some settings are changed."""

    async def ask() -> Reply | Fault:
        async with connected(base_url=server.url, key=None) as connection:
            try:
                return await connection.ask({**asked, **changes}, timeout_seconds=60.0)
            except Fault as fault:
                return fault

    model = Model(server.model, server.url, temperature=0.7, top_p=0.9, seed=3, schema=SCHEMA)
    asked: Mapping[str, Any] = body(model, REQUEST)
    return asyncio.run(ask())


def test_all_that_we_send_is_taken_and_the_reply_is_read(outside: OutsideServer) -> None:
    got = told(outside)
    assert isinstance(got, Reply)
    assert got.content
    assert got.finish_reason == "length"
    assert got.usage is not None
    assert got.usage.tokens_out == 16
    # To this model each byte is a token: no model has more of them.
    assert 15 < got.usage.tokens_in <= REQUEST.most_tokens_in


def test_what_it_does_not_take_is_told(outside: OutsideServer) -> None:
    model = told(outside, model="another-model")
    assert isinstance(model, Fault)
    assert model.kind == "model"
    setting = told(outside, repetition_penalty=1.1)
    assert isinstance(setting, Fault)
    assert (setting.kind, setting.about) == ("bad_request", None)
    assert "repetition_penalty" in setting.message
    elsewhere = told(OutsideServer(outside.url.removesuffix("/v1"), outside.model))
    assert isinstance(elsewhere, Fault)
    assert "nothing at this base URL; check it, most end in /v1" in elsewhere.message


@pytest.fixture
def generate(
    sqlite_store: Store, outside: OutsideServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Run `cbt generate` for two questions."""
    monkeypatch.setenv("CBT_DATA", str(tmp_path))
    for name in ("CBT_DATABASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    generated.add_questions(sqlite_store, 2)

    def run(*more: str) -> Result:
        options = ["--system", "tiny", "--base-url", outside.url, "--answer-tokens", "16", *more]
        return CliRunner().invoke(main, ["generate", "--json", *options])

    return run


def test_a_model_that_answers_badly_gets_its_answers_set_aside_once(
    generate: Any, outside: OutsideServer, sqlite_store: Store
) -> None:
    first = generate("--model", outside.model)
    assert first.exit_code == 0, first.output
    found = json.loads(first.stdout)
    assert (found["planned"], found["set_aside"], found["failed"]) == (2, 2, 0)
    with sqlite_store.reading() as session:
        attempts = session.scalars(select(Attempt)).all()
        responses = session.scalars(select(Response)).all()
    # Each is cut off after its 16 tokens, and once more after 32.
    assert sorted(attempt.tokens_out for attempt in attempts) == [16, 16, 32, 32]
    assert found["tokens_in"] == sum(attempt.tokens_in for attempt in attempts)
    assert {response.status for response in responses} == {"set_aside"}
    kept = {attempt.content for attempt in attempts if attempt.tokens_out == 32}
    assert all(kept)
    again = json.loads(generate("--model", outside.model).stdout)
    assert (again["planned"], again["calls"], again["skipped"]) == (0, 0, 2)


def test_a_model_that_it_does_not_have_costs_nothing(generate: Any, sqlite_store: Store) -> None:
    result = generate("--model", "another-model")
    assert result.exit_code == 1
    error = json.loads(result.stdout)["error"]
    assert "has no such model for this key; check its name" in error["message"]
    with sqlite_store.reading() as session:
        assert session.scalars(select(System)).all() == []
