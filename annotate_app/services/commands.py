"""Let the `cbt` command do what would keep raters waiting, in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from threading import BoundedSemaphore
from typing import Any

from db.engine import Store
from db.errors import NotWritten
from pipeline.settings import environment

SECONDS = 300
LESS_URGENT = 10  # niceness: where all cores are busy, who rates comes first
AT_ONCE = BoundedSemaphore(2)  # more would only wait for each other's core


def run(store: Store, command: str, options: Sequence[str]) -> dict[str, Any]:
    """Return what the command says with --json. Raises NotWritten with its own sentence."""
    found: dict[str, Any] = json.loads(said(store, command, options))
    return found


def said(store: Store, command: str, options: Sequence[str]) -> bytes:
    """Return what the command says with --json, as it says it. Raises NotWritten as `run` does."""
    asked = [sys.executable, "-m", "pipeline.cli.main", *command.split(), *options, "--json"]
    database = store.engine.url.render_as_string(hide_password=False)
    with AT_ONCE, _started(asked, database) as process:
        try:
            told = process.communicate(timeout=SECONDS)[0]
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise NotWritten(f"this takes too long for a page; use 'cbt {command}'") from error
    if process.returncode or not told:
        known = json.loads(told or b"{}").get("error", {}).get("message")
        raise NotWritten(known or f"'cbt {command}' did not end well")
    return told


def _started(asked: Sequence[str], database: str) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(  # noqa: S603
        asked,
        env=environment(CBT_DATABASE_URL=database),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    os.setpriority(os.PRIO_PROCESS, process.pid, LESS_URGENT)
    return process
