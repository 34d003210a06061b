"""Intraclass correlations: how much of the variance of ratings is between items."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

from pipeline.stats.agreement.chance import quotient
from pipeline.stats.agreement.kinds import Kinds
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.intervals import TIE, Estimate
from pipeline.stats.resampling.sums import OfSums

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MeanSquares:
    """The mean squares of each of b samples, of its `items` that all k `raters` rated.

    `between` items, `within` items, `by_raters` and of the `rest`, each of shape (b,).
    """

    items: Floats
    raters: int
    between: Floats
    within: Floats
    by_raters: Floats
    rest: Floats


NORMAL = "F distributions (McGraw and Wong 1996)"
OF_MEAN = {"icc_1": "icc_k", "icc_a_1": "icc_a_k", "icc_c_1": "icc_c_k"}
ICC: Mapping[str, Callable[[MeanSquares], tuple[Floats, Floats]]] = {
    "icc_1": lambda m: (m.between - m.within, m.between + (m.raters - 1) * m.within),
    "icc_k": lambda m: (m.between - m.within, m.between),
    "icc_a_1": lambda m: (
        m.between - m.rest,
        m.between + (m.raters - 1) * m.rest + m.raters * (m.by_raters - m.rest) / m.items,
    ),
    "icc_a_k": lambda m: (m.between - m.rest, m.between + (m.by_raters - m.rest) / m.items),
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
    adds = np.vstack([complete, total, total**2, (values**2).sum(axis=0), values])

    def figures(sums: Floats) -> Floats:
        squares = mean_squares(sums, raters)
        least = TIE * (squares.between + squares.within + squares.by_raters + squares.rest)
        parts = [of(squares) for of in ICC.values()]
        return np.stack(
            [quotient(above, np.where(below > least, below, 0.0)) for above, below in parts]
        )

    return OfSums(adds, figures)


def mean_squares(sums: Floats, raters: int) -> MeanSquares:
    """Return the mean squares of each sample, from the sums that `icc` takes."""
    n, total, of_items, of_all = sums[:4]
    # Each sum of squares times n k, so that whole numbers give exact zeros.
    size = n * raters
    whole = size * of_all
    about = whole - total**2
    between = n * of_items - total**2
    columns = raters * (sums[4:] ** 2).sum(axis=0) - total**2
    rest = about - between - columns
    between, within, columns, rest = (
        np.where(each <= TIE * whole, 0.0, each)
        for each in (between, about - between, columns, rest)
    )
    return MeanSquares(
        items=n,
        raters=raters,
        between=quotient(between, size * (n - 1)),
        within=quotient(within, size * n * (raters - 1)),
        by_raters=quotient(columns, size * (raters - 1)),
        rest=quotient(rest, size * (n - 1) * (raters - 1)),
    )


def normal_intervals(kinds: Kinds, *, level: float) -> dict[str, Estimate]:
    """Return each correlation's interval if what it rests on were normal, by name.

    They are those of McGraw and Wong (1996, table 7): if items, raters and the rest differ by
    independent normal amounts, ratios of mean squares have F distributions, for agreement with
    Satterthwaite's degrees of freedom. Scores of a few levels are not normal; the intervals are
    there for comparison with other programs, which take items as independent; where several are
    about one question, the method says that.

    Undefined cases, without an entry: no correlation; no variance left, as F is then infinite.

    Shrout and Fleiss (1979), 4 judges of 6 subjects: 0.02 to 0.76 for ICC(2,1).

    >>> judged = [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]]
    >>> kinds = Kinds(Ratings(np.array(judged), np.arange(11.0)), np.ones(6, dtype=np.int64))
    >>> found = normal_intervals(kinds, level=0.95)["icc_a_1"]
    >>> round(found.low, 3), round(found.high, 3)
    (0.019, 0.761)
    """
    of = icc(kinds.ratings)
    whole = kinds.items[None].astype(np.float64)
    found = dict(zip(ICC, of(whole)[0].tolist(), strict=True))
    squares = mean_squares(of.adds @ whole.T, len(kinds.ratings.codes))
    k, tail = squares.raters, (1 - level) / 2
    with np.errstate(all="ignore"):  # there are then no ends
        ends = {
            "icc_1": _by_f(squares, squares.within, squares.items * (k - 1), tail),
            "icc_c_1": _by_f(squares, squares.rest, (squares.items - 1) * (k - 1), tail),
            "icc_a_1": _of_agreement(squares, np.array([found["icc_a_1"]]), tail),
        }
        # As the mean's correlation itself, by the formula of Spearman and Brown.
        ends |= {OF_MEAN[name]: k * own / (1 + (k - 1) * own) for name, own in ends.items()}
    method = NORMAL if kinds.clusters is None else f"{NORMAL}, items taken as independent"
    return {
        name: Estimate(found[name], float(own[0]), float(own[1]), level, method)
        for name, own in ends.items()
        if np.isfinite([found[name], *own]).all() and np.ptp(own) > TIE
    }


def _by_f(squares: MeanSquares, error: Floats, freedom: Floats, tail: float) -> Floats:
    """Return both ends for one rater, from the ratio of the items' mean square to the error's."""
    ratio = squares.between / error
    items = squares.items - 1
    low = ratio / fdtri(items, freedom, 1 - tail)
    high = ratio * fdtri(freedom, items, 1 - tail)
    both = np.concatenate([low, high])
    found: Floats = (both - 1) / (both + squares.raters - 1)
    return found


def _of_agreement(squares: MeanSquares, found: Floats, tail: float) -> Floats:
    n, k = squares.items, squares.raters
    of_raters = k * found / (n * (1 - found)) * squares.by_raters
    of_rest = (1 + k * found * (n - 1) / (n * (1 - found))) * squares.rest
    freedom = (of_raters + of_rest) ** 2 / (
        of_raters**2 / (k - 1) + of_rest**2 / ((n - 1) * (k - 1))
    )
    below, above = fdtri(n - 1, freedom, 1 - tail), fdtri(freedom, n - 1, 1 - tail)
    error = k * squares.by_raters + (k * n - k - n) * squares.rest
    low = n * (squares.between - below * squares.rest) / (below * error + n * squares.between)
    high = n * (above * squares.between - squares.rest) / (error + n * above * squares.between)
    return np.concatenate([low, high])
