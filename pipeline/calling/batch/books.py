"""Write what becomes of requests through the journal, and wait until it is written."""

import asyncio
from collections.abc import Callable, Sequence

from pipeline.calling.journal.calls import Call, Entry
from pipeline.calling.journal.journal import Journal, Listener
from pipeline.calling.journal.tally import Tally

AHEAD = 1024  # entries that wait to be written: they hold answers, and memory is short


class Books:
    """Counts what was committed, as live calls do; `watch` is called each time."""

    def __init__(self, journal: Journal, tally: Tally) -> None:
        self.watch: Callable[[], None] = lambda: None
        self._journal, self._tally = journal, tally
        self._waiting = 0
        self._error: Exception | None = None
        self._moved = asyncio.Event()

    def open(self) -> None:
        self._journal.start(Listener(self._committed, self._broken))

    async def close(self) -> None:
        """Return when all is written that can be."""
        await self._journal.close()

    async def add(self, entry: Entry) -> None:
        """Have an entry written, soon. Raises what the store raises."""
        self._journal.add(entry)
        self._waiting += 1
        if self._waiting >= AHEAD:
            await self._until(AHEAD // 2)

    async def written(self) -> None:
        """Return when all entries are committed. Raises what the store raises."""
        await self._until(0)

    async def _until(self, few: int) -> None:
        while self._waiting > few and self._error is None:
            self._moved.clear()
            await self._moved.wait()
        if self._error is not None:
            raise self._error

    def _committed(self, _calls: Sequence[Call], entries: Sequence[Entry]) -> None:
        self._tally.add(entries)
        self._waiting -= len(entries)
        self._moved.set()
        self.watch()

    def _broken(self, error: Exception) -> None:
        self._error = error
        self._moved.set()
