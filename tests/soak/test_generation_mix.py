"""Generate answers from a server that goes wrong in every way: each question ends with a reason."""

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from db.attempt_tables import Attempt
from db.engine import Store
from db.tables import Response
from pipeline.calling.asking import Model
from pipeline.calling.work import Limits
from pipeline.generating.generate import run
from pipeline.generating.wanted import Generated, Generating
from tests import made_answers
from tests.mixed_server import WAYS, Mixed
from tests.model_server import model_server

# Two of five calls go wrong; those that make all calls wait, or one of them for long, are fewer.
RARE = {"limited": 0.001, "limited_until": 0.001, "limited_ms": 0.01, "hang": 0.004}
SHARES = {way: RARE.get(way, 0.022) for way in WAYS if way != "good"}


@pytest.fixture
def questions(request: pytest.FixtureRequest) -> int:
    """So many that they take 20,000 calls in `make soak`, and a sample in `make test`."""
    return 16_000 if request.config.getoption("--soak") else 120


def answered(body: object) -> str:
    return made_answers.content(made_answers.number_of(body))  # type: ignore[arg-type]


def generated(store: Store, mixed: Mixed, url: str, limits: Limits) -> Generated:
    config = Generating("gpt", Model("m-1", url), limits=limits)
    return run(store, config, key=None, tell=lambda _progress: None)


def test_every_question_ends_with_an_answer_or_a_reason(
    sqlite_store: Store, questions: int
) -> None:
    made_answers.add_questions(sqlite_store, questions)
    mixed = Mixed(answered, SHARES, seed=7)
    limits = Limits(concurrency=64, timeout_seconds=0.8, tries=2)
    with model_server(mixed) as server:
        first = generated(sqlite_store, mixed, server.url, limits)
        # What failed is asked again by the next run, and nothing else is.
        asked = len(server.asked)
        again = generated(sqlite_store, mixed, server.url, replace(limits, tries=6))
    assert asked > 1.2 * questions
    ways = {way for way in WAYS if questions * SHARES.get(way, 1.0) > 5}
    assert ways <= set(mixed.met), "every way was taken"
    assert first.planned == questions
    assert first.answered + first.set_aside + first.refused + first.failed == questions
    assert first.left == again.left == 0
    assert (first.stopped, again.stopped) == (None, None)
    assert first.answered > 0.6 * questions
    assert set(first.failures) <= {
        "connection", "cut_off", "malformed", "rate_limit", "server", "timeout"
    }  # fmt: skip
    assert again.planned == first.failed == sum(first.failures.values()) > 0
    assert again.failed < first.failed
    with sqlite_store.reading() as session:
        states = Counter(session.scalars(select(Attempt.state)))
        reasons = session.scalars(select(Response.reason).where(Response.status != "kept")).all()
        untold = session.scalar(
            select(func.count()).where(Attempt.state == "failed", Attempt.detail.is_(None))
        )
        stored = session.scalar(select(func.count()).select_from(Response))
    assert set(states) == {"answered", "failed"}
    # A call on a connection that the server has just closed never arrives.
    assert 0 <= first.calls + again.calls - len(server.asked) < 0.01 * questions
    assert sum(states.values()) == first.calls + again.calls
    assert all(reasons)
    assert untold == 0
    assert stored == questions - again.failed
