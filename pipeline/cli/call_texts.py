"""Say what calls to a model took, and what they failed with, to a person."""

from collections.abc import Iterator, Mapping

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


def stopped(why: Stopped | None, *, left: str) -> Iterator[str]:
    if why:
        yield STOPPED[why].format(left=left)


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


def failures(found: Mapping[str, int]) -> Iterator[str]:
    """Yield which faults calls ended with, and what to do."""
    for kind, n in sorted(found.items(), key=lambda each: -each[1]):
        yield f"failed, {kind.replace('_', ' ')}: {n:,}; {ADVICE.get(kind, 'run it again')}"


def spent(made: Made) -> str:
    """Return what calls took, in one line."""
    took = f"{tokens(made.tokens_in)} tokens in, {tokens(made.tokens_out)} out"
    told = [many(made.calls, "call"), took]
    if made.cost is not None and made.currency:
        told.append(money(made.cost, made.currency))
    told.append(duration(made.seconds))
    if made.run is not None:
        told.append(f"run {made.run}")
    return ", ".join(told)
