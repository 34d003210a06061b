"""Kill the generation of answers at any moment: none is lost, and none is bought twice."""

import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db.attempt_tables import Attempt
from db.engine import Store, connect
from db.tables import Detection, Question, Response
from pipeline.calling.asking import Model, request_hash
from pipeline.calling.work import Limits
from pipeline.generating.generate import run
from pipeline.generating.wanted import Generating
from tests import made_answers
from tests.model_server import Answer, ModelServer, model_server
from tests.soak.generating_process import started

CONCURRENCY = 16
CONFIG = Generating("gpt", Model("m-1"), limits=Limits(concurrency=CONCURRENCY))
Body = Mapping[str, Any]


@dataclass(frozen=True)
class Size:
    questions: int
    kills: int


@pytest.fixture
def size(request: pytest.FixtureRequest) -> Size:
    """A sample in `make test`; in `make soak` as often as it was promised."""
    return Size(2000, 100) if request.config.getoption("--soak") else Size(60, 2)


def script(body: Body) -> Answer:
    """Answer by the question alone: most well, some cut off or without a part at first."""
    number, repair = made_answers.number_of(body), len(body["messages"]) > 4
    good = made_answers.content(number)
    if number % 7 == 3 and body["max_tokens"] == CONFIG.answer_tokens:
        return Answer(good[:60], finish_reason="length", delay=0.004)
    if number % 7 == 5 and (not repair or number % 2):
        missing = made_answers.content(number, parts=made_answers.PARTS[:4])
        return Answer(missing, delay=0.004)
    return Answer(good, delay=0.004)


@dataclass
class Killed:
    """A store whose run is killed again and again; what must be so is looked at each time."""

    store: Store
    server: ModelServer
    chance: random.Random
    asked: int = 0
    bought: set[str] = field(default_factory=set)
    answers: dict[str, Any] = field(default_factory=dict)

    def begin(self) -> BaseProcess:
        model = replace(CONFIG.model, base_url=self.server.url)
        url = self.store.engine.url.render_as_string(hide_password=False)
        return started(url, replace(CONFIG, model=model))

    def kill(self, most: int) -> bool:
        """Begin a run and kill it at some moment; return whether it was alive until then."""
        process = self.begin()
        until = len(self.server.asked) + self.chance.randrange(1, most)
        while len(self.server.asked) < until and process.is_alive():
            time.sleep(0.001)
        time.sleep(self.chance.uniform(0, 0.03))
        process.kill()
        process.join()
        self.look()
        assert process.exitcode in (0, -signal.SIGKILL)
        return process.exitcode != 0

    def look(self) -> None:
        asked = [request_hash(body) for body in self.server.asked[self.asked :]]
        again = self.bought.intersection(asked)
        assert not again, f"{len(again)} answers that the journal held were bought again"
        states = {row.request_hash: row.state for row in attempts(self.store)}
        bought = {hash_ for hash_, state in states.items() if state in ("answered", "held")}
        assert self.bought <= bought, "what was bought stays in the journal"
        answers = rows(self.store)
        lost = [id_ for id_, row in self.answers.items() if answers.get(id_) != row]
        assert lost == [], "what was answered stays as it was"
        in_flight = sum(state == "open" for state in states.values())
        assert len(set(asked) - bought) <= in_flight, "a kill loses what is in flight, and no more"
        assert in_flight <= 4 * CONCURRENCY
        self.bought, self.answers, self.asked = bought, answers, len(self.server.asked)


def attempts(store: Store) -> list[Attempt]:
    with store.reading() as session:
        return list(session.scalars(select(Attempt)))


def rows(store: Store) -> dict[str, Any]:
    """Return all that a reader of the store sees of each answer, but its run and its moment."""
    columns = (Response.text, Response.parts, Response.status, Response.reason)
    tokens = (Response.tokens_in, Response.tokens_out)
    found = (Detection.detector, Detection.presence, Detection.labels, Detection.reasons)
    query = select(Question.external_id, *columns, *tokens, *found)
    query = query.join(Response, Response.question_id == Question.id)
    query = query.outerjoin(Detection, Detection.response_id == Response.id)
    with store.reading() as session:
        return {id_: repr(row) for id_, *row in session.execute(query)}


def test_runs_that_are_killed_at_any_moment_end_as_if_they_were_not(
    sqlite_store: Store, tmp_path: Path, size: Size
) -> None:
    made_answers.add_questions(sqlite_store, size.questions)
    sqlite_store.engine.dispose()
    chance = random.Random(20240324)  # noqa: S311
    with model_server(script) as server:
        model = replace(CONFIG.model, base_url=server.url)
        whole = connect(f"sqlite:///{shutil.copy(sqlite_store.name, tmp_path / 'whole.sqlite')}")
        run(whole, replace(CONFIG, model=model), key=None, tell=lambda _progress: None)
        calls = len(server.asked)
        kills = stores = 0
        while kills < size.kills:
            path = shutil.copy(sqlite_store.name, tmp_path / f"{stores}.sqlite")
            killed = Killed(connect(f"sqlite:///{path}"), server, chance, len(server.asked))
            first = killed.asked
            while kills < size.kills and len(killed.answers) < 0.9 * size.questions:
                kills += killed.kill(calls // 3)
            finished = killed.begin()
            finished.join(600)
            killed.look()
            assert rows(killed.store) == rows(whole)
            states = Counter(row.state for row in attempts(killed.store))
            assert states.keys() <= {"answered", "lost"}
            assert states["answered"] == calls, "each call was bought once"
            assert len(server.asked) - first <= calls + states["lost"]
            killed.store.engine.dispose()
            stores += 1
    assert len(rows(whole)) == size.questions
    whole.engine.dispose()
