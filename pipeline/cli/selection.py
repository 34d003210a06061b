"""The options by which every command over responses says which it is to look at."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from db.selections import Selection

F = TypeVar("F", bound=Callable[..., Any])


def selection_options(function: F) -> F:
    """Give a command --source, --split, --subset and --limit; it is called with a `selection`."""
    options = (
        click.option("--source", metavar="NAME", help="Answers to this source's questions only."),
        click.option("--split", metavar="NAME", help="Answers to a split's --subset only."),
        click.option("--subset", metavar="NAME", help="For example test."),
        click.option("--limit", metavar="N", type=click.IntRange(min=1), help="The first N only."),
    )
    packed: Any = _packed(function)
    for option in reversed(options):
        packed = option(packed)
    return packed  # type: ignore[no-any-return]


def _packed(function: F) -> Callable[..., Any]:
    @wraps(function)
    def with_selection(
        *,
        source: str | None,
        split: str | None,
        subset: str | None,
        limit: int | None,
        **others: Any,
    ) -> Any:
        if (split is None) != (subset is None):
            raise click.UsageError("--split and --subset go together, for example --subset test")
        return function(selection=Selection(source, split, subset, limit), **others)

    return with_selection
