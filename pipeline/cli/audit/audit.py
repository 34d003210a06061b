"""`cbt audit`: whether whole numbers of items can stand behind published figures."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import click

from pipeline.cli.columns import aligned
from pipeline.cli.command import Group, json_option, show
from pipeline.cli.estimates import NONE, places
from pipeline.stats.audit import (
    FIGURES,
    PossibleMean,
    PossibleTables,
    Range,
    Rounded,
    as_written,
    figure,
    possible_sums,
    possible_tables,
)
from pipeline.stats.labels.detection import TwoByTwo

GIVEN = ("accuracy", "precision", "recall", "specificity", "f1", "kappa")
SHOWN = {
    "accuracy": "accuracy",
    "precision": "precision",
    "recall": "recall",
    "specificity": "specificity",
    "f1": "F1",
    "kappa": "kappa",
    "prevalence": "positive items",
    "never_flag": "accuracy of never flagging",
}
ALWAYS = "always"
SUMS_SHOWN = 5


class FigureType(click.ParamType[Rounded]):
    """A figure with as many places as it is written with."""

    name = "figure"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Rounded:
        if isinstance(value, Rounded):
            return value
        try:
            return as_written(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.group(cls=Group)
def audit() -> None:
    """Check published figures for consistency. Reads no store."""


@audit.command()
@click.option("--n", required=True, type=int, metavar="N", help="How many items were judged.")
@click.option("--accuracy", type=FigureType(), metavar="X", help="As printed: 0.690 is not 0.69.")
@click.option("--precision", type=FigureType(), metavar="X", help="Of what was found.")
@click.option("--recall", type=FigureType(), metavar="X", help="Of what was to be found.")
@click.option("--specificity", type=FigureType(), metavar="X", help="Of what was to be left.")
@click.option("--f1", type=FigureType(), metavar="X", help="Of precision and recall.")
@click.option("--kappa", type=FigureType(), metavar="X", help="Cohen's, of detector and truth.")
@json_option
def table3(n: int, as_json: bool, **figures: Rounded | None) -> None:
    """List every 2×2 table behind figures like the paper's Table 3, and what these allow.

    Give at least two figures, with their places as printed. They are taken as rounded half up and
    computed exactly. That no table fits is a finding too: the figures do not belong together, or
    not to N items.

    Example: cbt audit table3 --accuracy 0.69 --recall 0.93 --f1 0.65 --n 500
    """
    given = {name: value for name in GIVEN if (value := figures[name]) is not None}
    try:
        found = possible_tables(given, n=n)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    show(_tables_object(found), _tables_lines(found), as_json=as_json)


@audit.command()
@click.argument("printed", metavar="MEAN...", nargs=-1, required=True, type=FigureType())
@click.option("--n", required=True, type=int, metavar="N", help="How many scores a mean is of.")
@click.option(
    "--items",
    default=1,
    metavar="K",
    type=click.IntRange(min=1),
    help="How many whole numbers each of the N is itself a mean of; 1 if not given.",
)
@json_option
def means(printed: tuple[Rounded, ...], n: int, items: int, as_json: bool) -> None:
    """Say of each mean of whole numbers whether any sum gives it (the GRIM test).

    Means have their places as printed, and are taken as rounded half up. Of 10, 100, 1000 …
    numbers or more, every mean with 1, 2, 3 … places has a sum. Put '--' before a negative mean.

    Example: cbt audit means --n 500 1.732 1.508 1.408 1.734 1.644 1.432
    """
    try:
        found = [possible_sums(mean, count=n * items) for mean in printed]
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    result = {
        "n": n,
        "items": items,
        "consistent": sum(bool(each.sums) for each in found),
        "means": [_mean_object(each) for each in found],
    }
    show(result, _means_lines(found), as_json=as_json)


def _tables_object(found: PossibleTables) -> dict[str, Any]:
    return {
        "n": found.n,
        "given": {name: rounded.text for name, rounded in found.given.items()},
        "count": len(found.tables),
        "count_neither_end": found.neither_end,
        "count_either_end": found.either_end,
        "tables": [
            vars(table) | {name: _float(figure(table, name)) for name in FIGURES}
            for table in found.tables
        ],
        "ranges": {name: _range_object(each) for name, each in found.ranges.items()},
    }


def _range_object(found: Range) -> dict[str, Any]:
    ends = {"low": _float(found.low), "high": _float(found.high), "undefined": found.undefined}
    if found.low is not None:
        return ends
    if found.undefined:
        return ends | {"code": "undefined", "reason": "no table tells this figure"}
    return ends | {"code": "no_tables", "reason": "no table gives the figures"}


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _tables_lines(found: PossibleTables) -> Iterator[str]:
    given = ", ".join(f"{SHOWN[name]} {rounded.text}" for name, rounded in found.given.items())
    if not found.tables:
        yield f"no 2×2 table of {found.n:,} items gives {given}, rounded half up"
        if found.either_end:
            yield f"rounded in another way, {_tables(found.either_end)} so"
        return
    yield f"{_tables(len(found.tables))} {given}, {found.n:,} items, rounded half up"
    yield (
        f"({found.neither_end:,} if neither end of a rounding interval counts,"
        f" {found.either_end:,} if both do)"
    )
    yield ""
    heading = ["TP", "FP", "FN", "TN", *(SHOWN[name] for name in GIVEN)]
    yield from aligned([heading, *map(_table_row, found.tables)], left=0)
    yield ""
    ranges = [["they allow", "from", "to"]]
    ranges += [
        [SHOWN[name], places(_float(each.low)), places(_float(each.high))]
        for name, each in found.ranges.items()
    ]
    yield from aligned(ranges)
    if any(each.undefined for each in found.ranges.values()):
        yield f'"{NONE}" stands where a table makes a figure nothing of nothing'


def _tables(count: int) -> str:
    return "1 2×2 table gives" if count == 1 else f"{count:,} 2×2 tables give"


def _table_row(table: TwoByTwo) -> list[str]:
    figures = (places(_float(figure(table, name))) for name in GIVEN)
    return [*(f"{cell:,}" for cell in table.cells), *figures]


def _mean_object(found: PossibleMean) -> dict[str, Any]:
    return {
        "mean": found.mean.text,
        "consistent": bool(found.sums),
        "sums": found.sums,
        "sums_if_halves_round_down": found.halves_down,
        "telling": found.telling,
    }


def _means_lines(found: list[PossibleMean]) -> Iterator[str]:
    consistent = sum(bool(each.sums) for each in found)
    yield (
        f"{consistent} of {len(found)} means can be those of {found[0].count:,} whole numbers,"
        " rounded half up"
    )
    yield ""
    rows = [[each.mean.text, _can_be(each), _sums(each)] for each in found]
    yield from aligned([["mean", "can be", "sums"], *rows], left=3)
    if not all(each.telling for each in found):
        yield ""
        yield f'"{ALWAYS}": of so many numbers every mean with so few places has a sum'


def _can_be(found: PossibleMean) -> str:
    if not found.telling:
        return ALWAYS
    return "yes" if found.sums else "no"


def _sums(found: PossibleMean) -> str:
    if not found.sums and found.halves_down:
        return f"only if halves are rounded down: {found.halves_down[0]:,}"
    if len(found.sums) > SUMS_SHOWN:
        return f"{found.sums[0]:,} to {found.sums[-1]:,}"
    return ", ".join(f"{total:,}" for total in found.sums) or NONE
