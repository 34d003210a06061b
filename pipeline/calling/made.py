"""Tell in a stage's result what the calls of its run took, and with what they ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.calling.prices import Price
from pipeline.calling.work import Called, Stopped


@dataclass(frozen=True, kw_only=True)
class Made:
    """What calls took.

    `reasons` counts why replies were not kept, `failures` the faults that requests ended with.
    `left` were not asked, for what `stopped` says. `out` are with the server in batch jobs, and
    `notes` say what was odd with those. `run` is None where there was nothing to do.
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
        "stopped": called.stopped,
        "out": called.out if out is None else out,
        "notes": called.notes,
        "run": called.run_id,
    }
