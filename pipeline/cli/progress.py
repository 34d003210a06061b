"""Show how far calls to a model are, in one line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pipeline.calling.prices import Price
from pipeline.calling.work import Progress
from pipeline.cli.amounts import duration, money, tokens
from pipeline.cli.live_line import LiveLine
from pipeline.cli.wording import many


class Watch(LiveLine[Progress]):
    """Shows how far calls are, with costs in this currency; that a run ends is said at once."""

    def __init__(self, currency: str = "", **how: Any) -> None:
        super().__init__(lambda progress: line(progress, currency=currency), **how)
        self._ending = False

    def tell(self, progress: Progress, *, at_once: bool = False) -> None:
        ends = progress.ending and not self._ending  # whoever asked for that waits to be heard
        super().tell(progress, at_once=at_once or ends)
        self._ending = progress.ending


@contextmanager
def watching(price: Price | None) -> Iterator[Callable[[Progress], None]]:
    """Yield what shows progress while the block goes on, with costs in the price's currency."""
    watch = Watch(currency=price.currency if price else "")
    try:
        yield watch.tell
    finally:
        watch.end()


def line(progress: Progress, *, currency: str) -> str:
    """Return all that is known of the calls, the most wanted first."""
    left = progress.planned - progress.done
    parts = [
        f"{progress.done:,} of {progress.planned:,} done",
        _ending(progress) if progress.ending else "",
        f"{progress.failed:,} failed" if progress.failed else "",
        f"{progress.set_aside:,} set aside" if progress.set_aside else "",
        f"{progress.refused:,} refused" if progress.refused else "",
        f"cooling down for {duration(progress.cooling_seconds)}"
        if progress.cooling_seconds > 0
        else "",
        f"{duration(left / progress.rate)} left" if progress.rate and left else "",
        f"{progress.rate:,.1f} a second" if progress.rate else "",
        money(progress.cost, currency) if progress.cost is not None else "",
        f"{tokens(progress.tokens)} tokens" if progress.tokens else "",
        f"{progress.in_flight:,} in flight" if progress.in_flight else "",
        f"batch jobs: {progress.at_server}" if progress.at_server else "",
        progress.trouble,
    ]
    return " · ".join(part for part in parts if part)


def _ending(progress: Progress) -> str:
    if not progress.in_flight:
        return "ending"
    return f"ending: waits for {many(progress.in_flight, 'call')}, Ctrl-C again gives them up"
