"""Store and find the calls to language models: what runs spent, and what came of each call."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, delete, func, insert, select, update
from sqlalchemy.orm import Session

from db.attempt_tables import Attempt
from db.base import Base
from db.columns import now
from db.errors import NotKnown
from db.tables import Run

ATTEMPT = Base.metadata.tables["attempt"]


@dataclass(frozen=True)
class Spent:
    """What calls took; `cost` is of those that had a price, the others' tokens are unpriced.

    A call that is open, or whose process died, counts as the most that it can have taken.
    """

    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    unpriced_in: int = 0
    unpriced_out: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A reply that the journal holds while what becomes of its question is not stored yet."""

    id: int
    model: str | None
    content: str
    finish_reason: str
    refusal: str | None
    usage: dict[str, Any] | None
    tokens_in: int
    tokens_out: int
    seconds: float


def spent(session: Session, *, run_ids: Collection[int]) -> Spent:
    """Return what all calls of these runs took together."""
    return _sums(session, Attempt.run_id.in_(run_ids))


def currencies(session: Session, *, run_ids: Collection[int]) -> set[str]:
    """Return the currencies in which calls of these runs were paid."""
    paid = select(Attempt.run_id).where(Attempt.run_id.in_(run_ids), Attempt.cost > 0)
    configurations = session.scalars(select(Run.configuration).where(Run.id.in_(paid)))
    prices = ((each.get("limits") or {}).get("price") for each in configurations)
    return {str(price["currency"]) for price in prices if price}


def reserved(session: Session, *, job_ids: Collection[int]) -> Spent:
    """Return the most that the calls in these batch jobs can take that are open."""
    return _sums(session, Attempt.batch_job_id.in_(job_ids), Attempt.state == "open")


def _sums(session: Session, *which: ColumnElement[bool]) -> Spent:
    unpriced = Attempt.cost.is_(None)
    answered = Attempt.state.in_(("answered", "held"))
    sums = (
        Attempt.tokens_in,
        Attempt.tokens_out,
        Attempt.cost,
        case((unpriced, Attempt.tokens_in), else_=0),
        case((unpriced, Attempt.tokens_out), else_=0),
        case((answered, 1), else_=0),
    )
    query = select(*(func.coalesce(func.sum(each), 0) for each in sums))
    tokens_in, tokens_out, cost, unpriced_in, unpriced_out, count = session.execute(
        query.where(*which)
    ).one()
    return Spent(tokens_in, tokens_out, float(cost), unpriced_in, unpriced_out, count)


def runs_going_on(session: Session) -> set[int]:
    """Return the runs that have made calls and have not ended."""
    query = select(Run.id).where(Run.ended_at.is_(None), Run.id.in_(select(Attempt.run_id)))
    return set(session.scalars(query))


def lose_open(session: Session, *, run_ids: Collection[int]) -> int:
    """Mark the calls that dead runs left open as lost; return how many. Batch jobs go on."""
    dead = (ATTEMPT.c.run_id.in_(run_ids), ATTEMPT.c.state == "open")
    alone = ATTEMPT.c.batch_job_id.is_(None)
    ids = list(session.scalars(select(ATTEMPT.c.id).where(*dead, alone)))
    _set(session, ids, state="lost", ended_at=now())
    return len(ids)


def held(session: Session, *, run_ids: Collection[int]) -> dict[str, list[Held]]:
    """Return the replies of these runs that wait, under the hash of what was asked."""
    query = select(Attempt).where(Attempt.run_id.in_(run_ids), Attempt.state == "held")
    found: dict[str, list[Held]] = defaultdict(list)
    for row in session.scalars(query.order_by(Attempt.id)):
        found[row.request_hash].append(
            Held(
                id=row.id,
                model=row.model,
                content=row.content or "",
                finish_reason=row.finish_reason or "",
                refusal=row.detail,
                usage=row.usage,
                tokens_in=row.tokens_in,
                tokens_out=row.tokens_out,
                seconds=row.seconds or 0.0,
            )
        )
    return found


def add_open(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Add calls that are about to be made, all with the same columns; return their ids in order."""
    added = insert(ATTEMPT).returning(ATTEMPT.c.id, sort_by_parameter_order=True)
    return list(session.scalars(added, [{**row, "state": "open"} for row in rows]))


def settle(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down what came of calls, under their `attempt_id`; all rows have the same columns.

    Raises NotKnown where the store has not all of these calls, as when it was replaced by another.
    """
    if rows:
        of = update(ATTEMPT).where(ATTEMPT.c.id == bindparam("attempt_id"))
        values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "attempt_id"}
        done = session.connection().execute(of.values(values), [dict(row) for row in rows])
        if done.rowcount != len(rows):
            raise NotKnown(f"{len(rows) - done.rowcount} calls are not in the store any more")


def release(session: Session, ids: Sequence[int]) -> None:
    """Say of calls whose replies were held that what became of them is stored."""
    _set(session, ids, state="answered")


def _set(session: Session, ids: Sequence[int], **values: Any) -> None:
    settle(session, [{"attempt_id": id_, **values} for id_ in ids])


def forget(session: Session, ids: Sequence[int]) -> None:
    """Remove calls that were written down and then not made."""
    if ids:
        gone = delete(ATTEMPT).where(ATTEMPT.c.id == bindparam("attempt_id"))
        session.execute(gone, [{"attempt_id": id_} for id_ in ids])
