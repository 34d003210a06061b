"""How the commands about one study take its name, and lists of names."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click


def study_name(function: Callable[..., None]) -> Callable[..., None]:
    """Let a command take a study's name as NAME, or as --study like all other commands."""

    @wraps(function)
    def named(name: str | None, study_option: str | None, **rest: Any) -> None:
        if name is not None and study_option is not None:
            raise click.UsageError("name the study once, as NAME or with --study")
        function(name=name or study_option, **rest)

    option = click.option("--study", "study_option", metavar="NAME", help="The same as NAME.")
    return click.argument("name", required=False)(option(named))


def required(name: str | None) -> str:
    if name is None:
        raise click.UsageError("which study? 'cbt study status' lists them")
    return name


def names(_ctx: click.Context, _option: click.Parameter, text: str | None) -> Any:
    """Return the names that a comma-separated text lists, each once."""
    if text is None:
        return None
    found = [name.strip() for name in text.split(",") if name.strip()]
    doubled = sorted({name for name in found if found.count(name) > 1})
    if doubled:
        raise click.BadParameter(f"{doubled[0]} is named more than once")
    return tuple(found)
