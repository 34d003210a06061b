"""Wait for a server, as long as nobody asks this run to end."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pipeline.calling.replies import PASSING, Fault

T = TypeVar("T")
GROWTH = 1.5


class Interrupted(Exception):
    """This run was asked to end while it waited."""


class Patience:
    """Waits between looks, longer each time from `first` seconds to `longest`.

    What is better not left off may go on for `drain` seconds when the run is asked to end.
    """

    def __init__(self, *, first: float, longest: float, tries: int, drain: float) -> None:
        self.first, self._longest, self._tries, self._drain = first, longest, tries, drain
        self._next = first
        self._asked_to_end = asyncio.Event()
        self._asked_again = asyncio.Event()

    def end(self) -> None:
        """Let all that waits be interrupted, now and from now on; asked again, all else too."""
        (self._asked_again if self._asked_to_end.is_set() else self._asked_to_end).set()

    async def breathe(self) -> None:
        """Let others have their turn in the midst of long work. Raises Interrupted."""
        await asyncio.sleep(0)
        if self._asked_to_end.is_set():
            raise Interrupted

    async def look_later(self) -> None:
        """Wait until the next look. Raises Interrupted."""
        await self.sleep(self._next)
        self._next = min(self._next * GROWTH, self._longest)

    def look_soon(self) -> None:
        """Begin with short waits again."""
        self._next = self.first

    async def sleep(self, seconds: float) -> None:
        """Wait. Raises Interrupted."""
        await self.unless_ended(asyncio.sleep(seconds))

    async def unless_ended(self, what: Awaitable[T]) -> T:
        """Return what `what` returns; where the run is asked to end it is left off.

        Raises Interrupted then.
        """
        doing = asyncio.ensure_future(what)
        ending = asyncio.ensure_future(self._asked_to_end.wait())
        try:
            await asyncio.wait({doing, ending}, return_when=asyncio.FIRST_COMPLETED)
            if doing.done():
                return doing.result()
            doing.cancel()
            await asyncio.wait({doing})
            raise Interrupted
        finally:
            ending.cancel()

    async def drained(self, what: Awaitable[T]) -> T:
        """Return what `what` returns; it is left off later than others. Raises Interrupted then."""
        doing = asyncio.ensure_future(what)
        try:
            return await self.unless_ended(asyncio.shield(doing))
        except Interrupted:
            again = asyncio.ensure_future(self._asked_again.wait())
            await asyncio.wait(
                {doing, again}, timeout=self._drain, return_when=asyncio.FIRST_COMPLETED
            )
            again.cancel()
            if doing.done():
                return doing.result()
            doing.cancel()
            await asyncio.wait({doing})
            raise

    async def tried(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Return what a request brings that may be made more than once, however often it fails.

        Raises Fault after as many tries as are allowed, or at once for what does not pass.
        """
        wait, tried = self.first, 0
        while True:
            try:
                return await self.unless_ended(ask())
            except Fault as fault:
                tried += 1
                if fault.kind not in PASSING or tried >= self._tries:
                    raise
                await self.sleep(max(wait, fault.retry_after or 0.0))
                wait = min(wait * GROWTH, self._longest)
