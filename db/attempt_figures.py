"""Say what earlier calls took for each answer, to plan the next ones."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from db.attempt_tables import Attempt


class Took(NamedTuple):
    """What the answers to one question took together; `seconds` is of all their calls."""

    answers: int
    calls: int
    tokens_in: int
    tokens_out: int
    seconds: float


def took(session: Session, *, run_ids: Collection[int], limit: int) -> list[Took]:
    """Return what the newest answers of these runs took, where the server told the tokens."""
    firsts = func.sum(case((Attempt.step == "first", 1), else_=0))
    query = (
        select(
            firsts,
            func.count(),
            func.sum(Attempt.tokens_in),
            func.sum(Attempt.tokens_out),
            func.coalesce(func.sum(Attempt.seconds), 0.0),
        )
        .where(Attempt.run_id.in_(run_ids), Attempt.state == "answered")
        .where(Attempt.question_id.is_not(None), Attempt.usage.is_not(None))
        .group_by(Attempt.question_id)
        .having(firsts > 0)
        .order_by(func.max(Attempt.id).desc())
        .limit(limit)
    )
    return [Took(*row) for row in session.execute(query)]
