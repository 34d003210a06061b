"""Agreement of raters with themselves, on items that each scored twice."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.agreement.alpha import ONE_VALUE, Metric, alpha_of_counts
from pipeline.stats.agreement.clusters import apart, clusters_of
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.drawn import bootstrap_of
from pipeline.stats.resampling.intervals import Estimate, Resampling, Undefined, Weights, wilson

NO_REPEATS = Undefined("no_repeats", "nobody scored both an item and its repeat")


@dataclass(frozen=True)
class WithThemselves:
    """How far `n` scores match those that the same rater gave before, on `items` items."""

    n: int
    items: int
    percent_agreement: Estimate
    alpha: Estimate


def with_themselves(
    first: Ratings, again: Ratings, *, metric: Metric, plan: Resampling
) -> WithThemselves:
    """Return how far raters agree with themselves, each pair of scores by one rater counting once.

    `first` and `again` have the same raters as rows and the same items as columns. Percent
    agreement is the share of the pairs that are equal. Alpha is Krippendorff's, each pair being a
    unit of its own, as never two raters are compared; expected disagreement is of all scores in
    pairs, by all raters together.

    The interval is the bootstrap's over items, an item keeping the pairs of all raters who scored
    it twice, or over questions where several items are about one; if no two pairs share what is
    drawn, percent agreement has Wilson's.

    Undefined cases: no pair; alpha if all scores in pairs are the same.

    Pairs (0, 0) and (1, 0) by one rater, (1, 1) by another: 2 of 3 are equal. Three of the six
    scores are 1, so 18 of 30 ordered pairs differ: 1 - (2 / 6) / (18 / 30) = 4 / 9.

    >>> scale = np.array([0.0, 1.0])
    >>> found = with_themselves(
    ...     Ratings(np.array([[0, 1, -1], [-1, 1, 0]]), scale),
    ...     Ratings(np.array([[0, 0, -1], [-1, 1, -1]]), scale),
    ...     metric="ordinal", plan=Resampling(level=0.95, resamples=100, seed=7),
    ... )
    >>> found.n, found.items, round(found.percent_agreement.value, 6), round(found.alpha.value, 6)
    (3, 2, 0.666667, 0.444444)
    """
    if first.codes.shape != again.codes.shape or not np.array_equal(first.levels, again.levels):
        raise ValueError("scores and their repeats have the same raters, items and scale")
    low, high = np.triu_indices(first.q)
    pairs = _pairs(first, again, low, high)
    there = np.flatnonzero(pairs.any(axis=1))
    pairs, about = pairs[there], first.clusters_at(there)
    kinds, of, items = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    clusters = None if about is None else clusters_of(of, about)
    levels = np.arange(first.q)
    counts = (low[:, None] == levels).astype(np.float64) + (high[:, None] == levels)
    alphas = alpha_of_counts(counts, first.levels, metric)
    equal = (low == high).astype(np.float64)

    def figures(weights: Weights) -> NDArray[np.float64]:
        drawn = weights @ kinds
        return np.stack([drawn @ equal / drawn.sum(axis=1), alphas(drawn)], axis=1)

    undefined = [NO_REPEATS, ONE_VALUE if items.size else NO_REPEATS]
    percent, alpha = bootstrap_of(
        figures, items, clusters, clustered=first.clustered, plan=plan, undefined=undefined
    )
    n = int(pairs.sum())
    if n and n == len(pairs) and apart(about):
        percent = wilson(int((pairs @ equal).sum()), n, level=plan.level)
    return WithThemselves(n, len(pairs), percent, alpha)


def _pairs(
    first: Ratings, again: Ratings, low: NDArray[np.int64], high: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return how often each item has each pair of levels by one rater, shape (items, pairs)."""
    both = first.given & again.given
    below = np.where(both, np.minimum(first.codes, again.codes), -1)
    above = np.where(both, np.maximum(first.codes, again.codes), -1)
    found: NDArray[np.int64] = ((below[:, :, None] == low) & (above[:, :, None] == high)).sum(
        axis=0
    )
    return found
