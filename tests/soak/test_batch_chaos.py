"""Whatever a Batch API does, each question ends answered, set aside, refused or failed, once."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from db.columns import AttemptState
from db.engine import Store
from db.errors import NotCalled
from pipeline.calling.live import run as live
from pipeline.calling.prices import Price
from pipeline.calling.work import Called
from tests.batch_server import Course, batch_server, refused
from tests.model_server import Answer
from tests.pipeline.calling.answers import RUN_OF, add_questions, journal, runs, stored
from tests.pipeline.calling.batch.batched import Scripted, jobs, limits, run, work_on

QUESTIONS = 30
PRICE = Price(10.0, 20.0, "USD", batch=0.5)
TROUBLE = (
    Answer("…", finish_reason="length"),
    Answer("no JSON"),
    Answer("", usage=None),
    Answer(body=b'{"choices": []}'),
    refused(500, "server_error", "try again"),
    refused(429, "rate_limit_exceeded", "slow down"),
    refused(400, "content_filter", "filtered"),
    refused(400, "invalid_value", "odd"),
)
LINE = {"code": "invalid_request", "message": "odd"}
TOO_MUCH = {"code": "token_limit_exceeded", "message": "Enqueued token limit reached"}


@pytest.fixture
def seeds(request: pytest.FixtureRequest) -> range:
    return range(100 if request.config.getoption("--soak") else 1)


def spoiled(chance: random.Random) -> Callable[[list[str]], list[str]]:
    def spoil(lines: list[str]) -> list[str]:
        lines = [line for line in lines if chance.random() > 0.05]
        lines += [line for line in lines if chance.random() < 0.1]
        foreign = [json.dumps({"custom_id": chance.choice([None, "x", "0-q99-s0-first"])}), "{"]
        return lines + foreign * (chance.random() < 0.3)

    return spoil


def courses(chance: random.Random) -> Iterator[Course]:
    for _ in range(12):
        refusal = chance.choice([{**LINE, "line": chance.randint(1, 5)}, TOO_MUCH])
        end = chance.choice(["completed"] * 4 + ["expired", "cancelled", "failed"])
        states = ("validating", *["in_progress"] * chance.randrange(3), end)
        done = chance.randrange(QUESTIONS) if end != "completed" else None
        yield Course(states, done, (refusal,), spoiled(chance))
    yield Course()


def one_more(store: Store, url: str, chance: random.Random) -> Called:
    """Run once more, in one way or another."""
    if chance.random() < 0.2:
        wanted = limits(price=PRICE, concurrency=4)
        return live.run(
            store, work_on(store, url), run_of=RUN_OF, limits=wanted, key=None, tell=lambda _: None
        )
    return run(
        store,
        url,
        price=PRICE,
        wait=chance.random() < 0.5,
        max_cost=chance.choice([None, 0.05, 1.0]),
        job_requests=chance.choice([4, 11, 50_000]),
        tries=3,
    )


def test_whatever_happens_all_is_counted_and_nothing_bought_for_nothing(
    sqlite_store: Store, seeds: range
) -> None:
    store = sqlite_store
    add_questions(store, QUESTIONS)
    chance = random.Random(0)  # noqa: S311
    for seed in seeds:
        chance.seed(seed)
        with store.writing() as session:
            for table in ("response", "attempt", "batch_job", "run"):
                session.connection().exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608
        script = Scripted(
            {
                f"第{n}个问题": chance.choices(TROUBLE, k=chance.choice([0, 0, 1, 2, 4]))
                for n in range(QUESTIONS)
            }
        )
        with batch_server(script, *courses(chance)) as server:
            for _ in range(6):
                with suppress(NotCalled):  # all lines refused, or one request too much to wait
                    one_more(store, server.url, chance)
            script.answers.clear()
            server.courses = [Course()]
            for _ in range(3):
                run(store, server.url, price=PRICE)
            last = run(store, server.url, price=PRICE)
        assert last.run_id is None, seed
        assert len(stored(store)) == QUESTIONS
        check(store)


def check(store: Store) -> None:
    assert {job.state for job in jobs(store)} <= {"collected"}
    calls, told = journal(store), [one.counts or {} for one in runs(store)]
    states: Counter[AttemptState] = Counter(call.state for call in calls)
    assert not states["open"] + states["held"] + states["lost"]
    ended = ("kept", "set_aside", "refused")
    assert sum(counts[status] for counts in told for status in ended) == QUESTIONS
    assert sum(counts["tokens_in"] for counts in told) == sum(call.tokens_in for call in calls)
    cost = sum(one.cost or 0.0 for one in runs(store))
    assert cost == pytest.approx(sum(call.cost or 0.0 for call in calls))
    answered: Counter[str] = Counter(c.request_hash for c in calls if c.state == "answered")
    assert max(answered.values(), default=1) == 1, "no answer was bought twice"
