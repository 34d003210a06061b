"""Find the replies that were proposed as a prompt's example, and what people decided of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import events
from db.attempt_tables import Attempt
from db.tables import Event, Question, Run, Split

STAGE = "prototype"
TEST = "test"  # the subset of a split that no model may have seen
ANSWERED = ("answered", "held")
Decision = Literal["accepted", "rejected"]


class StoredProposal(NamedTuple):
    """A reply in the journal; `configuration` is that of the run in which it was asked for."""

    id: int
    configuration: Mapping[str, Any]
    question_id: int
    model: str | None
    content: str
    finish_reason: str | None
    refusal: str | None
    tokens_in: int
    tokens_out: int
    cost: float | None
    started_at: datetime


class Decided(NamedTuple):
    """What a person decided of a proposal, and the version that an accepted one made."""

    what: Decision
    version: str | None


COLUMNS = (
    Attempt.id,
    Run.configuration,
    Attempt.question_id,
    Attempt.model,
    Attempt.content,
    Attempt.finish_reason,
    Attempt.detail,
    Attempt.tokens_in,
    Attempt.tokens_out,
    Attempt.cost,
    Attempt.started_at,
)


def proposals(session: Session) -> list[StoredProposal]:
    """Return all replies that were proposed, the newest first."""
    query = select(*COLUMNS).join(Run, Run.id == Attempt.run_id).where(Run.stage == STAGE)
    query = query.where(Attempt.state.in_(ANSWERED), Attempt.question_id.is_not(None))
    return [StoredProposal(*row) for row in session.execute(query.order_by(Attempt.id.desc()))]


def decided(session: Session) -> dict[int, Decided]:
    """Return what was decided, under the ids of the proposals."""
    kinds = {_kind("accepted"): "accepted", _kind("rejected"): "rejected"}
    query = select(Event.kind, Event.details).where(Event.kind.in_(kinds)).order_by(Event.id)
    found: dict[int, Decided] = {}
    for kind, details in session.execute(query):
        what: Decision = "accepted" if kind == _kind("accepted") else "rejected"
        found[details["proposal"]] = Decided(what, details.get("version"))
    return found


def decide(
    session: Session, *, proposal: int, what: Decision, prompt: str, version: str | None = None
) -> None:
    details = {"proposal": proposal, "prompt": prompt, "version": version}
    events.record(session, kind=_kind(what), details=details)


def for_testing(session: Session) -> set[str]:
    """Return the content hashes of the questions that any split keeps for testing."""
    query = select(Question.content_hash).join(Split, Split.question_id == Question.id)
    rows = session.scalars(query.where(Split.subset == TEST).distinct())
    return {content_hash for content_hash in rows if content_hash}


def _kind(what: Decision) -> str:
    return f"prototype_{what}"
