"""Say what calls to a model took, and what they failed with, to a person."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from pipeline.calling.made import Made
from pipeline.calling.work import Stopped
from pipeline.cli.amounts import duration, money, tokens
from pipeline.cli.wording import counted, many

REASONS_SHOWN = 8
ADVICE: Mapping[str, str] = {
    "connection": "the server could not be reached; run the same command again once it can",
    "timeout": "replies took too long; give a longer --timeout, or a lower --concurrency",
    "cut_off": "the server's replies broke off; run the same command again",
    "malformed": "the server's replies could not be read; see whether --base-url is right",
    "server": "the server had errors of its own; run the same command again later",
    "rate_limit": "the server allows fewer calls; run again later, or with a lower --concurrency",
    "filtered": "the server's filter took them",
    "too_long": "they do not fit the model; a model that reads more is needed",
    "budget": "the budget did not allow one more call",
}
STOPPED: Mapping[Stopped, str] = {
    "budget": "the budget ended it: {left} not asked; give more, and run the same command again",
    "interrupted": "interrupted: {left} not asked",
}


class Counted(Protocol):
    """What a stage that makes answers counts."""

    @property
    def planned(self) -> int: ...
    @property
    def answered(self) -> int: ...
    @property
    def set_aside(self) -> int: ...
    @property
    def refused(self) -> int: ...
    @property
    def failed(self) -> int: ...
    @property
    def skipped(self) -> int: ...


def counts(done: Counted) -> Iterator[str]:
    yield f"kept {done.answered:,} of {done.planned:,}"
    for n, what in (
        (done.set_aside, "set aside"),
        (done.refused, "refused"),
        (done.failed, "failed"),
        (done.skipped, "already there"),
    ):
        if n:
            yield f"{what} {n:,}"


def stopped(made: Made, *, what: str) -> Iterator[str]:
    """Yield why not all was asked, and what that is about."""
    if made.stopped and (made.left or made.stopped == "budget"):
        yield STOPPED[made.stopped].format(left=many(made.left, what))
    if made.stopped == "budget" and made.earlier_tokens:
        cost = _cost(made.earlier_cost, made.currency)
        yield f"  earlier runs of this name took {tokens(made.earlier_tokens)} tokens{cost} of it"
    if made.given_up:
        yield (
            f"given up before they were answered: {many(made.given_up, 'call')}; they may cost all"
            " the same, and are counted as the most that they can take"
        )


def out(made: Made, *, what: str) -> Iterator[str]:
    """Yield how many are with the server in batch jobs, and what was odd with those."""
    yield from made.notes
    if made.out:
        yield (
            f"{many(made.out, what)} with the server in batch jobs; the same command with --batch"
            " collects what has come"
        )


def reasons(found: Mapping[str, int], *, what: str) -> Iterator[str]:
    """Yield the most frequent reasons for which replies could not be used."""
    if found:
        often = sorted(found.items(), key=lambda each: (-each[1], each[0]))
        more = len(often) - REASONS_SHOWN
        shown = counted(dict(often[:REASONS_SHOWN]))
        yield f"{what}: {shown}{f', and {more:,} more reasons' if more > 0 else ''}"


def failures(made: Made) -> Iterator[str]:
    """Yield which faults calls ended with, what to do, and what the last one of each was."""
    for kind, n in sorted(made.failures.items(), key=lambda each: -each[1]):
        yield f"failed, {kind.replace('_', ' ')}: {n:,}; {ADVICE.get(kind, 'run it again')}"
        if said := made.last_failures.get(kind):
            yield f"  the last: {said}"


def told(made: Made, *, model: str) -> Iterator[str]:
    """Yield who answered, where that is not who was asked, and for what no tokens are known."""
    if set(made.models) - {model}:
        yield f"who answered, as the server says: {counted(made.models)}"
    if made.tokens_untold:
        yield (
            f"the server told no tokens of {made.tokens_untold:,} of the replies; they count as the"
            " most that they can have taken"
        )


def spent(made: Made) -> str:
    """Return what calls took, in one line."""
    took = f"{tokens(made.tokens_in)} tokens in, {tokens(made.tokens_out)} out"
    run = "" if made.run is None else f", run {made.run}"
    cost = _cost(made.cost, made.currency)
    return f"{many(made.calls, 'call')}, {took}{cost}, {duration(made.seconds)}{run}"


def _cost(amount: float | None, currency: str | None) -> str:
    return "" if amount is None or not currency else f", {money(amount, currency)}"
