"""The environment that processes are run in."""

import os


def environment(**changes: str) -> dict[str, str]:
    """Return this process's environment with some variables set."""
    return {**os.environ, **changes}


def keep_to_one_core() -> None:
    """Let linear algebra use one thread, unless the environment says otherwise.

    It takes effect where numpy is not loaded yet. Several threads wait for each other by spinning:
    where raters need the other cores, our small products took ten times as long with two. Whoever
    calls the statistics from a process of their own sets the variable themselves.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
