"""How many more items a running study needs for an interval of a wished width."""

import math
from dataclasses import dataclass

from pipeline.stats.resampling.intervals import Estimate, Undefined

STEPS = (10, 8, 6, 5, 4, 3, 2, 1.5, 1)  # of round half widths, times a power of ten
NARROWER = 0.75  # the default wish lies at least this far below what there is
EXACT = 1e-9  # so that 0.3 of what should be 0.3 is not told apart


@dataclass(frozen=True)
class MoreItems:
    """How many `more` items bring the interval to ± `wished`, about; None where it cannot be told.

    `items` are those that the figure rests on, `half_width` is half the present interval's length;
    where questions are drawn with all their items, read questions for items throughout.
    `remaining` items of the study are still to be rated, None where that is not known; with all
    of them the interval comes to about ± `at_end`. `code` and `reason` say what cannot be told.
    """

    items: int
    half_width: float | None
    wished: float | None
    more: int | None
    remaining: int | None
    at_end: float | None
    code: str | None = None
    reason: str | None = None

    @property
    def enough_to_come(self) -> bool | None:
        """Return whether the study itself still brings as many, None where that is not known."""
        if self.more is None or self.remaining is None:
            return None
        return self.more <= self.remaining


def more_items(
    estimate: Estimate,
    n_items: int,
    *,
    half_width: float | None = None,
    remaining: int | None = None,
) -> MoreItems:
    """Return how many more items like those that there are bring an interval to ± `half_width`.

    `estimate` is a figure over `n_items` items: for agreement, those with two or more ratings.
    `remaining` of the study's items are still to be rated. Without a `half_width`, the wish is the
    largest round number at most three quarters of the present one.

    The spread of a figure over n items shrinks like 1 / sqrt(n), whatever the figure (the
    bootstrap's too: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 6.2),
    so a half width h becomes w with n (h / w)^2 items. This is approximate: it takes the items to
    come for a sample of the same population, rated by as many raters each; the present width is
    itself an estimate, in small studies a rough one; and an interval that is not even around its
    figure is taken at half its length.

    Undefined case: an estimate without an interval. Raises ValueError for a wish of 0 or less, and
    for fewer than no items.

    [0.52, 0.69] is ± 0.085 from 40 items: 40 (0.085 / 0.06)^2 = 80.3, so 41 more.

    >>> found = more_items(Estimate(0.61, 0.52, 0.69, 0.95, "bootstrap"), 40, remaining=100)
    >>> found.wished, found.more, found.enough_to_come, round(found.at_end, 3)
    (0.06, 41, True, 0.045)
    """
    if half_width is not None and not 0 < half_width < math.inf:
        raise ValueError(f"an interval of ± {half_width:g} cannot be wished for")
    if n_items < 0 or (remaining is not None and remaining < 0):
        raise ValueError("the number of items is at least 0")
    if estimate.low is None or estimate.high is None:
        why = Undefined(estimate.code or "no_interval", estimate.reason or "there is no interval")
        return MoreItems(n_items, None, half_width, None, remaining, None, why.code, why.reason)
    present = (estimate.high - estimate.low) / 2
    wished = rounder(present) if half_width is None else half_width
    at_end = None if remaining is None else _at(present, n_items, n_items + remaining)
    needed = math.ceil(n_items * (present / wished) ** 2 - EXACT) if wished else n_items
    return MoreItems(n_items, present, wished, max(0, needed - n_items), remaining, at_end)


def _at(half_width: float, items: int, later: int) -> float:
    return half_width * math.sqrt(items / later) if later else half_width


def rounder(half_width: float) -> float:
    """Return a round number that is a worthwhile step below a half width.

    >>> rounder(0.085), rounder(0.04), rounder(0.0131)
    (0.06, 0.03, 0.008)
    """
    most = NARROWER * half_width
    if most <= 0:
        return 0.0
    exponent = math.floor(math.log10(most) + EXACT)
    step = next(step for step in STEPS if step * 10.0**exponent <= most * (1 + EXACT))
    return float(f"{step * 10.0**exponent:.3g}")
