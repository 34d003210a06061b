"""Intraclass correlations: how much of the variance of ratings is between items."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.intervals import TIE
from pipeline.stats.ratings import Ratings
from pipeline.stats.sums import OfSums

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MeanSquares:
    """The mean squares of each of b samples, of its `items` that all k `raters` rated.

    `between` items, `within` items, between `raters_ms` and of the `rest`, each of shape (b,).
    """

    items: Floats
    raters: int
    between: Floats
    within: Floats
    raters_ms: Floats
    rest: Floats


ICC: Mapping[str, Callable[[MeanSquares], tuple[Floats, Floats]]] = {
    "icc_1": lambda m: (m.between - m.within, m.between + (m.raters - 1) * m.within),
    "icc_k": lambda m: (m.between - m.within, m.between),
    "icc_a_1": lambda m: (
        m.between - m.rest,
        m.between + (m.raters - 1) * m.rest + m.raters * (m.raters_ms - m.rest) / m.items,
    ),
    "icc_a_k": lambda m: (m.between - m.rest, m.between + (m.raters_ms - m.rest) / m.items),
    "icc_c_1": lambda m: (m.between - m.rest, m.between + (m.raters - 1) * m.rest),
    "icc_c_k": lambda m: (m.between - m.rest, m.between),
}


def icc(ratings: Ratings) -> OfSums:
    """Return the intraclass correlations of samples of items, six figures in the order of `ICC`.

    `ratings` has one item of each kind. The correlations are those of McGraw and Wong (Psychol.
    Methods 1, 1996, table 4), of the scale's values: icc_1 and icc_k by one-way analysis of
    variance, raters being anybody; icc_a_1 and icc_a_k by two-way analysis, for absolute
    agreement; icc_c_1 and icc_c_k for consistency, whatever levels raters start from. …_1 is of
    one rater, …_k of the mean of all. Shrout and Fleiss (1979) call them ICC(1,1), (1,k), (2,1),
    (2,k), (3,1) and (3,k). Only items that every rater rated enter. A correlation below 0 is a
    value: items differ less than chance makes them.

    NaN where the variance that it divides by is not above 0, and without two such items.

    Raters who gave 1, 2, 3 and 2, 3, 4: items differ by a mean square of 2, raters by 1.5, and
    nothing is left; consistency is 1, agreement 2 / (2 + 2 * 1.5 / 3) = 2/3.

    >>> scale = np.array([1.0, 2.0, 3.0, 4.0])
    >>> found = icc(Ratings(np.array([[0, 1, 2], [1, 2, 3]]), scale))(np.ones((1, 3)))
    >>> [round(each, 6) for each in found[0, 2:].tolist()]
    [0.666667, 0.8, 1.0, 1.0]
    """
    raters = ratings.codes.shape[0]
    complete = ratings.given.all(axis=0)
    # From the lowest level, so that sums of whole numbers stay small and exact.
    values = np.where(complete, ratings.levels[ratings.codes] - ratings.levels[0], 0.0)
    total = values.sum(axis=0)
    columns = np.column_stack([complete, total, total**2, (values**2).sum(axis=0), values.T])

    def figures(sums: Floats) -> Floats:
        squares = mean_squares(sums, raters)
        parts = [of(squares) for of in ICC.values()]
        return np.stack([_quotient(above, below) for above, below in parts], axis=1)

    return OfSums(columns, figures)


def mean_squares(sums: Floats, raters: int) -> MeanSquares:
    """Return the mean squares of each sample, from the sums that `icc` takes."""
    n, total, of_items, of_all, *of_raters = sums.T
    # Each sum of squares times n k, so that whole numbers give exact zeros.
    size = n * raters
    whole = size * of_all
    about = whole - total**2
    between = n * of_items - total**2
    by_raters = raters * np.sum(np.square(of_raters), axis=0) - total**2
    rest = about - between - by_raters
    between, within, by_raters, rest = (
        np.where(each <= TIE * whole, 0.0, each)
        for each in (between, about - between, by_raters, rest)
    )
    return MeanSquares(
        items=n,
        raters=raters,
        between=_quotient(between, size * (n - 1)),
        within=_quotient(within, size * n * (raters - 1)),
        raters_ms=_quotient(by_raters, size * (raters - 1)),
        rest=_quotient(rest, size * (n - 1) * (raters - 1)),
    )


def _quotient(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.full_like(below, np.nan), where=below > 0)
