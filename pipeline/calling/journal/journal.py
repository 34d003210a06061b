"""Write calls and what became of them into the store, many in one commit, by one thread."""

import threading
import time
from asyncio import AbstractEventLoop, Event, get_running_loop
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from db import attempts
from db.engine import Store
from db.errors import KnownError, StoreBusy, StoreError
from pipeline.calling.journal import runs
from pipeline.calling.journal.calls import Call, Entry
from pipeline.calling.work import Settled

TOGETHER = 256  # of each kind: a transaction stays short
# Raters write into the same file: between two commits is a moment that is theirs.
PAUSE_SECONDS = 0.02
AGAIN_SECONDS = 0.5
LAG_MEMORY = 8


@dataclass(slots=True)
class Batch:
    """What one transaction writes: calls to open, entries, and calls to forget."""

    opening: list[Call] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    forgotten: list[Call] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.opening or self.entries or self.forgotten)


@dataclass(frozen=True)
class Listener:
    """Who is told, in the event loop, what was committed, and that the store takes no more."""

    committed: Callable[[Sequence[Call], Sequence[Entry]], None]
    broken: Callable[[Exception], None]


class Journal:
    """Writes in the order in which things happen; nothing counts before `committed` says so.

    While the store is busy it goes on trying. Where the store takes no more, it tells so and
    tries again what is paid for, for `patience_seconds` or until it is told to give up.
    """

    def __init__(
        self,
        store: Store,
        *,
        run_id: int,
        row: Callable[[Call], dict[str, Any]],
        keep: Callable[[Session, Sequence[Settled]], None],
        patience_seconds: float,
    ) -> None:
        self.lag_seconds = PAUSE_SECONDS
        self.unstored = 0
        self._store, self._row, self._keep = store, row, keep
        self._run_id = run_id
        self._patience_seconds = patience_seconds
        self._opening: deque[Call] = deque()
        self._entries: deque[Entry] = deque()
        self._forgotten: deque[Call] = deque()
        self._wake = threading.Event()
        self._hurry = threading.Event()
        self._closing = self.broken = False
        self._ended = Event()

    def start(self, listener: Listener) -> None:
        self._listener = listener
        self._loop: AbstractEventLoop = get_running_loop()
        threading.Thread(target=self._work, name="journal", daemon=True).start()

    def open(self, call: Call) -> None:
        """Write that a call is about to be made."""
        call.written_from = time.monotonic()
        self._opening.append(call)
        self._wake.set()

    def add(self, entry: Entry) -> None:
        """Write how a call ended, or what became of a request, or both."""
        self._entries.append(entry)
        self._wake.set()

    def forget(self, call: Call) -> None:
        """Take back that a call is about to be made: it was not."""
        self._forgotten.append(call)
        self._wake.set()

    async def close(self) -> None:
        """Return when all is written that can be; `unstored` replies could not."""
        self._closing = True
        self._wake.set()
        await self._ended.wait()

    def give_up(self) -> None:
        """Try once more what waits, and no longer."""
        self._hurry.set()
        self._wake.set()

    def _work(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            while batch := self._gathered():
                self._write(batch)
                if not self._closing:
                    time.sleep(PAUSE_SECONDS)
            if self._closing and not self._wake.is_set():
                break
        self._tell(self._ended.set)

    def _gathered(self) -> Batch:
        return Batch(_taken(self._opening), _taken(self._entries), _taken(self._forgotten))

    def _write(self, batch: Batch) -> None:
        began = time.monotonic()
        while True:
            try:
                self._transaction(batch)
            except StoreError as error:
                if not self._may_try_again(error, began):
                    self.unstored += _paid(batch.entries)
                    return
                if self.broken:
                    batch.opening.clear()
            except Exception as error:  # noqa: BLE001 - one of them must not take the others along
                self._break(self._explained(error))
                self._apart(batch)
                return
            else:
                self._committed(batch)
                return

    def _may_try_again(self, error: StoreError, began: float) -> bool:
        if isinstance(error, StoreBusy) and not self._hurry.is_set():
            return True
        self._break(error)
        if self._hurry.is_set() or time.monotonic() - began > self._patience_seconds:
            return False
        self._hurry.wait(AGAIN_SECONDS)
        return True

    def _break(self, error: Exception) -> None:
        if not self.broken:
            self.broken = True
            self._tell(self._listener.broken, error)

    def _explained(self, error: Exception) -> Exception:
        """Return the error, or what led to it: that this run is none of the store's any more."""
        try:
            with self._store.reading() as session:
                runs.check(session, self._run_id)
        except KnownError as known:
            return known
        return error

    def _apart(self, batch: Batch) -> None:
        """Write each entry alone, and no call that was about to be made.

        What a stage fails to store is held, and so not bought again.
        """
        alone = [Batch(entries=[entry]) for entry in batch.entries]
        if batch.forgotten:
            alone.append(Batch(forgotten=batch.forgotten))
        if alone != [batch]:
            for each in alone:
                self._write(each)
            return
        for entry in batch.entries:
            if entry.settled:
                row = entry.row and {**entry.row, "state": "held"}
                self._write(Batch(entries=[Entry(row=row)]))
            else:
                self.unstored += _paid([entry])

    def _transaction(self, batch: Batch) -> None:
        ids: list[int] = []
        with self._store.writing() as session:
            if batch.opening:
                runs.check(session, self._run_id)
                ids = attempts.add_open(session, [self._row(call) for call in batch.opening])
            attempts.settle(session, [entry.row for entry in batch.entries if entry.row])
            attempts.release(session, [id_ for entry in batch.entries for id_ in entry.released])
            attempts.forget(session, [call.id for call in batch.forgotten])
            settled = [entry.settled for entry in batch.entries if entry.settled]
            if settled:
                self._keep(session, settled)
        for call, id_ in zip(batch.opening, ids, strict=True):
            call.id = id_

    def _committed(self, batch: Batch) -> None:
        if batch.opening:
            lag = time.monotonic() - batch.opening[0].written_from
            self.lag_seconds += (lag - self.lag_seconds) / LAG_MEMORY
        self._tell(self._listener.committed, batch.opening, batch.entries)

    def _tell(self, told: Callable[..., None], *what: Any) -> None:
        self._loop.call_soon_threadsafe(told, *what)


def _taken(waiting: deque[Any]) -> list[Any]:
    return [waiting.popleft() for _ in range(min(len(waiting), TOGETHER))]


def _paid(entries: Iterable[Entry]) -> int:
    return sum(bool(entry.settled or (entry.row and entry.row["content"])) for entry in entries)
