"""Tell in a stage's result what the calls of its run took, and with what they ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.calling.prices import Price
from pipeline.calling.work import Called, Stopped


@dataclass(frozen=True, kw_only=True)
class Made:
    """What calls took.

    `reasons` counts why replies were not kept, `failures` the faults that requests ended with, and
    `last_failures` says what the last of each was. `left` were not asked, for what `stopped` says.
    `models` counts replies by who answered, as the server tells it; of `tokens_untold` replies it
    told no tokens, and `given_up` calls were not waited for. `out` are with the server in batch
    jobs, and `notes` say what was odd with those. `run` is None where there was nothing to do.
    """

    left: int = 0
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    currency: str | None = None
    seconds: float = 0.0
    reasons: Mapping[str, int] = field(default_factory=dict)
    failures: Mapping[str, int] = field(default_factory=dict)
    last_failures: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, int] = field(default_factory=dict)
    tokens_untold: int = 0
    given_up: int = 0
    earlier_tokens: int = 0
    earlier_cost: float | None = None
    stopped: Stopped | None = None
    out: int = 0
    notes: tuple[str, ...] = ()
    run: int | None = None


def made(called: Called, *, price: Price | None, out: int | None = None) -> dict[str, Any]:
    """Return the fields of `Made`, for a result that has more; `out` where that is known better."""
    return {
        "left": called.left,
        "calls": called.attempts,
        "tokens_in": called.tokens_in,
        "tokens_out": called.tokens_out,
        "cost": called.cost,
        "currency": price.currency if price else None,
        "seconds": called.seconds,
        "reasons": called.reasons,
        "failures": called.failed,
        "last_failures": called.said,
        "models": called.models,
        "tokens_untold": called.untold,
        "given_up": called.given_up,
        "earlier_tokens": called.earlier_tokens,
        "earlier_cost": called.earlier_cost,
        "stopped": called.stopped,
        "out": called.out if out is None else out,
        "notes": called.notes,
        "run": called.run_id,
    }
