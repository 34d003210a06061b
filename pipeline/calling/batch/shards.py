"""Files of requests, cut so that the server takes them and the budget allows them."""

import tempfile
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import IO, Any

from db.attempts import Held
from pipeline.calling.batch.asks import Ask
from pipeline.calling.batch.lines import request_line, row_of
from pipeline.calling.journal.apart import Apart
from pipeline.calling.journal.budget import Budget
from pipeline.calling.journal.calls import Call, call_for, opening
from pipeline.calling.work import Work

MOST_BYTES = 190_000_000  # a server takes 200 MB, with what stands around the file in the upload


@dataclass(frozen=True)
class Room:
    """How much goes into one file."""

    rows: int
    bytes: int = MOST_BYTES


@dataclass
class Shard:
    """A file of requests that is written row by row; `rows` go into the journal.

    `asks` has those requests, under their rows, that were asked something before. `may_be_out` says
    that the server may have it, and only the next run finds out.
    """

    file: IO[bytes]
    rows: list[dict[str, Any]] = field(default_factory=list)
    asks: dict[int, Ask] = field(default_factory=dict)
    size_bytes: int = 0
    most: tuple[int, int] = (0, 0)
    may_be_out: bool = False


class Waiting:
    """The requests that are to be asked, one after the other: first those that are asked again.

    What an earlier run was answered is not asked.
    """

    def __init__(self, work: Work, fresh: Apart, held: Mapping[str, list[Held]]) -> None:
        self.again: deque[Ask] = deque()
        self.fresh = fresh
        self._work = work
        self._held = {asked: list(replies) for asked, replies in held.items()}
        self._next: tuple[Ask, Call] | None = None

    def look(self) -> tuple[Ask, Call | Held] | None:
        """Return the next request with its call, or with the reply that is held for it."""
        if self._next is None:
            if self.again:
                ask = self.again.popleft()
            elif (request := next(self.fresh, None)) is not None:
                ask = Ask(request)
            else:
                return None
            call = call_for(self._work.model, ask.request)
            replies = self._held.get(call.request_hash)
            if replies:
                reply = replies.pop(0)
                return replace(ask, held=(*ask.held, reply.id)), reply
            self._next = ask, call
        return self._next

    def take(self) -> None:
        """Let the request that was looked at go."""
        self._next = None

    def rest(self) -> Iterator[Ask]:
        """Yield what still waits, which then waits no more."""
        if self._next is not None:
            yield self._next[0]
            self._next = None
        while self.again:
            yield self.again.popleft()
        yield from map(Ask, self.fresh)


class Cutter:
    """Cuts shards off what waits; `poor` says that the budget ended the last one."""

    def __init__(self, *, run_id: int, budget: Budget, files: ExitStack, room: Room) -> None:
        self.room, self.poor = room, False
        self._run_id, self._budget, self._files = run_id, budget, files

    def begin(self) -> Shard:
        return Shard(self._files.enter_context(tempfile.TemporaryFile()))

    def add(self, shard: Shard, ask: Ask, call: Call) -> bool:
        """Add a request, if there is room and money for it."""
        row = row_of(ask.request, number=len(shard.rows), held=ask.held)
        line = request_line(row, call.body)
        self.poor = False
        if len(shard.rows) >= self.room.rows or (
            shard.rows and shard.size_bytes + len(line) > self.room.bytes
        ):
            return False
        if not self._budget.reserve(*call.most):
            self.poor = True
            return False
        shard.file.write(line)
        shard.rows.append(opening(call, run_id=self._run_id, budget=self._budget))
        if ask.step > 1 or ask.failed or ask.not_run:
            shard.asks[row.number] = ask
        shard.size_bytes += len(line)
        shard.most = (shard.most[0] + call.most[0], shard.most[1] + call.most[1])
        return True
