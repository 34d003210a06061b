"""Say what calls would take and cost before any is made, from earlier ones or a rule of thumb."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

from db.attempt_figures import Took
from db.attempts import Spent
from pipeline.calling.asking import Model, Request
from pipeline.calling.journal.budget import most_tokens_in
from pipeline.calling.prices import Price
from pipeline.calling.work import Limits

CLOSE = 1.96  # standard errors that 95 of 100 sums lie within
SPREAD = 0.3  # of the mean, where one reply shows none
CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
# The rule of thumb: so many tokens a character, from the newest tokenizers to the oldest.
CHINESE_TOKENS, OTHER_TOKENS = (0.6, 1.5), (0.2, 0.35)
AGAIN = (1.0, 1.15)  # calls a reply: some are repaired, some need more room
WRITTEN = (100.0, 20.0)  # tokens that a server writes a second, of one reply


@dataclass(frozen=True)
class Span:
    low: float
    high: float


@dataclass(frozen=True)
class Estimate:
    """What calls would take; `most_…` is what the budget reserves for every first call.

    `measured` replies show what one takes; where there are none it follows from a rule of thumb.
    Costs are None without a price, which is of the day `as_of` where its file says so. `seconds` is
    None for the Batch API.
    """

    calls: Span
    tokens_in: Span
    tokens_out: Span
    cost: Span | None
    seconds: Span | None
    most_tokens_in: int
    most_tokens_out: int
    most_cost: float | None
    currency: str | None
    as_of: str | None
    measured: int


@dataclass(frozen=True)
class Before:
    """What earlier runs of the name took; `enough` says whether the limits will do beside that.

    They do where they allow what is expected at most.
    """

    spent_tokens: int
    spent_cost: float | None
    enough: bool


@dataclass(frozen=True)
class _Each:
    """What the replies take together, by one way of telling."""

    calls: Span
    tokens_in: Span
    tokens_out: Span
    seconds: Span


def estimate(
    model: Model,
    requests: Sequence[Request],
    *,
    took: Sequence[Took],
    written: Span,
    limits: Limits,
    batch: bool,
) -> Estimate:
    """Return what these requests would take.

    `took` says what earlier ones took, `written` by a rule of thumb how many tokens a reply has.
    """
    each = _measured(took, len(requests)) if took else _by_rule(requests, written)
    most_in = sum(most_tokens_in(model, request) for request in requests)
    most_out = sum(request.max_tokens for request in requests)
    price = limits.price
    if price is not None and batch:
        price = price.in_batch()
    return Estimate(
        calls=each.calls,
        tokens_in=each.tokens_in,
        tokens_out=each.tokens_out,
        cost=None if price is None else _cost(price, each),
        seconds=None if batch else _scaled(each.seconds, 1 / limits.concurrency),
        most_tokens_in=most_in,
        most_tokens_out=most_out,
        most_cost=None if price is None else price.cost(tokens_in=most_in, tokens_out=most_out),
        currency=None if price is None else price.currency,
        as_of=None if price is None else price.as_of,
        measured=sum(one.answers for one in took),
    )


def before(spent: Spent, takes: Estimate, *, limits: Limits) -> Before:
    """Return what was spent, and whether the limits will do for what `takes` is beside it."""
    tokens = spent.tokens_in + spent.tokens_out
    cost = None
    if limits.price is not None:
        unpriced = {"tokens_in": spent.unpriced_in, "tokens_out": spent.unpriced_out}
        cost = spent.cost + limits.price.cost(**unpriced)
    all_tokens = tokens + takes.tokens_in.high + takes.tokens_out.high
    enough = limits.max_tokens is None or all_tokens <= limits.max_tokens
    if limits.max_cost is not None and cost is not None and takes.cost is not None:
        enough = enough and cost + takes.cost.high <= limits.max_cost
    return Before(tokens, cost, enough)


def _cost(price: Price, each: _Each) -> Span:
    ends = ((each.tokens_in.low, each.tokens_out.low), (each.tokens_in.high, each.tokens_out.high))
    return Span(*(price.cost(tokens_in=round(i), tokens_out=round(o)) for i, o in ends))


def _measured(took: Sequence[Took], n: int) -> _Each:
    calls = _sum([one.calls / one.answers for one in took], n)
    return _Each(
        calls=Span(max(calls.low, n), max(calls.high, n)),
        tokens_in=_sum([one.tokens_in / one.answers for one in took], n),
        tokens_out=_sum([one.tokens_out / one.answers for one in took], n),
        seconds=_sum([one.seconds / one.answers for one in took], n),
    )


def _sum(sample: Sequence[float], n: int) -> Span:
    """Return what n more of these sum up to, with the chance in the sample and in the n."""
    if not n:
        return Span(0, 0)
    mean = fmean(sample)
    spread = stdev(sample) if len(sample) > 1 else SPREAD * mean
    off = CLOSE * spread * sqrt(1 / len(sample) + 1 / n)
    return Span(max(mean - off, 0) * n, (mean + off) * n)


def _by_rule(requests: Sequence[Request], written: Span) -> _Each:
    n, read = len(requests), _tokens(requests)
    calls = Span(n * AGAIN[0], n * AGAIN[1])
    out = Span(written.low * calls.low, written.high * calls.high)
    return _Each(
        calls=calls,
        tokens_in=Span(read.low * AGAIN[0], read.high * AGAIN[1]),
        tokens_out=out,
        seconds=Span(out.low / WRITTEN[0], out.high / WRITTEN[1]),
    )


def _tokens(requests: Iterable[Request]) -> Span:
    known: dict[str, tuple[int, int]] = {}  # all but the last message are the same ones
    chinese = other = 0
    for request in requests:
        *begun, last = (message["content"] for message in request.messages)
        for text in begun:
            if text not in known:
                known[text] = _characters(text)
        for these, others in (*(known[text] for text in begun), _characters(last)):
            chinese, other = chinese + these, other + others
    return Span(
        *(a * chinese + b * other for a, b in zip(CHINESE_TOKENS, OTHER_TOKENS, strict=True))
    )


def _characters(text: str) -> tuple[int, int]:
    chinese = len(CHINESE.findall(text))
    return chinese, len(text) - chinese


def _scaled(span: Span, by: float) -> Span:
    return Span(span.low * by, span.high * by)
