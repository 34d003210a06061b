"""Kendall's W: whether raters put items in the same order, whatever levels they use."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from pipeline.stats.agreement.coefficients import undefined
from pipeline.stats.agreement.families import Which
from pipeline.stats.agreement.kinds import of_those_who_rated, one_hot
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.intervals import Undefined

Floats = NDArray[np.float64]

ALL_TIED = Undefined("one_value", "no rater told the items apart, so there is no order to agree on")


@dataclass(frozen=True)
class Concordance:
    """Kendall's W of `raters` over the `items` that all of them rated, with its test against 0.

    `code` and `reason` say why there is none.
    """

    w: float | None
    chi2: float | None
    df: int | None
    p: float | None
    raters: int
    items: int
    code: str | None = None
    reason: str | None = None


def kendall_w(ratings: Ratings) -> Concordance:
    """Return Kendall's coefficient of concordance, corrected for ties.

    Each of m raters ranks the n items that all rated, equal values sharing their mean rank. With S
    the sum of squares of the items' sums of ranks about their mean, and T = sum(t^3 - t) over all
    raters' groups of t equal values, W = 12 S / (m^2 (n^3 - n) - m T), from 0 to 1. If raters rank
    at random, m (n - 1) W is about chi-squared with n - 1 degrees of freedom, for 8 items or more
    (Kendall and Babington Smith, Ann. Math. Stat. 10, 1939; Siegel and Castellan 1988, chapter 9).

    Undefined cases: fewer than two raters, or than two items that all rated; no rater who told
    items apart.

    Ranks 1, 2, 3 by both: sums 2, 4, 6, so S is 8 and W is 12 * 8 / (4 * 24) = 1.

    >>> found = kendall_w(Ratings(np.array([[0, 1, 2], [0, 1, 2]]), np.arange(3.0)))
    >>> found.w, found.chi2, found.df, round(found.p, 4)
    (1.0, 4.0, 2, 0.1353)
    """
    rated = of_those_who_rated(ratings)
    complete = rated.of_items(np.flatnonzero(rated.given.all(axis=0)))
    m, n = complete.codes.shape
    if m < 2 or n < 2:
        return _none(m, n, undefined(rated, Which("icc_c_1", "interval")))
    given = one_hot(complete).sum(axis=1)  # (raters, q)
    ranks = np.cumsum(given, axis=1) - (given - 1) / 2
    sums = np.take_along_axis(ranks, complete.codes, axis=1).sum(axis=0)
    squares = float(((sums - m * (n + 1) / 2) ** 2).sum())
    room = m * m * (n**3 - n) - m * float((given**3 - given).sum())
    if room <= 0:
        return _none(m, n, ALL_TIED)
    w = 12 * squares / room
    chi2 = m * (n - 1) * w
    return Concordance(w, chi2, n - 1, float(chdtrc(n - 1, chi2)), m, n)


def _none(raters: int, items: int, why: Undefined) -> Concordance:
    return Concordance(None, None, None, None, raters, items, why.code, why.reason)
