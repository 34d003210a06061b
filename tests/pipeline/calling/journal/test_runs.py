"""A run whose turn was taken from it makes no more calls, and neither run buys for both."""

import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db import backup, verify
from db.engine import Store, connect
from db.errors import NotAllowed
from db.tables import Question, Response, System
from pipeline.calling.asking import Model
from pipeline.calling.journal import runs
from pipeline.calling.live import run as live
from pipeline.calling.server.secrets import Secret
from pipeline.calling.work import Called, Limits
from tests.model_server import Answer, ModelServer, model_server
from tests.pipeline.calling import answers
from tests.pipeline.calling.answers import RUN_OF, Answers, answer

EMPTY = ("DELETE FROM attempt", "DELETE FROM response", "DELETE FROM run")
FOUR = Limits(concurrency=4)


def called(store: Store, server: ModelServer) -> Called:
    work = Answers(store, Model("m-1", server.url))
    return live.run(store, work, run_of=RUN_OF, limits=FOUR, key=None, tell=lambda _: None)


def test_a_run_that_lost_its_turn_to_another_one_ends(store: Store) -> None:
    answers.add_questions(store, 60)
    asked: list[str] = []

    def script(body: Any) -> Answer:
        asked.append(body["messages"][1]["content"])
        if len(asked) == 20:
            # As another machine does once the lock is lost.
            runs.begin(store, RUN_OF, price=None, secret=Secret(None))
        return Answer(answer(f"关于{asked[-1]}"), delay=0.01)

    with model_server(script) as server:
        with pytest.raises(NotAllowed, match="another run of its name has begun meanwhile"):
            called(store, server)
        stored, by_then = len(answers.stored(store)), len(asked)
        assert stored == by_then < 40, "what was paid for is stored, and no more is asked"
        assert called(store, server).kept == 60 - stored
    assert set(Counter(asked).values()) == {1}


@pytest.mark.parametrize("after", [1, 3])
def test_an_answer_that_somebody_else_stored_meanwhile_stays(store: Store, after: int) -> None:
    answers.add_questions(store, 4)
    asked: list[str] = []

    def script(body: Any) -> Answer:
        asked.append(body["messages"][1]["content"])
        if len(asked) == after:
            other = threading.Thread(target=imported, args=(store, len(asked)))
            other.start()
            other.join()
        return Answer(answer(f"关于{asked[-1]}"), delay=0.01)

    with model_server(script) as server:
        called(store, server)
    stored = {id_: row[0] for id_, row in answers.stored(store).items()}
    assert stored == {id_: f"关于第{id_ - 1}个问题" for id_ in range(1, 5)} | {after: "别处的"}
    assert {row.state for row in answers.journal(store)} == {"answered"}


def imported(store: Store, question_id: int) -> None:
    with store.writing() as session:
        system = session.query(System).filter_by(name=answers.SYSTEM).one_or_none()
        if system is None:
            system = System(name=answers.SYSTEM, kind="api")
            session.add(system)
            session.flush()
        session.add(Response(question_id=question_id, system_id=system.id, text="别处的"))


def test_a_backup_that_is_put_back_while_a_run_goes_on_ends_it_and_stays_as_it_was(
    store: Store, store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CBT_DATA", str(tmp_path / "data"))
    answers.add_questions(store, 60)
    asked: list[object] = []

    def script(body: Any) -> Answer:
        asked.append(body)
        if len(asked) == 10:
            backup.backup(store, tmp_path / "b.sqlite")
        if len(asked) == 20:
            backup.restore(connect(store_url), tmp_path / "b.sqlite", force=True)
        return Answer(answer("好。"), delay=0.02)

    with model_server(script) as server:
        with pytest.raises(NotAllowed, match="could not be stored"):
            called(store, server)
        assert verify.run(store).problems == []
        stored = len(answers.stored(store))
        assert stored < 10
        assert called(store, server).kept == 60 - stored
    assert verify.run(store).problems == []


def test_another_store_in_the_place_of_this_one_ends_the_run_in_one_sentence(
    store: Store,
) -> None:
    answers.add_questions(store, 40)
    asked: list[object] = []

    def script(body: Any) -> Answer:
        asked.append(body)
        if len(asked) == 10:
            with store.writing() as session:
                for statement in EMPTY:
                    session.execute(text(statement))
        return Answer(answer("好。"), delay=0.01)

    with model_server(script) as server, pytest.raises(NotAllowed, match="another store was put"):
        called(store, server)
    assert len(asked) < 30
    with store.reading() as session:
        assert session.query(Question).count() == 40
