"""Each signal that asks a process to end is heard, and the process is left as it was."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator

import pytest

from pipeline.calling.live.interrupts import heard


@pytest.fixture
def ignored() -> Iterator[signal.Signals]:
    """A signal that this process ignores, as one that was started with nohup does."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    yield signal.SIGHUP
    signal.signal(signal.SIGHUP, before)


async def sent(numbers: list[signal.Signals]) -> int:
    told: list[bool] = []
    with heard(lambda: told.append(True)):
        for number in numbers:
            os.kill(os.getpid(), number)
            await asyncio.sleep(0.01)
    return len(told)


def test_each_signal_is_heard_and_nothing_is_changed_for_good() -> None:
    numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGINT]
    before = [signal.getsignal(number) for number in numbers]
    assert asyncio.run(sent(numbers)) == 4
    assert [signal.getsignal(number) for number in numbers] == before


def test_what_was_ignored_stays_ignored(ignored: signal.Signals) -> None:
    assert asyncio.run(sent([ignored, signal.SIGTERM])) == 1


def test_in_another_thread_nothing_is_heard_and_nothing_fails() -> None:
    ran: list[bool] = []

    async def run() -> None:
        with heard(lambda: None):
            ran.append(True)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    thread.join()
    assert ran == [True]
