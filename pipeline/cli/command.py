"""What all commands share: the store, the JSON contract, known errors as one sentence."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any, TypeVar

import click

from db.engine import Store, open_store
from db.errors import KnownError
from db.settings import database_url

F = TypeVar("F", bound=Callable[..., Any])
SOME_FAILED = 3
ROWS_SHOWN = 20
# What steers a terminal, or turns the direction of a text around, but tabs and line ends.
STEERING = [*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
HARMLESS = dict.fromkeys(set(STEERING) - {9, 10}, "\N{REPLACEMENT CHARACTER}")
WHOLE_SENTENCE = 200  # characters that the first one of a help text has at most


class Command(click.Command):
    """A command whose known errors end it with exit code 1 and one sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        _check_texts(ctx)
        try:
            return super().invoke(ctx)
        except KnownError as error:
            _tell(error, as_json=bool(ctx.params.get("as_json")))
            ctx.exit(1)


def _check_texts(ctx: click.Context) -> None:
    for name, value in ctx.params.items():
        texts = value if isinstance(value, tuple) else (value,)
        if any(isinstance(text, str) and not text.isascii() and _broken(text) for text in texts):
            raise click.UsageError(f"what is given as {name} is not text in UTF-8")


def _broken(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


class Group(click.Group):
    """A group of commands with that same manner, listed in the order in which they are used.

    `later` says of those that are loaded when called where each is, as "module:attribute".
    """

    command_class = Command

    def __init__(self, *args: Any, later: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.later = dict(later or {})

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return [*self.commands, *self.later]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.later:
            return super().get_command(ctx, name)
        module, attribute = self.later[name].split(":")
        loaded: click.Command = getattr(import_module(module), attribute)
        return loaded

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, each.get_short_help_str(WHOLE_SENTENCE)) for name, each in commands if each]
            )


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def common_options(function: F) -> F:
    """Give a command --database and --json."""
    database = click.option(
        "--database", metavar="URL", help="The store; else CBT_DATABASE_URL, else one SQLite file."
    )
    return database(json_option(function))


def opened(database: str | None, *, write: bool = False, make: bool = False) -> Store:
    """Return the store; `write` upgrades an older SQLite store, `make` also makes a missing one."""
    return open_store(database or database_url(), write=write, make=make, say=say)


def say(message: str) -> None:
    """Tell a person something, on stderr, so that stdout stays the result."""
    click.echo(harmless(message), err=True)


def harmless(text: str) -> str:
    """Return a text that a model may have written, so that it steers no terminal."""
    return text.translate(HARMLESS)


def show(
    result: dict[str, Any], lines: Iterable[str], *, as_json: bool, coloured: bool = False
) -> None:
    """Print the result: as the contract's one object, or as lines for a person.

    Lines that are `coloured` steer the terminal, so all else in them is harmless already.
    """
    try:
        if as_json:
            _print_json(result)
            return
        for line in lines:
            click.echo(line if coloured else harmless(line), color=coloured or None)
    except BrokenPipeError:
        raise  # click ends the command without a word, as others do
    except OSError as error:
        say(f"cbt: the result cannot be shown: {error.strerror}; what the command did is done")
        # What is left goes nowhere: Python would try it once more at its end, and say so at length.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _print_json(result: dict[str, Any]) -> None:
    # As bytes: JSON is UTF-8 (RFC 8259), whatever the terminal speaks.
    text = json.dumps(result, ensure_ascii=False, allow_nan=False)
    click.echo(text.encode("utf-8", "backslashreplace"))


def _tell(error: KnownError, *, as_json: bool) -> None:
    rows = [{"row": bad.row, "code": bad.code, "why": bad.why} for bad in error.rows]
    if as_json:
        body = {"code": error.code, "message": error.message, "rows": rows}
        _print_json({"error": body})
        return
    say(f"cbt: {error.message}")
    for bad in rows[:ROWS_SHOWN]:
        say(f"  row {bad['row']}: {bad['why']}")
    if len(rows) > ROWS_SHOWN:
        say(f"  … and {len(rows) - ROWS_SHOWN} more rows (--json lists them all)")


def finish(*, some_failed: bool) -> None:
    """End the command with exit code 3 if some of its work failed."""
    if some_failed:
        sys.exit(SOME_FAILED)
