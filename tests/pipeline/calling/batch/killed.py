"""A run through the Batch API in a process of its own, which dies where a test says."""

import multiprocessing
import os
import signal
import time
from contextlib import suppress
from multiprocessing.process import BaseProcess

from sqlalchemy import event
from sqlalchemy.orm import Session

from db.engine import Store, connect
from db.errors import NotAllowed
from pipeline.calling.work import Called
from tests import forking
from tests.pipeline.calling.batch.batched import run

# Processes are forked off one that has loaded all of this: to load it takes a second.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["tests.pipeline.calling.batch.killed", "pipeline.calling.server.client"]
)
NEVER = 0


def running(store_url: str, server_url: str, *, die_at: int = NEVER) -> BaseProcess:
    """Start a run that is killed at its nth step: each commit is one before it and one after it."""
    process = PROCESSES.Process(target=_run, args=(store_url, server_url, die_at), daemon=True)
    forking.start(process)
    return process


def gone_on(store: Store, server_url: str) -> Called:
    """Run after a kill: PostgreSQL takes a moment to see that the dead run has ended."""
    for _ in range(200):
        with suppress(NotAllowed):
            return run(store, server_url)
        time.sleep(0.02)
    return run(store, server_url)


def _run(store_url: str, server_url: str, die_at: int) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    store = connect(store_url)
    steps = 0

    def step(_what: object) -> None:
        nonlocal steps
        steps += 1
        if steps == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store.engine, "commit", step)
    event.listen(Session, "after_commit", step)
    called = run(store, server_url)
    raise SystemExit(130 if called.stopped == "interrupted" else 0)
