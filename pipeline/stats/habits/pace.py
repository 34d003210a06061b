"""How long a rater takes for an item."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pace:
    """Seconds an item: `n` known ones, and their quartiles, None without any.

    `fast` of `timed` items took less time than reading them needs.
    """

    n: int
    lower: float | None
    median: float | None
    upper: float | None
    timed: int
    fast: int


def pace(seconds: Floats, needed: Floats) -> Pace:
    """Return the pace from the seconds for each item, and those that reading it needs at least.

    Both have shape (items,), NaN where not known. Quartiles are interpolated (Hyndman and Fan
    1996, type 7).

    >>> pace(np.array([10.0, 20.0, 30.0, np.nan]), np.array([15.0, 15.0, np.nan, 15.0]))
    Pace(n=3, lower=15.0, median=20.0, upper=25.0, timed=2, fast=1)
    """
    known = seconds[~np.isnan(seconds)]
    timed = ~np.isnan(seconds) & ~np.isnan(needed)
    fast = int(np.count_nonzero(seconds[timed] < needed[timed]))
    if not known.size:
        return Pace(0, None, None, None, 0, 0)
    lower, median, upper = np.quantile(known, (0.25, 0.5, 0.75)).tolist()
    return Pace(known.size, lower, median, upper, int(np.count_nonzero(timed)), fast)
