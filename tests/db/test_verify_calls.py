"""What calls to models leave in a store is held against itself."""

import pytest
from sqlalchemy import text

from db import attempts, batch_jobs, responses, runs, systems, verify
from db.columns import now
from db.engine import Store
from db.tables import Prompt, Question

ASKED = {"request_hash": "h", "step": "first", "tokens_in": 900, "tokens_out": 500, "cost": None}
SAID = {
    "state": "answered", "content": "辛苦了。", "error": None, "tokens_in": 90, "tokens_out": 40,
    "ended_at": now(),
}  # fmt: skip
FILTERED = {**SAID, "state": "failed", "content": None, "error": "filtered"}


@pytest.fixture
def generated(store: Store) -> Store:
    """Two answers, one of which a filter took, a reply that is held, a job, and a lost call."""
    with store.writing() as session:
        session.add_all(Question(source="s", external_id=str(n), text="睡不着") for n in range(4))
        session.add(Prompt(name="p", language="zh", text="t", content_hash="h"))
        session.flush()
        run_id = runs.start(session, stage="generate", configuration={"name": "gpt"}).id
        asked = [
            {**ASKED, "run_id": run_id, "question_id": n, "started_at": now()} for n in (1, 2, 3, 4)
        ]
        ids = attempts.add_open(session, [*asked, asked[0]])
        ended = (SAID, FILTERED, {**SAID, "state": "held"})
        attempts.settle(
            session, [{**row, "attempt_id": id_} for id_, row in zip(ids, ended, strict=False)]
        )
        attempts.lose_open(session, run_ids=[run_id])
        system_id = systems.bind(session, name="gpt", configuration={"model": "m"}, prompt_id=1)
        own = {"system_id": system_id, "sample": 0, "run_id": run_id, "text": "辛苦了。"}
        kept = [{**own, "question_id": n, "status": "kept"} for n in (1, 2)]
        responses.add_generated(session, kept)
        for token in ("a", "b"):
            job = batch_jobs.add(session, run_id=run_id, token=token, requests=1, size_bytes=9)
            attempts.add_open(session, [{**asked[3], "batch_job_id": job}])
        batch_jobs.submitted(session, job_id=job, remote_id="batch_1")
    return store


def test_what_calls_leave_has_no_problems(generated: Store) -> None:
    assert verify.run(generated).problems == []


@pytest.mark.parametrize(
    ("damage", "where", "what"),
    [
        ("DELETE FROM attempt WHERE question_id = 1", "response 1", "no call brought it"),
        ("UPDATE attempt SET state = 'lost' WHERE id = 1", "response 1", "no call brought it"),
        ("UPDATE run SET configuration = '{}'", "response 1", "no call brought it"),
        ("UPDATE system SET configuration = NULL", "response 1", "nothing says how gpt was asked"),
        ("UPDATE attempt SET content = NULL WHERE id = 3", "attempt 3", "is held, but not all"),
        ("UPDATE attempt SET ended_at = NULL WHERE id = 4", "attempt 4", "is lost, but not all"),
        ("UPDATE attempt SET tokens_out = -1 WHERE id = 2", "attempt 2", "is failed, but not all"),
        ("UPDATE batch_job SET state = 'collected'", "batch job 1", "1 of its requests are open"),
        ("UPDATE batch_job SET requests = 7 WHERE id = 2", "batch job 2", "has 1 requests in the"),
        ("DELETE FROM attempt WHERE batch_job_id = 1", "batch job 1", "has 0 requests in the"),
        ("UPDATE batch_job SET remote_id = NULL", "batch job 2", "the server's name for it"),
    ],
)
def test_damage_to_it_is_found(generated: Store, damage: str, where: str, what: str) -> None:
    with generated.writing() as session:
        session.execute(text(damage))
    problem, *_ = verify.run(generated).problems
    assert problem.where == where
    assert what in problem.what
