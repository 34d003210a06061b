"""The tables of the journal: every call to a language model, alone or in a batch job."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.columns import AttemptState, AttemptStep, BatchState, now


class BatchJob(Base):
    """One file of requests that a server answers in its own time (the Batch API).

    The row is there before the file is sent, and `token` goes with it: a job that was submitted
    while this program died is found again by its token. `remote_id` is the server's name for it.
    """

    __tablename__ = "batch_job"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    token: Mapped[str] = mapped_column(unique=True)
    remote_id: Mapped[str | None]
    state: Mapped[BatchState]
    requests: Mapped[int]
    size_bytes: Mapped[int]
    detail: Mapped[str | None]
    made_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


class Attempt(Base):
    """One call to a language model, recorded before it is made and before its result counts.

    An open one has its worst case in `tokens_in`, `tokens_out` and `cost`: that is what it may
    have cost until `usage` is known, or for good if its process died ("lost"). A "held" one has its
    reply, and what becomes of that waits for another call. `response_id` is what the call was about
    where that was an answer; `content` is the model's text as it came.
    """

    __tablename__ = "attempt"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    batch_job_id: Mapped[int | None] = mapped_column(ForeignKey("batch_job.id"), index=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"), index=True)
    response_id: Mapped[int | None] = mapped_column(ForeignKey("response.id"), index=True)
    request_hash: Mapped[str] = mapped_column(index=True)
    step: Mapped[AttemptStep]
    state: Mapped[AttemptState]
    model: Mapped[str | None]
    content: Mapped[str | None]
    finish_reason: Mapped[str | None]
    error: Mapped[str | None]
    detail: Mapped[str | None]
    usage: Mapped[dict[str, Any] | None]
    tokens_in: Mapped[int]
    tokens_out: Mapped[int]
    cost: Mapped[float | None]
    seconds: Mapped[float | None]
    started_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
