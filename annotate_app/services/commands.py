"""Let the `cbt` command do what would keep raters waiting, in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from db.engine import Store
from db.errors import NotWritten
from pipeline.settings import environment

SECONDS = 300


def run(store: Store, command: str, options: Sequence[str]) -> dict[str, Any]:
    """Return what the command says with --json. Raises NotWritten with its own sentence."""
    asked = [*command.split(), *options, "--json"]
    database = store.engine.url.render_as_string(hide_password=False)
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "pipeline.cli.main", *asked],
            env=environment(CBT_DATABASE_URL=database),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotWritten(f"this takes too long for a page; use 'cbt {command}'") from error
    said: dict[str, Any] = json.loads(done.stdout or b"{}")
    if done.returncode or not said:
        known = said.get("error", {}).get("message")
        raise NotWritten(known or f"'cbt {command}' did not end well")
    return said
