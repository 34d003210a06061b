"""Call a model for a stage through the Batch API: for less, and within a day."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain

from db import attempts, batch_jobs
from db.attempts import Spent
from db.batch_jobs import JobOut
from db.engine import Store
from db.turns import one_at_a_time
from pipeline.calling.batch.asks import Becoming
from pipeline.calling.batch.books import Books
from pipeline.calling.batch.collecting import Desk
from pipeline.calling.batch.patience import Interrupted, Patience
from pipeline.calling.batch.remote import Remote
from pipeline.calling.batch.rounds import Rounds
from pipeline.calling.batch.sending import Sending
from pipeline.calling.batch.shards import Cutter, Room, Waiting
from pipeline.calling.journal import budget, runs
from pipeline.calling.journal.apart import Apart
from pipeline.calling.journal.budget import Budget
from pipeline.calling.journal.calls import opening
from pipeline.calling.journal.journal import Journal
from pipeline.calling.journal.runs import Begun
from pipeline.calling.journal.tally import Tally
from pipeline.calling.live.interrupts import heard
from pipeline.calling.server.server import connected
from pipeline.calling.work import Called, Limits, Progress, RunOf, Work

Tell = Callable[[Progress], None]


def run(
    store: Store, work: Work, *, run_of: RunOf, limits: Limits, key: str | None, tell: Tell
) -> Called:
    """Send what is to be asked and collect what has come: as `live.run`, in a server's own time.

    With `limits.wait` it returns when all is done, else once all is sent: the same call again then
    looks, and collects. It may be ended at any moment. Raises what `live.run` raises.
    """
    if limits.price is not None:
        limits = replace(limits, price=limits.price.in_batch())
    budget.check(limits)
    with one_at_a_time(store, run_of.name), ExitStack() as files:
        asked = _Asked(store, work, run_of, limits, files)
        return asyncio.run(_run(asked, key, tell))


@dataclass(frozen=True)
class _Asked:
    """What `run` was asked for; `files` are closed when it ends."""

    store: Store
    work: Work
    run_of: RunOf
    limits: Limits
    files: ExitStack


async def _run(asked: _Asked, key: str | None, tell: Tell) -> Called:
    work, limits = asked.work, asked.limits
    first_look, last_look = limits.look_seconds
    patience = Patience(
        first=first_look, longest=last_look, tries=limits.tries, drain=limits.drain_seconds
    )
    async with connected(base_url=work.model.base_url, key=key) as server:
        remote = Remote(server, patience, timeout_seconds=limits.timeout_seconds)
        with heard(patience.end):
            try:
                await remote.check()
            except Interrupted:
                return Tally(work.planned).called(None, Budget(limits, Spent()), "interrupted")
            requests = iter(work.requests())
            first = next(requests, None)
            tally = Tally(work.planned)
            with asked.store.reading() as session:
                earlier = runs.of_name(session, asked.run_of)
                jobs = batch_jobs.out(session, run_ids=earlier)
            if first is None and not jobs:
                return tally.called(None, Budget(limits, Spent()), None)
            secret = remote.faults.secret
            begun = runs.begin(asked.store, asked.run_of, price=limits.price, secret=secret)
            fresh = Apart(chain([] if first is None else [first], requests))
            waiting = Waiting(work, fresh, begun.held)
            return await _Begun(asked, remote, patience, tally, begun, jobs).run(waiting, tell)


@dataclass(frozen=True)
class _Begun:
    """A run that the store knows of, and the jobs that earlier ones left."""

    asked: _Asked
    remote: Remote
    patience: Patience
    tally: Tally
    begun: Begun
    jobs: list[JobOut]

    async def run(self, waiting: Waiting, tell: Tell) -> Called:
        asked, begun = self.asked, self.begun
        money = Budget(asked.limits, self._spent_and_settled())
        journal = Journal(
            asked.store,
            run_id=begun.run_id,
            row=lambda call: opening(call, run_id=begun.run_id, budget=money),
            keep=asked.work.keep,
            patience_seconds=asked.limits.drain_seconds,
        )
        books = Books(journal, self.tally)
        rounds = self._rounds(waiting, money, books)
        error: BaseException | None = None
        books.open()
        try:
            await rounds.run(self.jobs, wait=asked.limits.wait, tell=tell)
        except Exception as problem:  # noqa: BLE001 - it is told once all that came is stored
            error = problem
        finally:
            await books.close()
        called = self._called(rounds, money, error)
        runs.end(asked.store, called, error=error)
        if error is not None:
            raise runs.told(error, called, unstored=journal.unstored)
        return called

    def _spent_and_settled(self) -> Spent:
        """Return what earlier runs spent, but for their jobs: this run settles those."""
        with self.asked.store.reading() as session:
            theirs = attempts.reserved(session, job_ids=[job.id for job in self.jobs])
        spent = self.begun.spent
        return replace(
            spent,
            tokens_in=spent.tokens_in - theirs.tokens_in,
            tokens_out=spent.tokens_out - theirs.tokens_out,
            cost=spent.cost - theirs.cost,
            unpriced_in=spent.unpriced_in - theirs.unpriced_in,
            unpriced_out=spent.unpriced_out - theirs.unpriced_out,
        )

    def _rounds(self, waiting: Waiting, money: Budget, books: Books) -> Rounds:
        asked, begun = self.asked, self.begun
        becoming = Becoming(
            asked.work,
            tries=asked.limits.tries,
            cost_of=money.cost_of,
            answering=begun.spent.answered > 0,
        )
        desk = Desk(
            store=asked.store,
            remote=self.remote,
            patience=self.patience,
            books=books,
            budget=money,
            becoming=becoming,
            held={one.id: one for replies in begun.held.values() for one in replies},
        )
        sending = Sending(
            asked.store, self.remote, self.patience, begun.run_id, tries=asked.limits.tries
        )
        room = Room(asked.limits.job_requests)
        cutter = Cutter(run_id=begun.run_id, budget=money, files=asked.files, room=room)
        return Rounds(desk, sending, cutter, waiting, self.tally)

    def _called(self, rounds: Rounds, money: Budget, error: BaseException | None) -> Called:
        """Return what became of the requests; what jobs that are out may take is not in it."""
        with self.asked.store.reading() as session:
            run_ids = {*(job.run_id for job in self.jobs), self.begun.run_id}
            out = batch_jobs.out(session, run_ids=run_ids)
            most = attempts.reserved(session, job_ids=[job.id for job in out])
        money.settle(reserved=(most.tokens_in, most.tokens_out), used=(0, 0))
        called = self.tally.called(self.begun.run_id, money, rounds.stopped)
        with_server = sum(job.requests for job in out)
        left = max(called.left - with_server, 0) if error else rounds.left
        return replace(called, left=left, out=with_server, notes=tuple(rounds.notes))
