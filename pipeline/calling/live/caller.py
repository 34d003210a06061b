"""Make the calls of a run as the server takes them, and bring them to an end."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from db.attempts import Held
from db.errors import NotCalled, StoreError
from pipeline.calling.asking import Request
from pipeline.calling.journal import calls
from pipeline.calling.journal.budget import Budget
from pipeline.calling.journal.calls import Call, Entry
from pipeline.calling.journal.journal import Journal, Listener
from pipeline.calling.journal.runs import Begun
from pipeline.calling.journal.tally import Tally
from pipeline.calling.live.admission import Admission
from pipeline.calling.live.exchange import Exchange, Heard
from pipeline.calling.live.flow import Flow
from pipeline.calling.live.parking import Parking
from pipeline.calling.replies import FATAL, PASSING, Fault, Reply
from pipeline.calling.server.server import Server
from pipeline.calling.work import Limits, Progress, Stopped, Work

FOLLOWED = 4  # requests that are followed at a time, in calls that are made at a time
UNANSWERED_REQUESTS = 3
REFUSED_IN_A_ROW = 5
TELL_SECONDS = 0.25


@dataclass(frozen=True)
class Tools:
    """What a run calls with."""

    server: Server
    journal: Journal
    budget: Budget
    flow: Flow
    tally: Tally


class Caller:
    """Makes all calls of a run. All that happens here happens in one event loop."""

    def __init__(self, work: Work, limits: Limits, begun: Begun, tools: Tools) -> None:
        self.work, self.run_id, self.tries = work, begun.run_id, limits.tries
        self.chance = Random()  # noqa: S311 - it only spreads waits
        self.halted = self.answering = False
        self.error: BaseException | None = None
        self._interrupted = False
        self._trouble = ""  # what the server failed with last
        self._limits, self._tools, self._replies = limits, tools, begun.held
        self._accepted = begun.spent.answered > 0
        self._refused = self._unanswered = 0
        self._parking = Parking()
        self._tasks: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()
        self._pumping = False

    async def run(self, requests: Iterator[Request], tell: Callable[[Progress], None]) -> None:
        """Return when all requests have ended, or all ends, and the journal is written."""
        tools = self._tools
        self._loop = asyncio.get_running_loop()
        self._admission = Admission(
            requests,
            self._first_call,
            journal=tools.journal,
            budget=tools.budget,
            flow=tools.flow,
        )
        tools.journal.start(Listener(self._committed, self.stop))
        telling = self._loop.create_task(self._keep_telling(tell))
        telling.add_done_callback(self._ended)
        self._soon()
        await self._over.wait()
        telling.cancel()
        await tools.journal.close()
        self._tell(tell)

    @property
    def stopped(self) -> Stopped | None:
        """Why requests were left, if some were."""
        if self._interrupted:
            return "interrupted"
        return "budget" if self._admission.out_of_money else None

    async def _keep_telling(self, tell: Callable[[Progress], None]) -> None:
        while True:
            self._tell(tell)
            await asyncio.sleep(TELL_SECONDS)

    def _tell(self, tell: Callable[[Progress], None]) -> None:
        flow = self._tools.flow
        told = self._tools.tally.progress(
            self._tools.budget,
            in_flight=flow.in_flight,
            cooling_seconds=flow.cooling_seconds,
        )
        told.ending = self._interrupted
        if isinstance(self.error, StoreError):
            told.trouble = self.error.message
        elif told.cooling_seconds or not self.answering:
            told.trouble = self._trouble
        tell(told)

    # What an exchange asks for

    def call(self, request: Request) -> Call:
        return calls.call_for(self.work.model, request)

    def held(self, call: Call) -> Held | None:
        replies = self._replies.get(call.request_hash)
        return replies.pop(0) if replies else None

    def cost_of(self, tokens_in: int, tokens_out: int) -> float | None:
        return self._tools.budget.cost_of(tokens_in, tokens_out)

    def write(self, entry: Entry) -> None:
        self._tools.journal.add(entry)

    async def let(self, call: Call, *, after: float = 0.0) -> bool:
        """Return whether the call may begin, once it may."""
        flow, budget = self._tools.flow, self._tools.budget
        wait = after or flow.cooling_seconds
        while wait and not self.halted:
            await self._parking.sleep(wait)
            wait = flow.cooling_seconds
        while not self.halted and not budget.reserve(*call.most):
            if not budget.reserved:
                self._admission.out_of_money = True
                return False
            await self._parking.for_money()
        if self.halted:
            return False
        call.go = self._parking.place()
        self._admission.open(call)
        return await call.go

    async def ask(self, call: Call) -> Heard:
        """Make a call; whatever comes of it is heard."""
        flow, budget = self._tools.flow, self._tools.budget
        self._tools.tally.attempts += 1
        began = self._loop.time()
        got: Reply | Fault
        try:
            got = await self._tools.server.ask(
                call.body, timeout_seconds=self._limits.timeout_seconds
            )
            self._answered(began)
        except Fault as fault:
            got = fault
            self._failed(fault, began)
        finally:
            flow.in_flight -= 1
            self._soon()
        used = calls.used(call, got)
        budget.settle(reserved=call.most, used=used)
        self._parking.money_came()
        seconds = self._loop.time() - began
        row = calls.closing(call, got, cost=budget.cost_of(*used), seconds=seconds)
        return Heard(got, Entry(row), used)

    def _answered(self, began: float) -> None:
        self._tools.flow.replied(began=began)
        self.answering = self._accepted = True
        self._refused = 0

    def _failed(self, fault: Fault, began: float) -> None:
        if fault.kind in ("filtered", "too_long"):
            self._answered(began)
        elif fault.kind in PASSING:
            self._trouble = fault.message
            why = self._tools.flow.troubled(fault, began=began)
            if why is not None:
                self.stop(NotCalled(f"{fault.message}; {why}"))

    def ends_all(self, fault: Fault) -> bool:
        """Return whether a fault that a request cannot get past ends the run; then end it."""
        if fault.kind in PASSING:
            self._unanswered += 1
            unreached = fault.kind == "connection" and not fault.may_be_billed
            ends = not self.answering and (unreached or self._unanswered >= UNANSWERED_REQUESTS)
        elif fault.kind == "bad_request" and self._accepted:
            # Calls like it were answered: what the server refuses is this one request.
            self._refused += 1
            ends = self._refused >= REFUSED_IN_A_ROW
        else:
            ends = fault.kind in FATAL
        if ends:
            self.stop(NotCalled(fault.message))
        return ends

    # How it ends

    def interrupt(self) -> None:
        """Let the calls in flight end, and begin no more; asked again, end at once."""
        if self._interrupted:
            self._cut_short()
        self._interrupted = True
        self.stop()

    def stop(self, error: BaseException | None = None) -> None:
        """Begin no more calls; the first error is the one that is told."""
        self.error = self.error or error
        if not self.halted:
            self.halted = True
            self._admission.halt()
            self._parking.clear()
            self._loop.call_later(self._limits.drain_seconds, self._cut_short)
        self._soon()

    def _cut_short(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tools.journal.give_up()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.stop(error)
        self._soon()

    # How calls begin

    def _soon(self) -> None:
        if not self._pumping:
            self._pumping = True
            self._loop.call_soon(self._pump)

    def _pump(self) -> None:
        self._pumping = False
        try:
            while call := self._next():
                self._follow(call.request, call)
            # Until the server has answered anything, one request is followed and no other.
            followed = FOLLOWED * self._limits.concurrency if self.answering else 1
            if not self._parking.someone_is_poor:
                self._admission.fill(most=followed - len(self._tasks))
        except Exception as error:  # noqa: BLE001 - the stage's own; what is in flight still ends
            self.stop(error)
        if self._admission.over and not self._tasks:
            self._over.set()

    def _first_call(self, request: Request) -> Call | None:
        """Return a request's first call, unless the journal holds the reply to it."""
        call = self.call(request)
        held = self.held(call)
        if held is None:
            return call
        self._follow(request, held)
        return None

    def _follow(self, request: Request, first: Call | Held) -> None:
        task = self._loop.create_task(self._follow_on(request, first))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def _follow_on(self, request: Request, first: Call | Held) -> None:
        """Follow a request, and then the next ones that may begin.

        Replies that arrive together are each followed by the next call at once: were the call left
        to the loop, it would go out when all of them are read, and the next replies come together
        again.
        """
        await Exchange(self, request).follow(first)
        while call := self._next():
            await Exchange(self, call.request).follow(call)

    def _next(self) -> Call | None:
        """Return the first call of a request, if one may begin now; let further ones begin."""
        while call := self._admission.next():
            self._tools.flow.in_flight += 1
            if call.go is None:
                return call
            call.go.set_result(True)
        return None

    def _committed(self, opened: Sequence[Call], entries: Sequence[Entry]) -> None:
        for call in opened:
            self._admission.opened(call)
        self._tools.tally.add(entries)
        self._soon()
