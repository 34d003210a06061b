"""What the journal of calls says was spent, lost, and is held."""

from typing import Any

import pytest

from db import attempts, runs
from db.attempt_tables import Attempt, BatchJob
from db.attempts import Spent
from db.columns import now
from db.engine import Store
from db.tables import Question


@pytest.fixture
def run_id(store: Store) -> int:
    with store.writing() as session:
        session.add(Question(source="s", external_id="1", text="睡不着怎么办"))
        return runs.start(session, stage="generate", configuration={"name": "gpt"}).id


def row(run_id: int, asked: str, cost: float | None = None) -> dict[str, Any]:
    about = {"run_id": run_id, "question_id": 1, "request_hash": asked, "step": "first"}
    return {**about, "tokens_in": 1000, "tokens_out": 500, "cost": cost, "started_at": now()}


def reply(attempt_id: int, state: str, cost: float | None = None) -> dict[str, Any]:
    said = {"content": "先照顾好睡眠。", "finish_reason": "stop", "usage": {"prompt_tokens": 90}}
    took = {"tokens_in": 90, "tokens_out": 40, "cost": cost, "seconds": 1.5}
    return {"attempt_id": attempt_id, "state": state, "model": "m-1", **said, **took}


def test_ids_come_in_the_order_of_the_rows(store: Store, run_id: int) -> None:
    with store.writing() as session:
        ids = attempts.add_open(session, [row(run_id, f"hash {n}") for n in range(50)])
        found = {one.id: one.request_hash for one in session.query(Attempt)}
    assert [found[id_] for id_ in ids] == [f"hash {n}" for n in range(50)]


def test_what_is_open_or_lost_counts_as_the_most_it_can_have_taken(
    store: Store, run_id: int
) -> None:
    with store.writing() as session:
        first, second, _ = attempts.add_open(
            session, [row(run_id, "a", 0.5), row(run_id, "b"), row(run_id, "c", 0.5)]
        )
        attempts.settle(session, [reply(first, "answered", 0.02)])
        attempts.settle(session, [reply(second, "held")])
        assert attempts.lose_open(session, run_ids=[run_id]) == 1
        assert attempts.lose_open(session, run_ids=[run_id]) == 0
        spent = attempts.spent(session, run_ids=[run_id])
        assert attempts.spent(session, run_ids=[]) == Spent()
    assert spent == Spent(1180, 580, 0.52, unpriced_in=90, unpriced_out=40, answered=2)


def test_a_call_in_a_batch_job_is_not_lost_with_the_process(store: Store, run_id: int) -> None:
    with store.writing() as session:
        job = BatchJob(run_id=run_id, token="t", state="submitted", requests=1, size_bytes=9)
        session.add(job)
        session.flush()
        attempts.add_open(session, [{**row(run_id, "a"), "batch_job_id": job.id}])
        assert attempts.lose_open(session, run_ids=[run_id]) == 0


def test_a_held_reply_is_found_by_what_was_asked_until_it_is_released(
    store: Store, run_id: int
) -> None:
    with store.writing() as session:
        ids = attempts.add_open(session, [row(run_id, "same"), row(run_id, "same")])
        for id_ in ids:
            attempts.settle(session, [reply(id_, "held")])
    with store.reading() as session:
        found = attempts.held(session, run_ids=[run_id])
    assert [one.id for one in found["same"]] == ids
    assert found["same"][0].content == "先照顾好睡眠。"
    assert (found["same"][0].usage, found["same"][0].seconds) == ({"prompt_tokens": 90}, 1.5)
    with store.writing() as session:
        attempts.release(session, ids[:1])
        assert [one.id for one in attempts.held(session, run_ids=[run_id])["same"]] == ids[1:]


def test_a_call_that_was_not_made_is_forgotten(store: Store, run_id: int) -> None:
    with store.writing() as session:
        kept, gone = attempts.add_open(session, [row(run_id, "a"), row(run_id, "b")])
        attempts.forget(session, [gone])
        assert [one.id for one in session.query(Attempt)] == [kept]
