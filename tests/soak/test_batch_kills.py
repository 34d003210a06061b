"""Kill a run through the Batch API at every step: nothing is lost, nothing is bought twice."""

import os
import random
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from multiprocessing.process import BaseProcess

import pytest

from db.engine import Store
from db.tables import Question
from tests.batch_server import BatchServer, Course, batch_server
from tests.model_server import Answer
from tests.pipeline.calling.answers import stored
from tests.pipeline.calling.batch.batched import Scripted, jobs, states
from tests.pipeline.calling.batch.killed import gone_on, running

QUESTIONS = 4
STEPS = 24  # about as many as there are of each kind: a sample is drawn from them


@pytest.fixture
def points(request: pytest.FixtureRequest) -> Iterator[int]:
    """At which steps to kill: each of them in `make soak`, a sample in `make test`."""
    if request.config.getoption("--soak"):
        return count(1)
    return iter(sorted(random.Random(request.node.name).sample(range(1, STEPS), 2)))  # noqa: S311


@dataclass
class Killer:
    """Kills a process when the server meets its nth request: before it is handled, or after."""

    left: int
    process: BaseProcess | None = None

    def meet(self, _when: str, _call: str) -> None:
        self.left -= 1
        if self.left == 0 and self.process is not None:
            os.kill(self.process.pid or 0, signal.SIGKILL)


def ask_more(store: Store, round_: int, script: Scripted) -> None:
    """Add questions, one of which needs more room and then a repair."""
    with store.writing() as session:
        session.add_all(
            Question(source=f"{round_}", external_id=str(n), text=f"第{round_}-{n}个问题")
            for n in range(QUESTIONS)
        )
    script.answers[f"第{round_}-0个问题"] = [Answer("…", finish_reason="length"), Answer("no JSON")]


def check(store: Store, server: BatchServer, rounds: int) -> None:
    assert server.asked_again() == [], "nothing was bought twice"
    assert len(stored(store)) == rounds * QUESTIONS, "nothing was lost"
    assert {status for _, status, *_ in stored(store).values()} == {"kept"}
    assert len(server.bought) == rounds * (QUESTIONS + 2)
    assert states(store) == {"answered": len(server.bought)}
    assert {job.state for job in jobs(store)} <= {"collected", "failed"}


def test_a_run_killed_at_any_commit_goes_on_where_it_was(
    store: Store, store_url: str, points: Iterator[int]
) -> None:
    script = Scripted()
    with batch_server(script, Course(("in_progress", "completed"))) as server:
        for rounds, point in enumerate(points, start=1):
            ask_more(store, rounds, script)
            process = running(store_url, server.url, die_at=point)
            process.join(60)
            gone_on(store, server.url)
            check(store, server, rounds)
            if process.exitcode == 0:
                assert rounds > 20, "it was killed often"
                break


def test_a_run_killed_at_any_request_goes_on_where_it_was(
    store: Store, store_url: str, points: Iterator[int]
) -> None:
    script = Scripted()
    with batch_server(script, Course(("in_progress", "completed"))) as server:
        for rounds, point in enumerate(points, start=1):
            ask_more(store, rounds, script)
            killer = Killer(point)
            server.meet = killer.meet
            process = killer.process = running(store_url, server.url)
            process.join(60)
            server.meet = lambda _when, _call: None
            gone_on(store, server.url)
            check(store, server, rounds)
            if process.exitcode == 0:
                assert rounds > 20, "it was killed often"
                break
