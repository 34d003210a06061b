"""A run of the generate stage in a process of its own, which a test kills."""

import multiprocessing
import signal
from multiprocessing.process import BaseProcess

from db.engine import connect
from pipeline.generating.generate import run
from pipeline.generating.wanted import Generating
from tests import forking

# Processes are forked off one that has loaded all of this: to load it takes a second.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["tests.soak.generating_process", "pipeline.calling.server.client"]
)


def started(store_url: str, config: Generating) -> BaseProcess:
    process = PROCESSES.Process(target=_run, args=(store_url, config), daemon=True)
    forking.start(process)
    return process


def _run(store_url: str, config: Generating) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run(connect(store_url), config, key=None, tell=lambda _progress: None)
