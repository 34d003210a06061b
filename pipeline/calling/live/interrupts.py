"""Hear the signals that ask a run to end, as it goes on."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
DEAF = (signal.SIG_IGN, None)  # None: not set by Python, so it cannot be put back


@contextmanager
def heard(told: Callable[[], None]) -> Iterator[None]:
    """Call `told` in the event loop each time that this process is asked to end.

    A signal that is ignored, as with nohup, stays ignored. Only a main thread can hear any.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    before = {number: handler for number, handler in handlers.items() if handler not in DEAF}
    for number in before:
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(told))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
