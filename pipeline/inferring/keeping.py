"""Store a model's answers as they end, each with its parts, under its system and run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from db import responses, systems
from db.columns import SystemKind
from pipeline.inferring import binding
from pipeline.inferring.judged import Judged


@dataclass(frozen=True)
class Answer:
    """An answer to a question of the store, and the tokens that it took."""

    question_id: int
    run_id: int
    judged: Judged
    tokens_in: int
    tokens_out: int
    cost: float | None = None


def keep(
    session: Session,
    answers: Sequence[Answer],
    *,
    system: str,
    kind: SystemKind,
    configuration: Mapping[str, Any],
) -> None:
    """Add answers in the caller's transaction; the first ones bind the system."""
    before = systems.binding(session, name=system)
    binding.check(system, before, configuration)
    system_id = (
        systems.bind(session, name=system, configuration=configuration, kind=kind)
        if before is None
        else before.id
    )
    responses.add_generated(session, [_row(each, system_id) for each in answers])


def _row(answer: Answer, system_id: int) -> dict[str, Any]:
    judged = answer.judged
    return {
        **({} if judged.parts is None else {"parts": judged.parts}),
        "question_id": answer.question_id,
        "system_id": system_id,
        "sample": 0,
        "text": judged.text or None,
        "status": judged.status,
        "reason": judged.reason,
        "tokens_in": answer.tokens_in,
        "tokens_out": answer.tokens_out,
        "cost": answer.cost,
        "run_id": answer.run_id,
    }
