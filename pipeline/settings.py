"""The environment that a process of its own is started with."""

import os


def environment(**changes: str) -> dict[str, str]:
    """Return this process's environment with some variables set."""
    return {**os.environ, **changes}
