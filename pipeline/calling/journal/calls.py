"""One call to a model, and what the journal writes of it."""

from asyncio import Future
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from db.attempts import Held
from db.columns import now
from pipeline.calling import asking
from pipeline.calling.asking import Model, Request
from pipeline.calling.journal.budget import Budget, most_tokens_in
from pipeline.calling.replies import Fault, Reply, Usage
from pipeline.calling.work import Settled


@dataclass(slots=True, eq=False)
class Call:
    """A call before it is made: what is sent, and the most that it can take.

    Its `id` is its row's in the journal, once that is committed. `go` is there where a request has
    been asked before: whoever follows it waits to hear whether this call may begin.
    """

    request: Request
    body: Mapping[str, Any]
    request_hash: str
    most: tuple[int, int]
    opened_at: datetime = field(default_factory=now)
    written_from: float = 0.0  # when the journal was asked to write it, by a clock that never jumps
    id: int = 0
    go: "Future[bool] | None" = None


@dataclass(slots=True, eq=False)
class Entry:
    """What the journal writes in one transaction: how a call ended, and what became of it.

    `row` settles the call. `settled` goes to the stage, and `released` are the calls whose replies
    were held for it. `failed` is the fault that the whole request ended with, `why` its sentence.
    """

    row: dict[str, Any] | None = None
    settled: Settled | None = None
    released: tuple[int, ...] = ()
    failed: str | None = None
    why: str = ""


def call_for(model: Model, request: Request) -> Call:
    body = asking.body(model, request)
    most = (most_tokens_in(model, request), request.max_tokens)
    return Call(request, body, asking.request_hash(body), most)


def opening(call: Call, *, run_id: int, budget: Budget) -> dict[str, Any]:
    """Return the row of a call that is about to be made, with its worst case."""
    return {
        "run_id": run_id,
        "question_id": call.request.question_id,
        "response_id": call.request.response_id,
        "request_hash": call.request_hash,
        "step": call.request.step,
        "tokens_in": call.most[0],
        "tokens_out": call.most[1],
        "cost": budget.cost_of(*call.most),
        "started_at": call.opened_at,
    }


def used(call: Call, got: Reply | Fault) -> tuple[int, int]:
    """Return the tokens that a call took: the most that it can have taken, where nobody says."""
    if isinstance(got, Fault):
        return call.most if got.may_be_billed else (0, 0)
    return call.most if got.usage is None else (got.usage.tokens_in, got.usage.tokens_out)


def closing(
    call: Call, got: Reply | Fault, *, cost: float | None, seconds: float
) -> dict[str, Any]:
    """Return what settles a call's row."""
    tokens_in, tokens_out = used(call, got)
    fault, reply = (got, None) if isinstance(got, Fault) else (None, got)
    usage = reply.usage if reply else None
    return {
        "attempt_id": call.id,
        "state": "failed" if fault else "answered",
        "model": reply and reply.model,
        "content": reply and reply.content,
        "finish_reason": reply and reply.finish_reason,
        "error": fault and fault.kind,
        "detail": fault.message if fault else reply and reply.refusal,
        "usage": usage and dict(usage.told),
        "tokens_in": tokens_in,
        "tokens_out": tokens_out,
        "cost": cost,
        "seconds": seconds,
        "ended_at": now(),
    }


def reply_of(held: Held) -> Reply:
    """Return the reply that the journal holds, as it came."""
    usage = None
    if held.usage is not None:
        usage = Usage(held.tokens_in, held.tokens_out, held.usage)
    return Reply(held.content, held.finish_reason, held.refusal, held.model, usage, held.seconds)
