"""What `cbt generate --dry-run` tells."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from pipeline.cli import takes
from pipeline.cli.amounts import money, tokens
from pipeline.generating.plan import Planned


def as_object(planned: Planned) -> dict[str, Any]:
    """Return one object without levels for what it takes, as the result of a run has none."""
    told = asdict(planned)
    return {"dry_run": True, **told, **told.pop("takes")}


def lines(planned: Planned, *, concurrency: int) -> Iterator[str]:
    about = f"answers of {planned.system} by {planned.model} with the prompt {planned.prompt}"
    yield f"{about}: {planned.planned:,} to ask, {planned.skipped:,} already there"
    if planned.planned:
        if planned.in_danger:
            yield f"from people in acute danger, who are answered with care: {planned.in_danger:,}"
        yield from takes.lines(planned.takes, concurrency=concurrency)
        if planned.spent_tokens:
            yield f"earlier runs of {planned.system} took {', '.join(_spent(planned))}"
        if not planned.enough:
            yield "the limits given may end it before all is asked"
    yield "nothing was asked, and nothing was stored"


def _spent(planned: Planned) -> Iterator[str]:
    yield f"{tokens(planned.spent_tokens)} tokens"
    if planned.spent_cost is not None:
        yield money(planned.spent_cost, planned.takes.currency or "")
