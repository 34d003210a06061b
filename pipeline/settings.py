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


def api_key(variable: str) -> str | None:
    """Return the key for a model's server from the variable that holds it; None where it is empty.

    It goes to that server only, and into no message, file or table.
    """
    return os.environ.get(variable, "").strip() or None


def base_url() -> str | None:
    """Return the server that OPENAI_BASE_URL names, if it names one."""
    return os.environ.get("OPENAI_BASE_URL", "").strip() or None


def colour_wanted() -> bool:
    """Return whether a terminal may be written on in colour: https://no-color.org."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
