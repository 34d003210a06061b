"""Bring what a job has brought into the store: each answer once, however often it is tried."""

import re
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import IO, Any

from db import batch_jobs
from db.attempts import Held
from db.batch_jobs import JobOut, RowOut
from db.engine import Store
from pipeline.calling.asking import Request
from pipeline.calling.batch.asks import Ask, Became, Becoming
from pipeline.calling.batch.books import Books
from pipeline.calling.batch.lines import Row, not_run, result_in
from pipeline.calling.batch.patience import Patience
from pipeline.calling.batch.remote import Remote, RemoteJob
from pipeline.calling.batch.sheet import Sheet
from pipeline.calling.journal.budget import Budget
from pipeline.calling.journal.calls import Call, Entry, closing, used
from pipeline.calling.live.exchange import Heard
from pipeline.calling.replies import Fault, Reply

WORDS = {
    "unreadable": "{n} lines that are no results",
    "unknown": "{n} results that nobody asked for",
    "doubled": "{n} results of a request that had one: the first counts",
    "missing": "no result for {n} requests",
    "not_run": "{n} requests were not run, and cost nothing",
    "refused": "{n} requests were refused before any was run",
    "too_much": "{n} requests are more than the server lets wait at a time",
    "gone": "the server no longer has the answers",
    "no_messages": "the server no longer has the questions: {n} wait for the next run",
}
# How many tokens may wait in jobs is limited for each account, and no server tells it before.
TOO_MUCH = re.compile(r"token_limit|enqueued", re.IGNORECASE)


@dataclass(frozen=True)
class Desk:
    """What jobs are collected with; `held` are the replies that earlier runs left, by their ids."""

    store: Store
    remote: Remote
    patience: Patience
    books: Books
    budget: Budget
    becoming: Becoming
    held: Mapping[int, Held]


@dataclass
class Sent:
    """What this process still has of a job: its file, and the requests that had a past."""

    file: IO[bytes]
    asks: Mapping[int, Ask]


@dataclass
class Collected:
    """What is to be asked again, what ends the run, and what was odd with the job."""

    again: list[Ask] = field(default_factory=list)
    fatal: Fault | None = None
    odd: Counter[str] = field(default_factory=Counter)

    def note(self) -> str:
        """Return in words what was odd, or nothing."""
        return "; ".join(
            words.format(n=self.odd[what]) for what, words in WORDS.items() if self.odd[what]
        )


async def collect(desk: Desk, job: JobOut, told: RemoteJob, sent: Sent | None) -> Collected:
    """Store what a job brought, and then that it has ended; a part may be stored already.

    Raises Fault where the server does not give the files, and Interrupted.
    """
    with desk.store.reading() as session:
        rows = batch_jobs.rows(session, job_id=job.id)
    async with AsyncExitStack() as files:
        file = sent.file if sent else await _fetched(desk, files, told.input_file)
        sheet = Sheet(rows, file, asks=sent.asks if sent else {}, held=desk.held)
        collecting = _Collecting(desk, job, told, sheet)
        if told.status == "failed":
            await collecting.refused()
        else:
            await collecting.results(files)
        collected = await collecting.end()
    note = collected.note() or told.status
    with desk.store.writing() as session:
        batch_jobs.collected(session, job_id=job.id, detail=note)
    return collected


async def _fetched(desk: Desk, files: AsyncExitStack, file_id: str | None) -> IO[bytes] | None:
    """Return a server's file; None if there is none, or none any more."""
    if file_id is None:
        return None
    try:
        return await files.enter_async_context(desk.remote.fetched(file_id))
    except Fault as fault:
        if fault.kind != "bad_request":
            raise
        return None


class _Collecting:
    """One pass over the files of one job."""

    def __init__(self, desk: Desk, job: JobOut, told: RemoteJob, sheet: Sheet) -> None:
        self._desk, self._job, self._told, self._sheet = desk, job, told, sheet
        self._seen: set[int] = set()
        self._collected = Collected()
        self._odd = self._collected.odd

    async def results(self, files: AsyncExitStack) -> None:
        """Read what the server made of the requests, in whatever order it stands there."""
        # First what was answered: only then a refusal is known to be of one request alone. And both
        # are here before any is read: what is to be asked again is known to this pass only.
        wanted = [id_ for id_ in (self._told.output_file, self._told.error_file) if id_]
        found = [await _fetched(self._desk, files, id_) for id_ in wanted]
        for file in found:
            if file is None:
                self._odd["gone"] += 1
            for line in file or ():
                await self._line(line)
        for number, stored, row in self._sheet.open_rows():
            if number not in self._seen:
                await self._missing(stored, row)

    async def refused(self) -> None:
        """Take in that the server did not take the file, and why: nothing of it was run."""
        errors = self._told.errors
        if any(TOO_MUCH.search(str(error.get("code"))) for error in errors):
            await self._all_again()
            return
        lines = {line - 1: e for e in errors if isinstance(line := e.get("line"), int)}
        for number, stored, row in self._sheet.open_rows():
            error = lines.get(number) or (errors[0] if errors and not lines else None)
            if error is None:
                await self._settle(stored, row, not_run())
                continue
            self._odd["refused"] += 1
            fault = self._desk.remote.faults.refused(400, {"error": error}, {})
            await self._settle(stored, row, fault, alone=len(lines) < self._job.requests)

    async def end(self) -> Collected:
        await self._desk.books.written()
        return self._collected

    async def _line(self, line: bytes) -> None:
        await self._desk.patience.breathe()
        result = result_in(line, self._desk.remote.faults)
        stored = self._sheet.stored(result.row) if result else None
        if result is None or stored is None or result.row is None:
            if line.strip():
                self._odd["unknown" if result else "unreadable"] += 1
        elif result.row.number in self._seen:
            self._odd["doubled"] += 1
        else:
            self._seen.add(result.row.number)
            if stored.is_open:  # else a pass that was broken off has stored it
                await self._settle(stored, result.row, result.got)

    async def _missing(self, stored: RowOut, row: Row | None) -> None:
        if self._told.status == "completed" or self._odd["gone"]:
            self._odd["missing"] += 1
            fault = Fault(
                "malformed",
                "the server has no result for this request",
                may_be_billed=True,
            )
            await self._settle(stored, row, fault)
        else:
            await self._settle(stored, row, not_run())

    async def _all_again(self) -> None:
        for _, stored, row in self._sheet.open_rows():
            self._odd["too_much"] += 1
            await self._desk.books.add(self._closed(stored, not_run()).entry or Entry())
            self._ask_again(None if row is None else self._sheet.ask(row))

    async def _settle(
        self, stored: RowOut, row: Row | None, got: Reply | Fault, *, alone: bool = False
    ) -> None:
        if isinstance(got, Fault) and got.kind == "not_run":
            self._odd["not_run"] += 1
        heard = self._closed(stored, got)
        if row is None:
            await self._desk.books.add(heard.entry or Entry())
            self._ask_again(None)
            return
        became = await self._became(self._sheet.ask(row), heard, alone=alone)
        await self._desk.books.add(became.entry)
        self._collected.fatal = self._collected.fatal or became.fatal
        if became.again is not None:
            self._ask_again(became.again)

    async def _became(self, ask: Ask, heard: Heard, *, alone: bool) -> Became:
        try:
            return self._desk.becoming.of(ask, heard, run_id=self._job.run_id, alone=alone)
        except Exception:
            if heard.entry and heard.entry.row and isinstance(heard.got, Reply):
                row = {**heard.entry.row, "state": "held"}  # it was paid for
                await self._desk.books.add(Entry(row))
            raise

    def _ask_again(self, ask: Ask | None) -> None:
        if ask is None or not self._sheet.has_messages:
            self._odd["no_messages"] += 1
        else:
            self._collected.again.append(ask)

    def _closed(self, stored: RowOut, got: Reply | Fault) -> Heard:
        budget = self._desk.budget
        request = Request(stored.question_id or 0, (), 0)  # what was asked does not matter here
        call = Call(request, {}, "", stored.most, id=stored.attempt_id)
        took = used(call, got)
        budget.settle(reserved=stored.most, used=took)
        row: dict[str, Any] = closing(call, got, cost=budget.cost_of(*took), seconds=0.0)
        return Heard(got, Entry({**row, "seconds": None}), took)
