"""Krippendorff's alpha for values with any distance, with its interval over items."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.intervals import Estimate, Resampling, Undefined, Weights, bootstrap

MISSING = -1
NO_PAIRS = Undefined("no_pairs", "no item has two answers, so there is nothing to compare")
ONE_VALUE = Undefined(
    "one_value", "all answers are the same, so agreement cannot be told from chance"
)

Distances = Callable[[NDArray[np.int64]], NDArray[np.float64]]


@dataclass(frozen=True)
class Answers:
    """The answers to items that have two or more; `values` are the v different ones.

    `counts` has shape (k, v): how often each value was given to each of k kinds of items; `items`
    has shape (k,): how many items there are of each kind. Who gave which does not matter.
    """

    values: NDArray[np.int64]
    counts: NDArray[np.float64]
    items: NDArray[np.int64]


def paired(values: NDArray[np.int64]) -> Answers:
    """Return the answers to items with two or more of them, from shape (raters, items).

    >>> paired(np.array([[3, 5, -1], [5, 3, 3]]))
    Answers(values=array([3, 5]), counts=array([[1., 1.]]), items=array([2]))
    """
    if values.ndim != 2:
        raise ValueError(f"answers have the shape raters by items, not {values.shape}")
    if values.size and values.min() < MISSING:
        raise ValueError(f"an answer is a whole number from 0, or -1 if missing: {values.min()}")
    enough = values[:, np.count_nonzero(values != MISSING, axis=0) > 1]
    kinds, items = np.unique(np.sort(enough, axis=0), axis=1, return_counts=True)
    kind, rater = np.nonzero(kinds.T != MISSING)
    different, which = np.unique(kinds[rater, kind], return_inverse=True)
    counts = np.zeros((items.size, different.size))
    np.add.at(counts, (kind, which), 1)
    return Answers(different, counts, items)


def alpha(values: NDArray[np.int64], distances: Distances, *, plan: Resampling) -> Estimate:
    """Return Krippendorff's alpha, 1 - observed / expected disagreement.

    `values` has shape (raters, items), whole numbers from 0, -1 where missing. `distances` takes
    the v different values and returns shape (v, v): how far apart they are, 0 to themselves.

    Items with fewer than two answers say nothing of agreement and are left out. Of the n answers
    to the others, observed disagreement sums the distances of all ordered pairs of an item's m
    answers, divided by m - 1, over the items, divided by n; expected disagreement sums those of
    all ordered pairs of the n answers, divided by n (n - 1) (Krippendorff,
    Content Analysis, 4th ed. 2019, chapter 12; Computing Krippendorff's Alpha-Reliability,
    2011). The bootstrap draws items with all their answers, and both disagreements are computed
    anew in each resample (Zapf, Castell, Morawietz and Karch, BMC Med. Res. Methodol. 16, 2016).

    Undefined cases: no item with two answers; all answers the same, or 0 apart, as there is then
    no disagreement to be expected.

    Answers (1, 1), (1, 2), (2, 2): one pair of three disagrees, twice 1 of 6 answers; three 1s
    and three 2s make 18 of 30 ordered pairs differ: 1 - (2 / 6) / (18 / 30) = 4 / 9.

    >>> found = alpha(
    ...     np.array([[1, 1, 2], [1, 2, 2]]),
    ...     lambda values: (values[:, None] != values).astype(float),
    ...     plan=Resampling(level=0.95, resamples=100, seed=7),
    ... )
    >>> round(found.value, 6)
    0.444444
    """
    answers = paired(values)
    of_samples = alphas(answers, distances)
    (found,) = bootstrap(
        lambda weights: of_samples(weights)[:, None],
        answers.items,
        plan=plan,
        undefined=[ONE_VALUE if answers.items.size else NO_PAIRS],
    )
    return found


def alphas(answers: Answers, distances: Distances) -> Callable[[Weights], NDArray[np.float64]]:
    """Return the function of weights that gives the alpha of each sample, NaN if undefined.

    It takes shape (b, k), how many items of each kind each of b samples has, and returns (b,).
    """
    counts, apart = answers.counts, distances(answers.values)
    each = counts.sum(axis=1)
    to_kinds = counts @ apart
    disagreement = (to_kinds * counts).sum(axis=1) / (each - 1)
    # Expected disagreement sums over pairs of values, or as well over pairs of kinds of items.
    by_kinds = counts.shape[0] < counts.shape[1]
    between = to_kinds @ counts.T if by_kinds else apart

    def of_samples(weights: Weights) -> NDArray[np.float64]:
        given = weights if by_kinds else weights @ counts
        expected = ((given @ between) * given).sum(axis=1)
        found: NDArray[np.float64] = 1 - (weights @ each - 1) * (weights @ disagreement) / expected
        return found

    return of_samples
