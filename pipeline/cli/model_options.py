"""The options by which commands say which model they ask, how, and for how much."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from db.errors import NotAllowed
from pipeline.calling.asking import Model
from pipeline.calling.prices import price_of
from pipeline.calling.server.address import address_of
from pipeline.calling.work import Limits
from pipeline.cli.numbers import Number
from pipeline.settings import api_key, base_url

F = TypeVar("F", bound=Callable[..., Any])
KEY_VARIABLE = "OPENAI_API_KEY"
# A key that stands where its variable's name belongs must not be shown in a message.
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
DRAWN = ("temperature", "top_p", "model_seed")
LONGEST_MODEL = 500
LONGEST_SECONDS = 86_400
ROOM = click.IntRange(1, 1_000_000)  # tokens of a reply, as its options take them


@dataclass(frozen=True)
class Asked:
    """A model, the limits of asking it, and its server's key."""

    model: Model
    limits: Limits
    key: str | None


def model_options(*, required: bool = True, drawing: bool = True) -> Callable[[F], F]:
    """Give a command the options of a model; it is called with an `asked`.

    That is None where no model is named, as is allowed where none is `required`. Without `drawing`
    the command has options of its own for how words are chosen.
    """

    def give(function: F) -> F:
        packed: Any = _packed(function, drawing=drawing)
        chosen = _DRAWING if drawing else ()
        for option in reversed((_model(required=required), *_SERVER, *chosen, *_LIMITS)):
            packed = option(packed)
        return packed  # type: ignore[no-any-return]

    return give


def _model(*, required: bool) -> Callable[[F], F]:
    return click.option(
        "--model", metavar="M", required=required, help="The model, as its server names it."
    )


_SERVER = (
    click.option(
        "--base-url", metavar="URL", help="The model's server; else OPENAI_BASE_URL, else OpenAI."
    ),
    click.option(
        "--key-variable",
        metavar="NAME",
        default=KEY_VARIABLE,
        show_default=True,
        help="The environment variable that holds the server's key.",
    ),
)

_DRAWING = (
    click.option(
        "--temperature",
        metavar="T",
        type=Number(0, 2),
        help="How freely the model chooses words; else as the server does.",
    ),
    click.option(
        "--top-p",
        metavar="P",
        type=Number(0, 1, min_open=True),
        help="From which share of the likely words; else as the server does.",
    ),
    click.option(
        "--model-seed",
        metavar="S",
        type=click.IntRange(0, 2**31),
        help="For servers that can give the same answer again.",
    ),
)

_LIMITS = (
    click.option(
        "--concurrency",
        metavar="N",
        type=click.IntRange(1, 10_000),
        default=Limits.concurrency,
        show_default=True,
        help="At most so many calls at a time; fewer where the server asks to wait.",
    ),
    click.option(
        "--timeout",
        metavar="SECONDS",
        type=Number(1, LONGEST_SECONDS),
        default=Limits.timeout_seconds,
        show_default=True,
        help="How long a call may take.",
    ),
    click.option(
        "--tries",
        metavar="N",
        type=click.IntRange(1),
        default=Limits.tries,
        show_default=True,
        help="How often a call is made that fails for a passing reason.",
    ),
    click.option(
        "--max-cost",
        metavar="X",
        type=float,
        help="Never spend more, over all runs of this name; needs --prices.",
    ),
    click.option(
        "--max-tokens",
        metavar="N",
        type=int,
        help="Never use more tokens, in and out, over all runs of this name.",
    ),
    click.option(
        "--prices",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="What models cost; docs/generation.md shows one.",
    ),
)


def _packed(function: F, *, drawing: bool) -> Callable[..., Any]:
    @wraps(function)
    def with_model(
        *,
        model: str | None,
        base_url: str | None,
        key_variable: str,
        concurrency: int,
        timeout: float,
        tries: int,
        max_cost: float | None,
        max_tokens: int | None,
        prices: Path | None,
        **others: Any,
    ) -> Any:
        drawn = [others.pop(name) for name in DRAWN] if drawing else []
        if model is None:
            return function(asked=None, **others)
        limits = Limits(
            concurrency=concurrency,
            timeout_seconds=timeout,
            tries=tries,
            max_cost=_enough("--max-cost", max_cost),
            max_tokens=_enough("--max-tokens", max_tokens),
            price=None if prices is None else price_of(prices, model=model),
        )
        if max_cost is not None and prices is None:
            raise NotAllowed("--max-cost needs to know what the model costs; give --prices FILE")
        asked = Asked(
            Model(_named(model), _server(base_url), *drawn),
            limits,
            _key(key_variable),
        )
        return function(asked=asked, **others)

    return with_model


def _named(model: str) -> str:
    if not model.strip() or not model.isprintable() or len(model) > LONGEST_MODEL:
        raise NotAllowed("--model needs the name of a model, on one line, as its server gives it")
    return model


def _enough(option: str, most: float | None) -> Any:
    if most == math.inf:
        raise NotAllowed(f"{option} {most:g} is no limit; give a number, or leave it out")
    if most is not None and not most > 0:
        raise NotAllowed(
            f"{option} {most:g} allows no call; give more, or see with --dry-run what is needed"
        )
    return most


def _server(given: str | None) -> str | None:
    # One that is given and empty is a variable that is not set, and must not mean OpenAI.
    found = base_url() if given is None else given
    return None if found is None else address_of(found).base_url


def _key(variable: str) -> str | None:
    if not VARIABLE.fullmatch(variable):
        raise NotAllowed(
            "--key-variable takes the name of an environment variable, in capitals, not the key"
        )
    return api_key(variable)
