"""Follow one request from its first call to what becomes of it."""

from dataclasses import dataclass, replace
from random import Random
from typing import Protocol

from db.attempts import Held
from pipeline.calling.asking import Request
from pipeline.calling.journal.calls import Call, Entry, reply_of
from pipeline.calling.live.retries import Tries
from pipeline.calling.replies import PASSING, Fault, Reply
from pipeline.calling.work import Again, Kept, Settled, Work

MOST_STEPS = 5  # a stage that always wants one more call would spend without end


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a request's last try; `entry` is None where that is written already."""

    got: Reply | Fault
    entry: Entry | None
    used: tuple[int, int]


class Calling(Protocol):
    """What an exchange needs of the run that it is in.

    `call` makes a call ready, `held` finds a reply to it that an earlier run left, `let` waits
    until it may begin: False where it may not, as there is no money for it or all ends (`halted`).
    `ends_all` says whether a fault ends the run, and then ends it.
    """

    work: Work
    run_id: int
    tries: int
    chance: Random
    halted: bool
    answering: bool

    def call(self, request: Request) -> Call: ...
    def held(self, call: Call) -> Held | None: ...
    async def let(self, call: Call, *, after: float = 0.0) -> bool: ...
    async def ask(self, call: Call) -> Heard: ...
    def ends_all(self, fault: Fault) -> bool: ...
    def cost_of(self, tokens_in: int, tokens_out: int) -> float | None: ...
    def write(self, entry: Entry) -> None: ...


class Exchange:
    """One request with all its calls; each reply is written before the next call is made."""

    def __init__(self, calling: Calling, request: Request) -> None:
        self._calling, self._asked_for = calling, request
        self._request = request
        self._otherwise: Kept | None = None
        self._held: list[int] = []
        self._tokens_in = self._tokens_out = 0
        self._model: str | None = None

    async def follow(self, first: Call | Held) -> None:
        """Ask until it is known what becomes of the request, or all ends."""
        heard = await self._heard(first)
        for _ in range(MOST_STEPS):
            if heard is None:
                return
            became = self._became(heard)
            if not isinstance(became, Again):
                self._end(heard, became)
                return
            self._hold(heard)
            self._request, self._otherwise = became.request, became.otherwise
            heard = await self._further()
        if heard is not None:
            self._hold(heard)
            raise RuntimeError(f"one more call was wanted {MOST_STEPS} times: {self._asked_for}")

    async def _further(self) -> Heard | None:
        call = self._calling.call(self._request)
        held = self._calling.held(call)
        if held is not None:
            return await self._heard(held)
        if await self._calling.let(call):
            return await self._heard(call)
        return None  # what there is stays held, for a run that may make the call

    async def _heard(self, call: Call | Held) -> Heard | None:
        """Return what comes of a call in its last try; None if all ends before."""
        if isinstance(call, Held):
            self._held.append(call.id)
            return self._counted(Heard(reply_of(call), None, (call.tokens_in, call.tokens_out)))
        tries = Tries(self._calling.tries)
        while True:
            heard = self._counted(await self._calling.ask(call))
            fault = heard.got
            if not isinstance(fault, Fault) or fault.kind not in PASSING:
                return heard
            if not tries.may_go_on(fault, answering=self._calling.answering):
                return heard
            self._hold(heard)
            call = self._calling.call(self._request)
            if not await self._calling.let(
                call, after=tries.wait(fault.kind, self._calling.chance)
            ):
                if self._calling.halted or self._otherwise is not None:
                    return None
                return replace(heard, entry=None)

    def _counted(self, heard: Heard) -> Heard:
        self._tokens_in += heard.used[0]
        self._tokens_out += heard.used[1]
        if isinstance(heard.got, Reply):
            self._model = heard.got.model
        return heard

    def _became(self, heard: Heard) -> Kept | Again | None:
        work, got = self._calling.work, heard.got
        try:
            if isinstance(got, Reply):
                return work.read(self._request, got)
            return None if got.kind in PASSING else work.faulted(self._request, got)
        except Exception:
            self._hold(heard)  # it was paid for
            raise

    def _hold(self, heard: Heard) -> None:
        """Write how a call ended; a reply is held until it is known what becomes of it."""
        if heard.entry is None or heard.entry.row is None:
            return
        if isinstance(heard.got, Reply):
            heard.entry.row["state"] = "held"
            self._held.append(heard.entry.row["attempt_id"])
        self._calling.write(heard.entry)

    def _end(self, heard: Heard, kept: Kept | None) -> None:
        entry = heard.entry or Entry()
        fault = heard.got
        if kept is None and isinstance(fault, Fault):
            if self._calling.ends_all(fault):
                self._hold(heard)
                return
            kept = self._otherwise
            if kept is None:
                self._calling.write(replace(entry, failed=fault.kind, why=fault.message))
                return
        if kept is not None:
            self._keep(entry, kept)

    def _keep(self, entry: Entry, kept: Kept) -> None:
        settled = Settled(
            request=self._asked_for,
            kept=kept,
            run_id=self._calling.run_id,
            model=self._model,
            tokens_in=self._tokens_in,
            tokens_out=self._tokens_out,
            cost=self._calling.cost_of(self._tokens_in, self._tokens_out),
        )
        self._calling.write(replace(entry, settled=settled, released=tuple(self._held)))
