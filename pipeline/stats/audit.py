"""Which whole numbers of items could stand behind published figures, in exact arithmetic."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.labels.detection import TwoByTwo

MOST_ITEMS = 50_000
MOST_PLACES = 9  # with it and MOST_ITEMS, all products stay within 64 bits
MOST_TABLES = 200_000
MOST_NUMBERS = 1_000_000
WRITTEN = re.compile(r"(-?)(\d*)(?:\.(\d+))?(%?)", re.ASCII)

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Rounded:
    """A figure as it was printed: `units` / `scale` is its value, `scale` being 10^places.

    Rounded half up it stands for all of (units - 1/2) / scale <= figure < (units + 1/2) / scale.
    """

    text: str
    units: int
    scale: int

    @property
    def low(self) -> Fraction:
        return Fraction(2 * self.units - 1, 2 * self.scale)

    @property
    def high(self) -> Fraction:
        return Fraction(2 * self.units + 1, 2 * self.scale)


def as_written(text: str) -> Rounded:
    """Read a figure with as many places as it is written with; 69.0% is 0.690.

    >>> as_written("0.690"), as_written("69%").units
    (Rounded(text='0.690', units=690, scale=1000), 69)
    """
    match = WRITTEN.fullmatch(text.strip())
    if not match or not (match[2] or match[3]):
        raise ValueError(f"{text!r} is not a figure; write it with digits and a point, as 0.69")
    sign, whole, fraction, percent = match.groups(default="")
    places = len(fraction) + 2 * len(percent)
    if places > MOST_PLACES or len(whole) > MOST_PLACES:
        raise ValueError(f"{text!r} has more digits than are checked, {MOST_PLACES} at most")
    return Rounded(text.strip(), int(f"{sign}{whole}{fraction}"), 10**places)


@dataclass(frozen=True)
class Range:
    """What a figure may be in the tables; None where none of them, `undefined` of all, tells it."""

    low: Fraction | None
    high: Fraction | None
    undefined: int


@dataclass(frozen=True)
class PossibleTables:
    """The 2×2 tables that give the printed figures when rounded half up, with what they allow.

    `neither_end` counts those that do so however halves are rounded, `either_end` those that do
    so in one way of rounding halves.
    """

    n: int
    given: Mapping[str, Rounded]
    tables: tuple[TwoByTwo, ...]
    neither_end: int
    either_end: int
    ranges: Mapping[str, Range]


@dataclass(frozen=True)
class PossibleMean:
    """The sums of `count` whole numbers whose mean is the printed one, rounded half up.

    `halves_down` are those that would only give it if halves were rounded down. `telling` is
    False if there are so many numbers that every mean with these places has a sum.
    """

    mean: Rounded
    count: int
    sums: tuple[int, ...]
    halves_down: tuple[int, ...]
    telling: bool


Quotient = Callable[[TwoByTwo], tuple[int, int]]
FIGURES: Mapping[str, Quotient] = {
    "accuracy": lambda t: (t.tp + t.tn, t.n),
    "precision": lambda t: (t.tp, t.tp + t.fp),
    "recall": lambda t: (t.tp, t.tp + t.fn),
    "specificity": lambda t: (t.tn, t.tn + t.fp),
    "f1": lambda t: (2 * t.tp, 2 * t.tp + t.fp + t.fn),
    "kappa": lambda t: (
        2 * (t.tp * t.tn - t.fp * t.fn),
        (t.tp + t.fp) * (t.fp + t.tn) + (t.tp + t.fn) * (t.fn + t.tn),
    ),
    "prevalence": lambda t: (t.tp + t.fn, t.n),
    "never_flag": lambda t: (t.fp + t.tn, t.n),
}


def figure(table: TwoByTwo, name: str) -> Fraction | None:
    """Return a figure of a table, exactly; None where it is nothing of nothing.

    >>> figure(TwoByTwo(144, 144, 11, 201), "recall")
    Fraction(144, 155)
    """
    part, whole = FIGURES[name](table)
    return Fraction(part, whole) if whole else None


def possible_tables(given: Mapping[str, Rounded], *, n: int) -> PossibleTables:
    """Return every 2×2 table of `n` items with the given figures, rounded half up.

    `given` names at least two of accuracy, precision, recall, specificity, f1 and kappa; the
    formulas are those of `binary_quality`. `prevalence` among the ranges is the share of positive
    items, and `never_flag` the accuracy of never flagging any.

    For each number of positives and of those found, each figure but kappa bounds the number
    found wrongly, as whole numbers and without rounding; kappa is checked table by table.

    Undefined case: a table of which a given figure is undefined does not give it.
    Raises ValueError if a figure cannot be one, or over 200,000 tables remain.

    Of 4 items accuracy 0.75 means 3 right, and recall 0.5 means 1 found of 2 or 2 of 4; the
    latter leaves 2 wrong.

    >>> found = possible_tables({"recall": as_written("0.5"), "accuracy": as_written("0.75")}, n=4)
    >>> found.tables
    (TwoByTwo(tp=1, fp=0, fn=1, tn=2),)
    """
    _check(given, n=n)
    closed = [
        table
        for table in _between(given, n=n)
        if "kappa" not in given or _within(table, "kappa", given["kappa"])
    ]
    tables = [table for table in closed if not _at(table, given, high=True)]
    ranges = {name: _range(tables, name) for name in FIGURES}
    inside = sum(not _at(table, given, high=False) for table in tables)
    return PossibleTables(n, given, tuple(tables), inside, len(closed), ranges)


def _check(given: Mapping[str, Rounded], *, n: int) -> None:
    if not 1 <= n <= MOST_ITEMS:
        raise ValueError(f"{n:,} items cannot be checked; from 1 to {MOST_ITEMS:,} can")
    if len(given) < 2:
        raise ValueError("give at least two figures; one alone fits too many tables")
    for name, rounded in given.items():
        least = -rounded.scale if name == "kappa" else 0
        if not least <= rounded.units <= rounded.scale:
            raise ValueError(
                f"{name} is {rounded.text}, which is no share; write it as 0.69 or 69%"
            )


def _within(table: TwoByTwo, name: str, rounded: Rounded) -> bool:
    found = figure(table, name)
    return found is not None and rounded.low <= found <= rounded.high


def _at(table: TwoByTwo, given: Mapping[str, Rounded], *, high: bool) -> bool:
    ends = {name: rounded.high if high else rounded.low for name, rounded in given.items()}
    return any(figure(table, name) == end for name, end in ends.items())


def _range(tables: list[TwoByTwo], name: str) -> Range:
    found = [figure(table, name) for table in tables]
    defined = [each for each in found if each is not None]
    undefined = len(found) - len(defined)
    return Range(min(defined, default=None), max(defined, default=None), undefined)


def _between(given: Mapping[str, Rounded], *, n: int) -> Iterator[TwoByTwo]:
    """Yield the tables whose figures, but for kappa, lie in the given intervals, ends included."""
    left = MOST_TABLES
    for positives in range(n + 1):
        least, most = _whole(given.get("recall"), positives)
        tp = np.arange(least, most + 1)
        bounds = [_false_positives(name, given[name], tp, (positives, n)) for name in given]
        first = np.max([np.zeros_like(tp), *(low for low, _ in bounds)], axis=0)
        last = np.min([np.full_like(tp, n - positives), *(high for _, high in bounds)], axis=0)
        some = np.flatnonzero(first <= last)
        left -= int((last[some] - first[some] + 1).sum())
        if left < 0:
            raise ValueError(
                f"more than {MOST_TABLES:,} tables of {n:,} items give these figures;"
                " give another figure, or more places"
            )
        for found, low, high in zip(tp[some].tolist(), first[some], last[some], strict=True):
            for fp in range(int(low), int(high) + 1):
                yield TwoByTwo(found, fp, positives - found, n - positives - fp)


def _whole(share: Rounded | None, of: int) -> tuple[int, int]:
    """Return the least and the most items that are this share of `of`; of none, no share is."""
    if share is None:
        return 0, of
    if not of:
        return 0, -1
    return max(0, ceil(share.low * of)), min(of, floor(share.high * of))


def _false_positives(
    name: str, share: Rounded, tp: Integers, size: tuple[int, int]
) -> tuple[Integers, Integers]:
    """Return the least and the most false positives that a figure allows, for each number tp."""
    positives, n = size
    negatives = n - positives
    if name in {"accuracy", "specificity"}:
        whole = tp + negatives if name == "accuracy" else np.full_like(tp, negatives)
        first, last = _whole(share, n if name == "accuracy" else negatives)
        return whole - last, whole - first
    if name == "precision":
        return _below_the_line(tp, tp, share, most=negatives)
    if name == "f1":
        return _below_the_line(2 * tp, tp + positives, share, most=negatives)
    return np.zeros_like(tp), np.full_like(tp, negatives)


def _below_the_line(
    part: Integers, base: Integers, share: Rounded, *, most: int
) -> tuple[Integers, Integers]:
    """Return between which x lies if part / (base + x) rounds to `share`."""
    low, high, scale = 2 * share.units - 1, 2 * share.units + 1, 2 * share.scale
    first = np.maximum(-(-part * scale // high), 1) - base
    last = part * scale // low - base if low > 0 else np.full_like(base, most)
    return first, last


def possible_sums(mean: Rounded, *, count: int) -> PossibleMean:
    """Return the sums of `count` whole numbers that give this mean, rounded half up.

    The GRIM test (Brown and Heathers, Soc. Psychol. Personal. Sci. 8, 2017): a mean of whole
    numbers is one of few fractions. `count` is how many numbers are averaged, people by items.

    Undefined case: `telling` is False where any mean with these places has a sum, as `count` is
    at least 10^places. Raises ValueError for a count that cannot be checked.

    Of 500 numbers, 866 / 500 = 1.732; 1.733 lies between 866 and 867.

    >>> possible_sums(as_written("1.732"), count=500).sums
    (866,)
    >>> possible_sums(as_written("1.733"), count=500).sums
    ()
    """
    if not 1 <= count <= MOST_NUMBERS:
        raise ValueError(
            f"a mean of {count:,} numbers cannot be checked; from 1 to {MOST_NUMBERS:,} can"
        )
    low, high = mean.low * count, mean.high * count
    sums = tuple(range(ceil(low), ceil(high)))
    halves_down = (int(high),) if high.denominator == 1 else ()
    return PossibleMean(mean, count, sums, halves_down, telling=count < mean.scale)
