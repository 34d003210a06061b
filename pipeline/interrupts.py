"""Hear that a run is asked to end, and let the step that is going on end first."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
DEAF = (signal.SIG_IGN, None)  # None: not set by Python, so it cannot be put back


@dataclass
class Ending:
    """Whether somebody has asked for the end."""

    asked: bool = False


@contextmanager
def ending(*, patient: bool = False) -> Iterator[Ending]:
    """Yield what says that this process was asked to end; asked again, it ends at once.

    A `patient` one does not: where several processes are started together, each signal comes
    twice. A signal that is ignored, as with nohup, stays ignored. Only a main thread hears any.
    """
    found = Ending()
    if threading.current_thread() is not threading.main_thread():
        yield found
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def hear(number: int, _frame: Any) -> None:
        found.asked = True
        if not patient:
            signal.signal(number, signal.default_int_handler)

    heard = [number for number, handler in before.items() if handler not in DEAF]
    for number in heard:
        signal.signal(number, hear)
    try:
        yield found
    finally:
        for number in heard:
            signal.signal(number, before[number])
