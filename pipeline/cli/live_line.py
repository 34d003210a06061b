"""Show how far long work is: a live line on a terminal, now and then a line in a log."""

import shutil
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import click

from pipeline.cli.columns import width

T = TypeVar("T")
LIVE_SECONDS = 0.2
LOG_SECONDS = 30.0


def _stderr(text: str) -> None:
    click.echo(text, err=True, nl=False)


def _on_terminal() -> bool:
    return sys.stderr.isatty()


@dataclass
class LiveLine(Generic[T]):
    """Shows progress when it is told of it, as often as it can be read.

    `say` puts it into one line. `terminal` says where it goes; `write` and `clock` are how.
    """

    say: Callable[[T], str]
    terminal: bool = field(default_factory=_on_terminal)
    write: Callable[[str], None] = _stderr
    clock: Callable[[], float] = time.monotonic
    _shown_at: float | None = None
    _unshown: T | None = None
    _open_line: bool = False

    def tell(self, progress: T, *, at_once: bool = False) -> None:
        """Show this, unless another was shown just now: then the next one is, or the last."""
        now = self.clock()
        every = LIVE_SECONDS if self.terminal else LOG_SECONDS
        if self._shown_at is None and not self.terminal:
            self._shown_at = now  # a log says nothing of what takes less than its first interval
        if self._shown_at is not None and now - self._shown_at < every and not at_once:
            self._unshown = progress
            return
        self._shown_at = now
        self._show(progress)

    def end(self) -> None:
        """Leave how far it came on a terminal, and begin a new line."""
        if self._open_line:
            if self._unshown is not None:
                self._show(self._unshown)
            self._write("\n")
            self._open_line = False

    def _show(self, progress: T) -> None:
        self._unshown = None
        text = self.say(progress)
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
