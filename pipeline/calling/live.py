"""Call a model for a stage, many calls at a time, without losing or buying an answer twice."""

import asyncio
from collections.abc import Callable
from itertools import chain
from random import Random

from db.attempts import Spent
from db.engine import Store
from db.turns import one_at_a_time
from pipeline.calling import budget, runs
from pipeline.calling.budget import Budget
from pipeline.calling.caller import Caller, Tools
from pipeline.calling.calls import opening
from pipeline.calling.flow import Flow
from pipeline.calling.interrupts import heard
from pipeline.calling.journal import Journal
from pipeline.calling.server import connected
from pipeline.calling.tally import Tally
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
        requests = iter(work.requests())
        first = next(requests, None)
        tally = Tally(work.planned)
        if first is None:
            return tally.called(None, Budget(limits, Spent()), None)
        begun = runs.begin(store, run_of)
        money = Budget(limits, begun.spent)
        journal = Journal(
            store,
            row=lambda call: opening(call, run_id=begun.run_id, budget=money),
            keep=work.keep,
            patience_seconds=limits.drain_seconds,
        )
        flow = Flow(limits.concurrency, clock=asyncio.get_running_loop().time, chance=Random())  # noqa: S311
        caller = Caller(work, limits, begun, Tools(server, journal, money, flow, tally))
        with heard(caller.interrupt):
            await caller.run(chain([first], requests), tell)
    called = tally.called(begun.run_id, money, caller.stopped)
    runs.end(store, called, error=caller.error)
    if caller.error is not None:
        raise runs.told(caller.error, called, unstored=journal.unstored)
    return called
