"""A request on its way through batch jobs, and what becomes of it by what it brings."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from pipeline.calling.asking import Request
from pipeline.calling.journal.calls import Entry
from pipeline.calling.live.exchange import MOST_STEPS, Heard
from pipeline.calling.replies import FATAL, PASSING, Fault, Reply
from pipeline.calling.work import Again, Kept, Settled, Work

MOST_NOT_RUN = 3


@dataclass(frozen=True, slots=True)
class Ask:
    """A request, and what was there before it: replies that are held for it, tokens, tries.

    `otherwise` is kept if it fails, `model` is what the last reply came from.
    """

    request: Request
    otherwise: Kept | None = None
    held: tuple[int, ...] = ()
    tokens_in: int = 0
    tokens_out: int = 0
    model: str | None = None
    step: int = 1
    failed: int = 0
    not_run: int = 0


@dataclass(frozen=True, slots=True)
class Became:
    """What the journal is to write, and what is asked next; `fatal` ends the run."""

    entry: Entry
    again: Ask | None = None
    fatal: Fault | None = None


class Becoming:
    """Says what becomes of requests, as it is with live calls.

    `answering` tells whether a model has answered calls like these: then what the server refuses
    is in the one request, and not in all.
    """

    def __init__(
        self,
        work: Work,
        *,
        tries: int,
        cost_of: Callable[[int, int], float | None],
        answering: bool,
    ) -> None:
        self.answering = answering
        self._work, self._tries, self._cost_of = work, tries, cost_of

    def of(self, ask: Ask, heard: Heard, *, run_id: int, alone: bool = False) -> Became:
        """Return what becomes of a request; `run_id` is the run that it was asked in.

        `alone` says that what was refused is known to be of this request.
        """
        got, (tokens_in, tokens_out) = heard.got, heard.used
        ask = replace(
            ask, tokens_in=ask.tokens_in + tokens_in, tokens_out=ask.tokens_out + tokens_out
        )
        entry = heard.entry or Entry()
        if isinstance(got, Fault):
            return self._failed(ask, entry, got, run_id, alone=alone)
        self.answering = True
        ask = replace(ask, model=got.model)
        read = self._work.read(ask.request, got)
        return self._read(ask, entry, read, run_id, reply=got)

    def _failed(self, ask: Ask, entry: Entry, fault: Fault, run_id: int, *, alone: bool) -> Became:
        if fault.kind in PASSING:
            further = _once_more(ask, fault)
            if further.failed < self._tries and further.not_run < MOST_NOT_RUN:
                return Became(entry, again=further)
            return self._given_up(ask, entry, fault, run_id)
        meant = self._work.faulted(ask.request, fault)
        if meant is not None:
            return self._read(ask, entry, meant, run_id)
        of_one = fault.kind == "bad_request" and (self.answering or alone)
        if fault.kind in FATAL and not of_one:
            return Became(entry, fatal=fault)
        return self._given_up(ask, entry, fault, run_id)

    def _given_up(self, ask: Ask, entry: Entry, fault: Fault, run_id: int) -> Became:
        if ask.otherwise is not None:
            return Became(self._kept(ask, entry, ask.otherwise, run_id))
        return Became(replace(entry, failed=fault.kind, why=fault.message))

    def _read(
        self, ask: Ask, entry: Entry, read: Kept | Again, run_id: int, *, reply: Reply | None = None
    ) -> Became:
        if isinstance(read, Kept):
            return Became(self._kept(ask, entry, read, run_id))
        if reply is not None:
            entry, ask = _held(entry, ask)
        further = replace(
            ask,
            request=read.request,
            otherwise=read.otherwise,
            step=ask.step + 1,
            failed=0,
            not_run=0,
        )
        if ask.step < MOST_STEPS:
            return Became(entry, again=further)
        if read.otherwise is None:
            return Became(entry)
        return Became(self._kept(further, entry, read.otherwise, run_id))

    def _kept(self, ask: Ask, entry: Entry, kept: Kept, run_id: int) -> Entry:
        settled = Settled(
            request=ask.request,
            kept=kept,
            run_id=run_id,
            model=ask.model,
            tokens_in=ask.tokens_in,
            tokens_out=ask.tokens_out,
            cost=self._cost_of(ask.tokens_in, ask.tokens_out),
        )
        return replace(entry, settled=settled, released=ask.held)


def _once_more(ask: Ask, fault: Fault) -> Ask:
    if fault.kind == "not_run":
        return replace(ask, not_run=ask.not_run + 1)
    return replace(ask, failed=ask.failed + 1)


def _held(entry: Entry, ask: Ask) -> tuple[Entry, Ask]:
    """Say of a reply that what becomes of it waits; it may be one that was held before."""
    if entry.row is None:
        return entry, ask
    row = {**entry.row, "state": "held"}
    return replace(entry, row=row), replace(ask, held=(*ask.held, row["attempt_id"]))
