"""`cbt power`: how many items and raters a study needs."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from db.engine import Store
from db.errors import NotAllowed
from pipeline.cli import pictures
from pipeline.cli.command import Command, common_options, opened, say, show
from pipeline.cli.power.picture import draw
from pipeline.cli.power.texts import as_object, latex_lines, lines
from pipeline.figures import check_ending
from pipeline.power import (
    ASSUMED,
    ASSUMED_SHARES,
    POWER,
    SIMULATIONS,
    FromStudy,
    Goal,
    PowerOf,
    ToFind,
    ToKnow,
    ToNarrow,
    run,
)
from pipeline.stats.planning.simulation import Deviations, Population
from pipeline.stats.planning.widths import Figure

F = TypeVar("F", bound=Callable[..., Any])
NUMBER = re.compile("[0-9]{1,6}")
MOST_ITEMS, MOST_RATERS = 10_000, 100  # more take minutes to simulate


def _numbers(most: int) -> Callable[[click.Context, click.Parameter, str | None], Any]:
    """Return what reads whole numbers from a comma-separated text, each once, rising."""

    def read(_ctx: click.Context, _option: click.Parameter, text: str | None) -> Any:
        if text is None:
            return None
        found = [each.strip() for each in text.split(",")]
        if not all(NUMBER.fullmatch(each) and 0 < int(each) <= most for each in found):
            raise click.BadParameter(f"{text!r} are not whole numbers from 1 to {most:,}, like 2,3")
        return tuple(sorted({int(each) for each in found}))

    return read


def _shares(_ctx: click.Context, _option: click.Parameter, text: str | None) -> Any:
    if text is None:
        return None
    try:
        found = [float(each) for each in text.split(",")]
    except ValueError:
        raise click.BadParameter(f"{text!r} are not shares, like 0.1,0.35,0.55") from None
    if len(found) < 2 or min(found) < 0 or not abs(sum(found) - 1) <= 0.001:
        raise click.BadParameter(
            f"{text!r} are not the shares of two levels or more, which sum to 1"
        )
    return tuple(each / sum(found) for each in found)


def _deviation(name: str, of: str, default: float) -> Callable[[F], F]:
    return click.option(
        f"--{name}-sd", type=click.FloatRange(0), metavar="SD", help=f"{of} [default: {default:g}]."
    )


@click.command(cls=Command)
@click.option(
    "--difference",
    type=click.FloatRange(0, min_open=True),
    metavar="D",
    help="The wish: to find this difference of two systems' mean scores.",
)
@click.option(
    "--width",
    type=click.FloatRange(0, min_open=True),
    metavar="W",
    help="The wish: an interval of at most ± W.",
)
@click.option(
    "--of",
    type=click.Choice(["mean", "difference", "alpha"]),
    help="Whose interval: a system's mean, the difference of two, or ordinal alpha"
    " [default: difference].",
)
@click.option(
    "--detectable", is_flag=True, help="The wish: to know which difference each design finds."
)
@click.option(
    "--power",
    "wished",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="P",
    help=f"How often the difference is to be found [default: {POWER:g}].",
)
@click.option(
    "--items",
    callback=_numbers(MOST_ITEMS),
    metavar="N,N",
    help="Numbers of questions [default: 50,100,200,400; with --study --detectable: its own].",
)
@click.option(
    "--raters",
    callback=_numbers(MOST_RATERS),
    metavar="N,N",
    help="Numbers of raters who score every answer [default: 1,2,3,5; for alpha 2,3,4,5; with"
    " --study --detectable: its own].",
)
@click.option(
    "--systems",
    type=click.IntRange(1, 1000),
    metavar="K",
    help="How many systems answer each question [default: the study's, else 2].",
)
@click.option(
    "--level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="L",
    help="Of intervals; a test rejects at 1 - L [default: the study's, else 0.95].",
)
@click.option(
    "--comparisons",
    type=click.IntRange(1, 1_000_000),
    metavar="M",
    help="How many tests Holm corrects for; each then rejects at (1 - L) / M, the worst case"
    " [default: one for every two systems, times the criteria of the study's family].",
)
@click.option("--study", metavar="NAME", help="Take what varies from this study's scores.")
@click.option(
    "--criterion", metavar="NAME", help="On this criterion [default: the study's primary one]."
)
@click.option(
    "--shares",
    callback=_shares,
    metavar="P,P,P",
    help="Without a study: how often each level 0, 1, 2, … is given"
    f" [default: {','.join(f'{share:g}' for share in ASSUMED_SHARES)}].",
)
@_deviation("item", "How questions differ, on the latent scale", ASSUMED.item)
@_deviation("item-system", "How a system's answers differ beside that", ASSUMED.item_system)
@_deviation("rater", "How severity differs", ASSUMED.rater)
@_deviation("item-rater", "How a rater takes a question, whoever answers", ASSUMED.item_rater)
@_deviation("residual", "What is left of a single score", ASSUMED.residual)
@click.option(
    "--simulations",
    type=click.IntRange(100, 1_000_000),
    default=SIMULATIONS,
    show_default=True,
    metavar="N",
    help="Studies to simulate for each design.",
)
@click.option(
    "--seed", type=click.IntRange(0), metavar="N", help="[default: the study's plan's, else 0]"
)
@click.option("--latex", "as_latex", is_flag=True, help="Print the table for LaTeX.")
@click.option(
    "--picture",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also draw the table, as .svg, .png or .pdf.",
)
@common_options
def power(
    *,
    difference: float | None,
    width: float | None,
    of: Figure | None,
    detectable: bool,
    wished: float | None,
    study: str | None,
    criterion: str | None,
    shares: tuple[float, ...] | None,
    as_latex: bool,
    picture: Path | None,
    database: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Plan how many items and raters a study needs, by simulating studies of each size.

    The wish is one of --difference, --width and --detectable. Ordinal scores are drawn from
    assumed deviations, or from those of --study, and analysed as 'cbt results' does it: item by
    item, with the exact sign-flip test, raters held fixed. An item is a question; every rater
    scores the answers of all systems to it. Reads the store for --study only, and changes nothing.
    docs/planning.md says what is assumed, and how well it holds.
    """
    if picture:
        check_ending(picture)
    goal = _goal(difference, width, of, detectable=detectable, wished=wished)
    deviations = {name: options.pop(f"{name}_sd") for name in vars(ASSUMED)}
    source = _source(study, criterion, shares, deviations)
    if options["systems"] == 1 and not (isinstance(goal, ToNarrow) and goal.of != "difference"):
        raise click.UsageError("a difference is one of two systems or more, not of --systems 1")
    store: Store | None = opened(database) if study else None
    found = run(store, PowerOf(goal=goal, source=source, **options), tell=_tell)
    if picture:
        pictures.write(picture, lambda path: draw(path, found))
    table = list(latex_lines(found)) if as_latex else []
    result = as_object(found) | ({"latex": "\n".join(table)} if as_latex else {})
    show(result, table or lines(found), as_json=as_json)


def _goal(
    difference: float | None,
    width: float | None,
    of: Figure | None,
    *,
    detectable: bool,
    wished: float | None,
) -> Goal:
    if (difference is not None) + (width is not None) + detectable != 1:
        raise click.UsageError("say one wish: --difference D, --width W, or --detectable")
    if width is None:
        if of:
            raise click.UsageError("--of says whose interval is meant, so it goes with --width")
        if difference is None:
            return ToKnow(wished or POWER)
        return ToFind(difference, wished or POWER)
    if wished is not None:
        raise click.UsageError("--power is that of a test, so it does not go with --width")
    return ToNarrow(width, of or "difference")


def _source(
    study: str | None,
    criterion: str | None,
    shares: tuple[float, ...] | None,
    deviations: dict[str, float | None],
) -> Population | FromStudy:
    given = {name: each for name, each in deviations.items() if each is not None}
    if study is None:
        if criterion:
            raise click.UsageError("--criterion is one of a study: name it with --study")
        levels = shares or ASSUMED_SHARES
        try:
            spread = Deviations(**(vars(ASSUMED) | given))
            return Population(tuple(range(len(levels))), levels, spread)
        except ValueError as error:
            raise NotAllowed(f"this cannot be planned: {error}") from error
    if given or shares:
        raise click.UsageError("what varies comes from --study, or is assumed by options: not both")
    return FromStudy(study, criterion)


def _tell(done: int, of: int) -> None:
    """Show on a terminal how many designs are simulated; be silent in a log."""
    if sys.stderr.isatty():
        click.echo(f"\rdesigns simulated: {done:,} of {of:,}", err=True, nl=False)
        if done == of:
            say("")
