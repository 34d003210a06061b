"""Tell from the runs and calls of a system how its answers were generated."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, and_, case, cast, func, select
from sqlalchemy.orm import Session

from db import runs
from db.attempt_tables import Attempt
from db.columns import ResponseStatus
from db.selections import code_of
from db.tables import Prompt, Response, Run, System

STAGE = "generate"
REPLIED = Attempt.state.in_(("answered", "held"))
TOOK = Attempt.tokens_in + Attempt.tokens_out > 0


class Sums(NamedTuple):
    """What all calls took; `at_most` of them count as the most that they can have taken.

    `repaired` and `longer` are replies to a call that asked to mend the one before, or for the same
    with more room. `unpriced` calls took tokens of which no price is known.
    """

    calls: int
    in_batch: int
    repaired: int
    longer: int
    tokens_in: int
    tokens_out: int
    at_most: int
    unpriced: int
    first_at: datetime
    last_at: datetime | None


@dataclass(frozen=True)
class GenerationFacts:
    """How a model was asked for a system's answers, what it said, and what that took.

    `configuration` and `prompt` are what the system is bound to. `called` counts replies by what
    the server called the model. `asked` are the ids of questions, of which `unanswered` ones have
    no answer and `waiting` ones none yet. `reasons` counts why answers are not kept, by the code
    that their reason begins with. `costs` are sums by currency.
    """

    configuration: Mapping[str, Any]
    prompt: Prompt | None
    code_versions: tuple[str, ...]
    called: Mapping[str, int]
    asked: Sequence[int]
    unanswered: int
    waiting: int
    samples: int
    statuses: Mapping[ResponseStatus, int]
    reasons: Mapping[str, Mapping[str, int]]
    sums: Sums
    costs: Mapping[str, float]


def of_system(session: Session, *, system: System) -> GenerationFacts | None:
    """Return how a system's answers were generated; None where this program generated none."""
    ids = runs.ids(session, stage=STAGE, having={"name": system.name})
    sums = _sums(session, ids)
    if system.configuration is None or sums is None:
        return None
    made = session.scalars(select(Run).where(Run.id.in_(ids)).order_by(Run.id)).all()
    answers = _answers(session, system, ids)
    answered = {answer.question_id for answer in answers}
    asked, open_ = _asked(session, ids)
    not_kept = [each for each in answers if each.status != "kept"]
    codes: dict[str, Counter[str]] = {each.status: Counter() for each in not_kept}
    for each in not_kept:
        codes[each.status][code_of(each.reason)] += 1
    return GenerationFacts(
        configuration=system.configuration,
        prompt=session.get(Prompt, system.prompt_id) if system.prompt_id else None,
        code_versions=tuple(dict.fromkeys(run.code_version for run in made)),
        called=_called(session, ids),
        asked=sorted(asked),
        unanswered=len(asked - answered - open_),
        waiting=len(open_ - answered),
        samples=1 + max((each.sample for each in answers), default=0),
        statuses=Counter(each.status for each in answers),
        reasons={status: _often(of) for status, of in codes.items()},
        sums=sums,
        costs=_costs(session, made),
    )


def _often(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


class _Answer(NamedTuple):
    question_id: int
    sample: int
    status: ResponseStatus
    reason: str | None


def _answers(session: Session, system: System, ids: Collection[int]) -> list[_Answer]:
    columns = (Response.question_id, Response.sample, Response.status, Response.reason)
    query = select(*columns).where(Response.system_id == system.id, Response.run_id.in_(ids))
    return [_Answer(*row) for row in session.execute(query.order_by(Response.id))]


def _asked(session: Session, ids: Collection[int]) -> tuple[set[int], set[int]]:
    """Return the questions that were asked, and those of them with a call that has not ended."""
    going = func.max(case((Attempt.state.in_(("open", "held")), 1), else_=0))
    query = select(Attempt.question_id, going).where(Attempt.run_id.in_(ids))
    rows = session.execute(query.group_by(Attempt.question_id)).all()
    return {id_ for id_, _ in rows if id_}, {id_ for id_, goes_on in rows if id_ and goes_on}


def _called(session: Session, ids: Collection[int]) -> dict[str, int]:
    query = select(Attempt.model, func.count()).where(Attempt.run_id.in_(ids), REPLIED)
    rows = session.execute(query.group_by(Attempt.model))
    return _often(Counter({model: count for model, count in rows if model}))


def _sums(session: Session, ids: Collection[int]) -> Sums | None:
    # What was not told may be stored as JSON's null, which is something to a database.
    untold = func.coalesce(cast(Attempt.usage, String), "null") == "null"
    sums = (
        _count(Attempt.batch_job_id.is_not(None)),
        _count(and_(Attempt.step == "repair", REPLIED)),
        _count(and_(Attempt.step == "longer", REPLIED)),
        func.coalesce(func.sum(Attempt.tokens_in), 0),
        func.coalesce(func.sum(Attempt.tokens_out), 0),
        _count(and_(untold, TOOK)),
        _count(and_(Attempt.cost.is_(None), TOOK)),
        func.min(Attempt.started_at),
        func.max(Attempt.ended_at),
    )
    row = session.execute(select(func.count(), *sums).where(Attempt.run_id.in_(ids))).one()
    return Sums._make(row) if row[0] else None


def _count(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0)


def _costs(session: Session, made: Sequence[Run]) -> dict[str, float]:
    query = select(Attempt.run_id, func.sum(Attempt.cost)).where(
        Attempt.run_id.in_([run.id for run in made]), TOOK
    )
    of_run = dict(session.execute(query.group_by(Attempt.run_id)).all())
    found: dict[str, float] = defaultdict(float)
    for run in made:
        price = (run.configuration.get("limits") or {}).get("price")
        cost = of_run.get(run.id)
        if price and cost is not None:
            found[str(price["currency"])] += cost
    return dict(sorted(found.items()))
