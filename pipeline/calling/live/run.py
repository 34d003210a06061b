"""Call a model for a stage, many calls at a time, without losing or buying an answer twice."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from random import Random

from db import batch_jobs
from db.attempts import Spent
from db.engine import Store
from db.turns import one_at_a_time
from pipeline.calling.journal import budget, runs
from pipeline.calling.journal.apart import Apart
from pipeline.calling.journal.budget import Budget
from pipeline.calling.journal.calls import opening
from pipeline.calling.journal.journal import Journal
from pipeline.calling.journal.tally import Tally
from pipeline.calling.live.caller import Caller, Tools
from pipeline.calling.live.flow import Flow
from pipeline.calling.live.interrupts import heard
from pipeline.calling.server.server import connected
from pipeline.calling.work import Called, Limits, Progress, RunOf, Work

Tell = Callable[[Progress], None]


def run(
    store: Store, work: Work, *, run_of: RunOf, limits: Limits, key: str | None, tell: Tell
) -> Called:
    """Ask all requests of a work; return what became of them once all of it is in the store.

    What `work.requests` reads when it is called, no other run of the name is asking. `tell` hears
    a few times a second how far the calls are. Raises NotAllowed for limits that allow no call and
    while another run of the name goes on, NotCalled where the server cannot be called so, and
    StoreError; what was answered by then is stored.
    """
    budget.check(limits)
    with one_at_a_time(store, run_of.name):
        return asyncio.run(_run(store, work, run_of, limits, key, tell))


async def _run(
    store: Store, work: Work, run_of: RunOf, limits: Limits, key: str | None, tell: Tell
) -> Called:
    async with connected(base_url=work.model.base_url, key=key) as server:
        with store.reading() as session:
            earlier = runs.of_name(session, run_of)
            out = batch_jobs.questions_out(session, run_ids=earlier)
        requests = Apart(iter(work.requests()), out)
        first = next(requests, None)
        tally = Tally(work.planned)
        if first is None:
            called = tally.called(None, Budget(limits, Spent()), None)
            return _beside(called, requests)
        secret = server.client.faults.secret
        begun = runs.begin(store, run_of, price=limits.price, secret=secret)
        money = Budget(limits, begun.spent)
        journal = Journal(
            store,
            run_id=begun.run_id,
            row=lambda call: opening(call, run_id=begun.run_id, budget=money),
            keep=work.keep,
            patience_seconds=limits.drain_seconds,
        )
        flow = Flow(limits.concurrency, clock=asyncio.get_running_loop().time, chance=Random())  # noqa: S311
        caller = Caller(work, limits, begun, Tools(server, journal, money, flow, tally))
        with heard(caller.interrupt):
            await caller.run(chain([first], requests), tell)
    called = _beside(tally.called(begun.run_id, money, caller.stopped), requests)
    called = replace(called, given_up=tally.given_up)
    runs.end(store, called, error=caller.error)
    if caller.error is not None:
        raise runs.told(caller.error, called, unstored=journal.unstored)
    return called


def _beside(called: Called, requests: Apart) -> Called:
    """Return what became of the requests, apart from those that batch jobs are to answer."""
    return replace(called, left=max(called.left - requests.met, 0), out=requests.met)
