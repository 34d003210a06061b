"""Say what calls to a model would take: how many, tokens, money and time, as ranges."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any, Protocol

from pipeline.calling.estimate import Before, Estimate, Span
from pipeline.cli.amounts import duration, money, span, tokens
from pipeline.cli.columns import aligned

RULE = (
    "expected by a rule of thumb: 0.6 to 1.5 tokens a Chinese character, 0.2 to 0.35 another one,"
    " 20 to 100 tokens a second; ask a few first, as by --limit 20, to have it measured"
)
MOST = (
    "reserved is what a budget sets aside before the first calls: a token for each byte in, all the"
    " room out; a reply that is repaired or needs more room takes another call"
)


class Planned(Protocol):
    """What a dry run knows of a stage's run."""

    @property
    def takes(self) -> Estimate: ...
    @property
    def before(self) -> Before: ...


def as_object(planned: Planned) -> dict[str, Any]:
    """Return one object without levels for what it takes, as the result of a run has none."""
    told = {"dry_run": True, **vars(planned), **asdict(planned.takes), **asdict(planned.before)}
    return {key: value for key, value in told.items() if key not in ("takes", "before")}


def of_plan(planned: Planned, *, name: str, concurrency: int) -> Iterator[str]:
    """Say what a run under a name would take, beside what earlier ones of it took."""
    before = planned.before
    yield from lines(planned.takes, concurrency=concurrency)
    if before.spent_tokens:
        currency = planned.takes.currency or ""
        cost = "" if before.spent_cost is None else f", {money(before.spent_cost, currency)}"
        yield f"earlier runs of {name} took {tokens(before.spent_tokens)} tokens{cost}"
    if not before.enough:
        yield "the limits given may end it before all is asked"


def lines(takes: Estimate, *, concurrency: int) -> Iterator[str]:
    """Say what the calls would take, and how that is known."""
    yield from aligned([["", "expected", "reserved"], *_rows(takes)])
    if takes.as_of:
        yield f"prices as of {takes.as_of}: look them up again if that is long ago"
    if takes.seconds is None:
        yield "time: a day at most, by the Batch API"
    else:
        yield f"time with {concurrency:,} calls at a time: {_span(takes.seconds, duration)}"
    if takes.measured:
        yield f"expected by what earlier replies took: {takes.measured:,}"
    else:
        yield RULE
    yield MOST


def _rows(takes: Estimate) -> Iterator[list[str]]:
    yield ["calls", _span(takes.calls, lambda n: f"{n:,.0f}"), ""]
    yield ["tokens in", _span(takes.tokens_in, tokens), tokens(takes.most_tokens_in)]
    yield ["tokens out", _span(takes.tokens_out, tokens), tokens(takes.most_tokens_out)]
    if takes.cost is not None and takes.most_cost is not None:
        currency = takes.currency or ""
        yield [
            "cost",
            _span(takes.cost, lambda amount: money(amount, currency)),
            money(takes.most_cost, currency),
        ]


def _span(of: Span, said: Callable[[float], str]) -> str:
    return span(said(of.low), said(of.high))
