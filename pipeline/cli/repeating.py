"""End a command that calls a model: with how it goes on, and the exit code of what is left."""

import shlex
import sys
from typing import Any

import click

from pipeline.calling.work import Stopped
from pipeline.cli.command import Command, finish, say
from pipeline.cli.main import INTERRUPTED


class Repeatable(Command):
    """A command that knows how it was called, to tell how it goes on."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        called = ["cbt", info_name or "", *args]
        ctx = super().make_context(info_name, args, parent, **extra)
        ctx.meta["called"] = called
        return ctx


def end(stopped: Stopped | None, *, some_failed: bool) -> None:
    """End the command: 130 where it was interrupted, 3 where something failed or is left."""
    if stopped == "interrupted":
        say(f"interrupted; go on with: {shlex.join(click.get_current_context().meta['called'])}")
        sys.exit(INTERRUPTED)
    finish(some_failed=some_failed)
