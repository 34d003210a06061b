"""Let requests in ahead of their calls: each is paid for and written before it may begin."""

import math
from collections import deque
from collections.abc import Callable, Iterator

from pipeline.calling.asking import Request
from pipeline.calling.journal.budget import Budget
from pipeline.calling.journal.calls import Call
from pipeline.calling.journal.journal import Journal
from pipeline.calling.live.flow import Flow

AHEAD = 1.5  # calls that are written before there is room for them, in waits for the journal


class Admission:
    """The calls between a stage's requests and the server.

    As many are written ahead as begin while the journal commits, so that no call waits for it,
    and a run that is killed leaves few that it never made. `opens` makes a request's first call,
    or says with None that none is needed.
    """

    def __init__(
        self,
        requests: Iterator[Request],
        opens: Callable[[Request], Call | None],
        *,
        journal: Journal,
        budget: Budget,
        flow: Flow,
    ) -> None:
        self._requests: Iterator[Request] | None = requests
        self._opens = opens
        self._journal, self._budget, self._flow = journal, budget, flow
        self._dear: Call | None = None  # it waits for money that calls in flight may give back
        self._first: deque[Call] = deque()
        self._later: deque[Call] = deque()
        self._opening = 0
        self._halted = False
        self.out_of_money = False

    @property
    def over(self) -> bool:
        """Whether nothing waits that could still begin."""
        waiting = self._first or self._later or (self._opening and not self._journal.broken)
        return self._requests is None and not waiting

    def fill(self, *, most: int) -> None:
        """Let in what there will soon be room for, and `most` at most."""
        flow = self._flow
        ahead = 0
        if flow.seconds_a_call:
            begin_while_waiting = flow.window * self._journal.lag_seconds / flow.seconds_a_call
            ahead = min(math.ceil(begin_while_waiting * AHEAD), flow.limit)
        waiting = len(self._first) + len(self._later) + self._opening
        for _ in range(min(flow.free + ahead - waiting, most)):
            if not self._let_in():
                return

    def _let_in(self) -> bool:
        call = self._dear
        while call is None:
            request = next(self._requests, None) if self._requests else None
            if request is None:
                self._requests = None
                return False
            call = self._opens(request)
            if call is None:
                return True
        self._dear = None
        if self._budget.reserve(*call.most):
            self.open(call)
            return True
        if self._budget.reserved:
            self._dear = call
        else:
            self._requests, self.out_of_money = None, True
        return False

    def open(self, call: Call) -> None:
        """Write a call that is paid for; it may begin once that is committed."""
        self._opening += 1
        self._journal.open(call)

    def opened(self, call: Call) -> None:
        """Take in that a call is written."""
        self._opening -= 1
        if self._halted:
            self._drop(call)
        else:
            (self._first if call.go is None else self._later).append(call)

    def next(self) -> Call | None:
        """Return the call that begins now, if one does; those that were asked before go first."""
        waiting = self._later or self._first
        return waiting.popleft() if waiting and self._flow.free else None

    def halt(self) -> None:
        """Let nothing more begin, and take back what was written for it."""
        self._halted, self._requests = True, None
        for waiting in (self._first, self._later):
            while waiting:
                self._drop(waiting.popleft())

    def _drop(self, call: Call) -> None:
        self._budget.settle(reserved=call.most, used=(0, 0))
        self._journal.forget(call)
