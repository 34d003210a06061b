"""The options by which a command is told some questions: their ids, or a file of them."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline.importing.decoding import text_of

F = TypeVar("F", bound=Callable[..., Any])


def named_questions(function: F) -> F:
    """Give a command --question, --file and --source; it is called with the `questions` named."""
    options = (
        click.option(
            "--question", "ids", metavar="ID", multiple=True, help="Its id; more than one may be."
        ),
        click.option(
            "--file",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="FILE",
            help="A text with one id a line.",
        ),
        click.option("--source", metavar="NAME", help="Their source, where ids are not unique."),
    )
    packed: Any = _packed(function)
    for option in reversed(options):
        packed = option(packed)
    return packed  # type: ignore[no-any-return]


def _packed(function: F) -> Callable[..., Any]:
    @wraps(function)
    def with_questions(*, ids: tuple[str, ...], file: Path | None, **others: Any) -> Any:
        lines = text_of(file).splitlines() if file else []
        named = dict.fromkeys(name.strip() for name in (*ids, *lines) if name.strip())
        if not named:
            raise click.UsageError("name questions by --question ID, or by --file FILE")
        return function(questions=tuple(named), **others)

    return with_questions
