"""What batch jobs are out, and what they are to answer."""

from typing import Any

import pytest

from db import attempts, batch_jobs, runs
from db.attempts import Spent
from db.batch_jobs import RowOut
from db.columns import now
from db.engine import Store
from db.tables import Question


@pytest.fixture
def run_id(store: Store) -> int:
    with store.writing() as session:
        session.add_all(Question(source="s", external_id=str(n), text="睡不着") for n in range(3))
        return runs.start(session, stage="generate", configuration={"name": "gpt"}).id


def make(store: Store, run_id: int, token: str, *questions: int) -> int:
    with store.writing() as session:
        job_id = batch_jobs.add(
            session, run_id=run_id, token=token, requests=len(questions), size_bytes=9
        )
        about: dict[str, Any] = {"run_id": run_id, "request_hash": "h", "step": "first"}
        most = {"tokens_in": 10, "tokens_out": 5, "cost": 0.5, "started_at": now()}
        rows = [{**about, **most, "question_id": id_, "batch_job_id": job_id} for id_ in questions]
        attempts.add_open(session, rows)
        return job_id


def test_a_job_is_out_until_all_of_it_is_stored(store: Store, run_id: int) -> None:
    first, second = make(store, run_id, "a", 1, 2), make(store, run_id, "b", 3)
    with store.writing() as session:
        batch_jobs.submitted(session, job_id=first, remote_id="batch_7")
        [row, other] = batch_jobs.rows(session, job_id=first)
        assert other == RowOut(row.attempt_id + 1, 2, None, is_open=True, most=(10, 5))
        attempts.settle(session, [{"attempt_id": row.attempt_id, "state": "answered"}])
        found = batch_jobs.out(session, run_ids=[run_id])
        assert [(job.id, job.remote_id, job.requests) for job in found] == [
            (first, "batch_7", 1),
            (second, None, 1),
        ]
        assert batch_jobs.questions_out(session, run_ids=[run_id]) == {(2, None), (3, None)}
        assert batch_jobs.questions_out(session, run_ids=[]) == set()
        assert batch_jobs.configurations_out(session, run_ids=[run_id]) == [{"name": "gpt"}]
        assert attempts.reserved(session, job_ids=[first, second]) == Spent(20, 10, 1.0)
        batch_jobs.collected(session, job_id=first, detail="completed")
        assert [job.id for job in batch_jobs.out(session, run_ids=[run_id])] == [second]


def test_of_a_job_that_was_never_sent_nothing_was_asked(store: Store, run_id: int) -> None:
    job_id = make(store, run_id, "a", 1, 2)
    with store.writing() as session:
        batch_jobs.not_sent(session, job_id=job_id, detail="it was never sent")
        assert batch_jobs.out(session, run_ids=[run_id]) == []
        assert batch_jobs.rows(session, job_id=job_id) == []
        assert attempts.spent(session, run_ids=[run_id]) == Spent()
        assert batch_jobs.configurations_out(session, run_ids=[run_id]) == []
