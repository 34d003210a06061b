"""The options by which commands over many texts say what a model is told, and when it is called."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def prompt_option(default: str) -> Callable[[F], F]:
    """Give a command --prompt, with the name of what is told unless it is given."""
    return click.option(
        "--prompt",
        metavar="NAME",
        default=default,
        show_default=True,
        help="What the model is told: a name of 'cbt prompt list', NAME@HASH, or a .toml file.",
    )


def batch_options(function: F) -> F:
    """Give a command --batch, --no-wait and --dry-run; it calls `check_waiting`."""
    for option in (
        click.option("--dry-run", is_flag=True, help="Say what it would take and cost, and end."),
        click.option(
            "--no-wait",
            is_flag=True,
            help="With --batch: end once all is sent; the same again collects.",
        ),
        click.option("--batch", is_flag=True, help="Ask by the Batch API: cheaper, within a day."),
    ):
        function = option(function)
    return function


def check_waiting(*, batch: bool, no_wait: bool) -> None:
    """Raise UsageError where a command is not to wait for what it does not send."""
    if no_wait and not batch:
        raise click.UsageError("--no-wait goes with --batch")
