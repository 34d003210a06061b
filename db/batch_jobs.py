"""Store and find the batch jobs of runs, and what is out with them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from db.attempt_tables import Attempt, BatchJob
from db.columns import BatchState, now
from db.tables import Run

OUT: tuple[BatchState, ...] = ("made", "submitted")


@dataclass(frozen=True, slots=True)
class JobOut:
    """A job that has not ended; without `remote_id` it is not known whether it was ever sent.

    `requests` are those of which it is not known what became of them.
    """

    id: int
    run_id: int
    token: str
    remote_id: str | None
    made_at: datetime
    requests: int


@dataclass(frozen=True, slots=True)
class RowOut:
    """A request of a job, with the most that it can take as long as it is open."""

    attempt_id: int
    question_id: int | None
    response_id: int | None
    is_open: bool
    most: tuple[int, int]


def add(session: Session, *, run_id: int, token: str, requests: int, size_bytes: int) -> int:
    """Add a job that is about to be sent; return its id."""
    job = BatchJob(
        run_id=run_id, token=token, state="made", requests=requests, size_bytes=size_bytes
    )
    session.add(job)
    session.flush()
    return job.id


def submitted(session: Session, *, job_id: int, remote_id: str) -> None:
    """Say that the server has a job; one that was given up meanwhile stays so."""
    made = (BatchJob.id == job_id, BatchJob.state == "made")
    session.execute(update(BatchJob).where(*made).values(state="submitted", remote_id=remote_id))


def collected(session: Session, *, job_id: int, detail: str) -> None:
    """Say that a job has ended, and that all of it is stored."""
    _change(session, job_id, state="collected", detail=detail, ended_at=now())


def not_sent(session: Session, *, job_id: int, detail: str) -> None:
    """Say that a job never reached the server; its requests were not asked, and are forgotten."""
    session.execute(delete(Attempt).where(Attempt.batch_job_id == job_id))
    _change(session, job_id, state="failed", detail=detail, ended_at=now())


def _change(session: Session, job_id: int, **values: Any) -> None:
    session.execute(update(BatchJob).where(BatchJob.id == job_id).values(values))


def out(session: Session, *, run_ids: Collection[int]) -> list[JobOut]:
    """Return the jobs of these runs that have not ended, oldest first."""
    rows_open = select(func.count()).where(
        Attempt.batch_job_id == BatchJob.id, Attempt.state == "open"
    )
    columns = (BatchJob.id, BatchJob.run_id, BatchJob.token, BatchJob.remote_id, BatchJob.made_at)
    query = select(*columns, rows_open.scalar_subquery()).order_by(BatchJob.id)
    of_runs = (BatchJob.run_id.in_(run_ids), BatchJob.state.in_(OUT))
    return [JobOut(*row) for row in session.execute(query.where(*of_runs))]


def rows(session: Session, *, job_id: int) -> list[RowOut]:
    """Return the requests of a job in the order in which they stand in its file."""
    columns = (Attempt.id, Attempt.question_id, Attempt.response_id, Attempt.state)
    query = select(*columns, Attempt.tokens_in, Attempt.tokens_out).order_by(Attempt.id)
    return [
        RowOut(id_, question, response, state == "open", (tokens_in, tokens_out))
        for id_, question, response, state, tokens_in, tokens_out in session.execute(
            query.where(Attempt.batch_job_id == job_id)
        )
    ]


def questions_out(
    session: Session, *, run_ids: Collection[int]
) -> set[tuple[int | None, int | None]]:
    """Return the questions that jobs of these runs are to answer, each with the answer it is about.

    Whoever asks them before the jobs have ended buys them twice.
    """
    query = select(Attempt.question_id, Attempt.response_id).distinct()
    query = query.join(BatchJob, BatchJob.id == Attempt.batch_job_id)
    of_runs = (BatchJob.run_id.in_(run_ids), BatchJob.state.in_(OUT), Attempt.state == "open")
    return {(question, answer) for question, answer in session.execute(query.where(*of_runs))}


def configurations_out(session: Session, *, run_ids: Collection[int]) -> list[dict[str, Any]]:
    """Return the configurations of those runs whose jobs have not ended."""
    waiting = select(BatchJob.run_id).where(BatchJob.state.in_(OUT))
    query = select(Run.configuration).where(Run.id.in_(run_ids), Run.id.in_(waiting))
    return list(session.scalars(query.order_by(Run.id)))
