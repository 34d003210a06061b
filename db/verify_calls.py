"""Check what calls to language models left: each answer has its call, each job its requests."""

from collections.abc import Iterator

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from db.attempt_tables import Attempt, BatchJob
from db.problems import Problem
from db.tables import Response, Run, System

GENERATED = Run.stage == "generate"


def _answers_of_models(session: Session) -> Iterator[Problem]:
    """An answer and the end of its call are one commit, and bind the system."""
    asked_in = aliased(Run)
    # What a filter takes before the model sees it is an answer too, whose call has failed.
    call = exists().where(
        Attempt.question_id == Response.question_id,
        Attempt.response_id.is_(None),
        Attempt.state.in_(("answered", "failed")),
        Attempt.run_id == asked_in.id,
        asked_in.configuration["name"].as_string() == System.name,
    )
    query = (
        select(Response.id, System.name, System.configuration.is_(None), call)
        .join(Run, Response.run_id == Run.id)
        .join(System, Response.system_id == System.id)
        .where(GENERATED, or_(~call, System.configuration.is_(None)))
        .order_by(Response.id)
    )
    for response, system, unbound, has_call in session.execute(query):
        if not has_call:
            yield Problem(f"response {response}", "is a model's, but no call brought it")
        if unbound:
            yield Problem(
                f"response {response}", f"is a model's, but nothing says how {system} was asked"
            )


def _calls(session: Session) -> Iterator[Problem]:
    ended, replied = Attempt.state != "open", Attempt.state.in_(("answered", "held"))
    query = select(Attempt.id, Attempt.state).where(
        or_(
            and_(ended, Attempt.ended_at.is_(None)),
            and_(replied, Attempt.content.is_(None)),
            Attempt.tokens_in < 0,
            Attempt.tokens_out < 0,
        )
    )
    for id_, state in session.execute(query.order_by(Attempt.id)):
        yield Problem(f"attempt {id_}", f"is {state}, but not all of that is written down")


def _batch_jobs(session: Session) -> Iterator[Problem]:
    requests = func.count(Attempt.id)
    still_open = func.count(Attempt.id).filter(Attempt.state == "open")
    query = (
        select(BatchJob, requests, still_open)
        .outerjoin(Attempt, Attempt.batch_job_id == BatchJob.id)
        .group_by(BatchJob.id)
        .order_by(BatchJob.id)
    )
    for job, has, waiting in session.execute(query):
        where = f"batch job {job.id}"
        if job.state == "collected" and waiting:
            yield Problem(where, f"is collected, but {waiting} of its requests are open")
        if job.state in ("made", "submitted", "collected") and has != job.requests:
            yield Problem(where, f"has {has} requests in the journal, not {job.requests}")
        if job.state == "submitted" and job.remote_id is None:
            yield Problem(where, "is submitted, but the server's name for it is missing")


CHECKS = (_answers_of_models, _calls, _batch_jobs)
