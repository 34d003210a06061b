"""Show how far calls to a model are: a live line on a terminal, now and then a line in a log."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import click

from pipeline.calling.prices import Price
from pipeline.calling.work import Progress
from pipeline.cli.amounts import duration, money, tokens
from pipeline.cli.columns import width
from pipeline.cli.wording import many

LIVE_SECONDS = 0.2
LOG_SECONDS = 30.0


def _stderr(text: str) -> None:
    click.echo(text, err=True, nl=False)


def _on_terminal() -> bool:
    return sys.stderr.isatty()


@dataclass
class Watch:
    """Shows progress when it is told of it, as often as it can be read.

    `currency` is what costs are in. `terminal` says where it goes; `write` and `clock` are how.
    """

    currency: str = ""
    terminal: bool = field(default_factory=_on_terminal)
    write: Callable[[str], None] = _stderr
    clock: Callable[[], float] = time.monotonic
    _shown_at: float | None = None
    _unshown: Progress | None = None
    _open_line: bool = False
    _ending: bool = False

    def tell(self, progress: Progress) -> None:
        now = self.clock()
        every = LIVE_SECONDS if self.terminal else LOG_SECONDS
        if self._shown_at is None and not self.terminal:
            self._shown_at = now  # a log says nothing of what takes less than its first interval
        ends = progress.ending and not self._ending  # whoever asked for that waits to be heard
        if self._shown_at is not None and now - self._shown_at < every and not ends:
            self._unshown = progress
            return
        self._shown_at, self._ending = now, progress.ending
        self._show(progress)

    def end(self) -> None:
        """Leave how far it came on a terminal, and begin a new line."""
        if self._open_line:
            if self._unshown:
                self._show(self._unshown)
            self._write("\n")
            self._open_line = False

    def _show(self, progress: Progress) -> None:
        self._unshown = None
        text = line(progress, currency=self.currency)
        if not self.terminal:
            self._write(f"{text}\n")
            return
        places = shutil.get_terminal_size().columns - 1
        while width(text) > places:
            text = text[:-1]
        self._write(f"\r{text}{' ' * (places - width(text))}")
        self._open_line = True

    def _write(self, text: str) -> None:
        with suppress(OSError):  # nobody reads it any more, and what is paid for goes on
            self.write(text)


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
