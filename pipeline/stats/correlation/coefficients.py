"""Correlations of two figures of answers, for many resamples of their questions at once."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.resampling.intervals import TIE

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Coefficient = Callable[[Floats], Floats]  # of how often each question is drawn, (b, q): (b,)


@dataclass(frozen=True)
class Two:
    """Two figures, `x` and `y`, of each of u answers, and its question, all of shape (u,).

    `question` are places from 0 to `questions` - 1; a question can have several answers, or none.
    """

    x: Floats
    y: Floats
    question: Places
    questions: int

    def of(self, chosen: NDArray[np.bool_]) -> "Two":
        """Return only these answers, of the same questions."""
        return Two(self.x[chosen], self.y[chosen], self.question[chosen], self.questions)


def pearson(two: Two) -> Coefficient:
    """Return the product-moment correlation of the figures, as a function of the questions drawn.

    It takes weights of shape (b, q), how often each of b samples has each question, and returns
    shape (b,): the coefficient over all answers of each sample.

    Undefined (NaN): a figure that is the same for all answers of the sample, as for one answer.

    x is 1, 2, 3 and y is 1, 3, 2: the covariance is 1/3, both variances are 2/3.

    >>> two = Two(np.array([1.0, 2, 3]), np.array([1.0, 3, 2]), np.arange(3), 3)
    >>> pearson(two)(np.ones((1, 3)))
    array([0.5])
    """
    if not two.x.size:
        return _nothing
    x, y = two.x - two.x.mean(), two.y - two.y.mean()
    moments = np.stack([np.ones(x.size), x, y, x * x, y * y, x * y], axis=1)
    sums = np.zeros((two.questions, moments.shape[1]))
    np.add.at(sums, two.question, moments)

    def coefficient(weights: Floats) -> Floats:
        n, x, y, xx, yy, xy = (weights @ sums).T
        return _correlation(n, (x, y), (xx, yy), xy)

    return coefficient


def spearman(two: Two) -> Coefficient:
    """Return Spearman's rank correlation; see `pearson`.

    It is the product-moment correlation of the ranks in the sample, where equal figures share
    their mean rank (Kendall, Rank Correlation Methods, 1970, chapter 3).

    Undefined (NaN): as for `pearson`.

    The ranks of 1, 2, 9, 9 are 1, 2, 3.5, 3.5; against 1, 2, 3, 4 that gives 4.5 / sqrt(4.5 * 5).

    >>> two = Two(np.array([1.0, 2, 9, 9]), np.array([1.0, 2, 3, 4]), np.arange(4), 4)
    >>> spearman(two)(np.ones((1, 4))).round(4)
    array([0.9487])
    """
    if not two.x.size:
        return _nothing
    of_x, of_y = _Ranks(two.x, two.question), _Ranks(two.y, two.question)

    def coefficient(weights: Floats) -> Floats:
        drawn = weights[:, two.question]
        n = drawn.sum(axis=1)
        middle = (n[:, None] + 1) / 2
        x, y = of_x(weights) - middle, of_y(weights) - middle  # ranks add up to n times the middle
        drawn_x = drawn * x
        squares = np.einsum("bu,bu->b", drawn_x, x), np.einsum("bu,bu,bu->b", drawn, y, y)
        zero = np.zeros_like(n)
        return _correlation(n, (zero, zero), squares, np.einsum("bu,bu->b", drawn_x, y))

    return coefficient


class _Ranks:
    """The ranks of answers in samples: which stand together, in which order."""

    def __init__(self, figure: Floats, question: Places) -> None:
        order = np.argsort(figure, kind="stable")
        apart = np.diff(figure[order], prepend=np.nan) != 0
        self.question = question[order]
        self.starts = np.flatnonzero(apart)
        self.level = np.empty(figure.size, dtype=np.int64)
        self.level[order] = np.cumsum(apart) - 1

    def __call__(self, weights: Floats) -> Floats:
        """Return the rank of each answer, (b, u), in samples of the questions, (b, q)."""
        sizes = np.add.reduceat(weights[:, self.question], self.starts, axis=1)
        ranks = np.cumsum(sizes, axis=1) - (sizes - 1) / 2
        found: Floats = ranks[:, self.level]
        return found


def kendall(two: Two) -> Coefficient:
    """Return Kendall's tau-b; see `pearson`.

    Of all pairs of answers in the sample, the concordant ones less the discordant ones, over the
    geometric mean of those that differ in x and those that differ in y (Kendall, Rank Correlation
    Methods, 1970, chapter 3). An answer that is drawn twice is tied with itself.

    Undefined (NaN): as for `pearson`.

    Of 6 pairs of 1, 2, 9, 9 with 1, 2, 4, 3 five are concordant and one is tied in x:
    5 / sqrt(5 * 6).

    >>> two = Two(np.array([1.0, 2, 9, 9]), np.array([1.0, 2, 4, 3]), np.arange(4), 4)
    >>> kendall(two)(np.ones((1, 4))).round(4)
    array([0.9129])
    """
    if not two.x.size:
        return _nothing
    x, y = (np.sign(each[:, None] - each).astype(np.int8) for each in (two.x, two.y))
    alike, apart_x, apart_y = (_by_question(each, two) for each in (x * y, x * x, y * y))

    def coefficient(weights: Floats) -> Floats:
        net, of_x, of_y = (
            np.einsum("bq,bq->b", weights @ pairs, weights) for pairs in (alike, apart_x, apart_y)
        )
        with np.errstate(invalid="ignore"):  # nothing of nothing is undefined
            found: Floats = net / (np.sqrt(of_x) * np.sqrt(of_y))
        return found

    return coefficient


def _by_question(pairs: NDArray[np.int8], two: Two) -> Floats:
    """Return the sums of pairs of answers, (u, u), for each pair of questions, (q, q)."""
    order = np.argsort(two.question, kind="stable")
    there, starts = np.unique(two.question[order], return_index=True)
    rows = np.add.reduceat(pairs[np.ix_(order, order)], starts, axis=0, dtype=np.int64)
    found = np.zeros((two.questions, two.questions))
    found[np.ix_(there, there)] = np.add.reduceat(rows, starts, axis=1)
    return found


def _correlation(
    n: Floats, sums: tuple[Floats, Floats], squares: tuple[Floats, Floats], products: Floats
) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):  # nothing of nothing is undefined
        covariance = products - sums[0] * sums[1] / n
        spreads = [square - sum_**2 / n for square, sum_ in zip(squares, sums, strict=True)]
        found = covariance / np.sqrt(spreads[0] * spreads[1])
        for spread, square in zip(spreads, squares, strict=True):
            found[~(spread > TIE * square)] = np.nan
    return np.clip(found, -1, 1)


def _nothing(weights: Floats) -> Floats:
    return np.full(len(weights), np.nan)
