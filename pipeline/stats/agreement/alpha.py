"""Krippendorff's alpha, of ratings or of values with any distance, with its interval over items."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import log2
from typing import Literal

import krippendorff
import numpy as np
from numpy.typing import NDArray

from pipeline.stats.agreement.clusters import Clusters, clusters_of
from pipeline.stats.ratings import MISSING, Ratings
from pipeline.stats.resampling.drawn import bootstrap_of, drawn, estimates_of
from pipeline.stats.resampling.intervals import Estimate, Resampling, Undefined, Weights
from pipeline.stats.resampling.sums import OfSums

NO_PAIRS = Undefined("no_pairs", "no item has two answers, so there is nothing to compare")
ONE_VALUE = Undefined(
    "one_value", "all answers are the same, so agreement cannot be told from chance"
)

HELD_BY_PACKAGE = 2**24  # numbers
DIGITS = 62  # binary ones of a whole number

Floats = NDArray[np.float64]
Alphas = Callable[[Weights], Floats]
Distances = Callable[[NDArray[np.int64]], Floats]
Metric = Literal["nominal", "ordinal", "interval", "ratio"]


@dataclass(frozen=True)
class Answers:
    """The answers to items that have two or more; `values` are the v different ones.

    `counts` has shape (k, v): how often each value was given to each of k kinds of items; `items`
    has shape (k,): how many items there are of each kind. Who gave which does not matter.
    `clusters` of items are drawn whole, None where each is drawn by itself.
    """

    values: NDArray[np.int64]
    counts: Floats
    items: NDArray[np.int64]
    clusters: Clusters | None = None


def krippendorff_alpha(ratings: Ratings, *, metric: Metric, plan: Resampling) -> Estimate:
    """Return Krippendorff's alpha of ratings on a scale, 1 - observed / expected disagreement.

    The formula and what is left out are those of `alpha`; `metric` says how far apart two values
    of the scale are (Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011, section F):
    nominal, 0 or 1; interval, (a - b)^2; ratio, ((a - b) / (a + b))^2, on a scale from 0;
    ordinal, the square of how many of the n ratings lie between the two values, those equal to
    one of them counted half. That is (r_a - r_b)^2 of their mid-ranks r, so the ordinal metric
    depends on how often each value was given, and in each resample on what that resample has. It
    is neither Gwet's ordinal weights nor a squared distance of places on the scale.

    The figure itself is computed by the package `krippendorff`, on the declared scale; its
    resamples by `alpha_sums`, which gives the same.

    Undefined cases: no item with two ratings; all ratings the same, whether or not the scale has
    other values. Raises ValueError for a ratio of values below 0.

    Ratings (0, 0), (0, 2), (2, 2) on 0 to 2 have two values, and so the same alpha by any of
    these metrics: 1 - (2 / 6) / (18 / 30) = 4 / 9.

    >>> from pipeline.stats.ratings import ratings
    >>> found = krippendorff_alpha(
    ...     ratings([[0, 0, 2], [0, 2, 2]], levels=(0, 1, 2)),
    ...     metric="ordinal", plan=Resampling(level=0.95, resamples=100, seed=7),
    ... )
    >>> round(found.value, 6)
    0.444444
    """
    answers, clustered = paired(ratings.codes, ratings.clusters), ratings.clustered
    if not answers.items.size:
        method = plan.method("BCa", of=drawn(clustered=clustered))
        return NO_PAIRS.estimate(level=plan.level, method=method)
    sums = alpha_sums(answers.counts, ratings.levels[answers.values], metric)
    samples = sums.sampled(answers.items, plan, answers.clusters)
    (found,) = estimates_of(samples, clustered=clustered, plan=plan, undefined=[ONE_VALUE])
    if found.value is None:
        return found
    return replace(found, value=alpha_by_package(answers, ratings.levels, metric))


def alpha_by_package(answers: Answers, levels: Floats, metric: Metric) -> float:
    """Return the alpha of answers that vary, as the package `krippendorff` computes it.

    The answers' values are places in `levels`, those of the declared scale. The package holds a
    square of the scale for each item: where that is too much, as for 2,000 items rated 0 to 100,
    the figure is the kernel's, which tests show to be the same.
    """
    items = answers.items
    if items.sum() * levels.size**2 > HELD_BY_PACKAGE:
        alphas = alpha_of_counts(answers.counts, levels[answers.values], metric)
        return float(alphas(items[None].astype(np.float64))[0])
    counts = np.zeros((items.size, levels.size), dtype=np.int64)
    counts[:, answers.values] = answers.counts
    return float(
        krippendorff.alpha(
            value_counts=np.repeat(counts, items, axis=0),
            value_domain=levels,
            level_of_measurement=metric,
        )
    )


def alpha_of_counts(counts: Floats, levels: Floats, metric: Metric) -> Alphas:
    """Return the function of weights that gives the alpha of each sample, NaN if undefined.

    The function takes shape (b, k), how many items of each kind each of b samples has, and returns
    (b,); the rest is as in `alpha_sums`.
    """
    of_samples = alpha_sums(counts, levels, metric)
    return lambda weights: of_samples(weights)[:, 0]


def alpha_sums(counts: Floats, levels: Floats, metric: Metric) -> OfSums:
    """Return the alpha of samples of items, NaN where it is undefined.

    `counts` has shape (k, v): how often each of k kinds of items was given each of the v values
    in `levels`, which rise. Kinds with fewer than two ratings count for nothing.

    The sums are how often each value was given, and the observed disagreement. By the ordinal
    metric that depends on each sample's own mid-ranks r, so its sums are how often two values met
    in an item, each pair counting 1 / (m - 1) of the item's m ratings; expected disagreement is
    then n sum_v n_v (r_v - n / 2)^2, as n / 2 is the mean of all mid-ranks.
    """
    if metric == "ratio" and levels.size and levels[0] < 0:
        raise ValueError(f"a ratio needs values from 0, and the scale has {levels[0]:g}")
    each = counts.sum(axis=1, keepdims=True)
    counts = np.where(each > 1, counts, 0.0)
    others = np.maximum(each - 1, 1)
    low, high = np.triu_indices(levels.size, 1)
    met = counts[:, low] * counts[:, high] / others

    def ordinal(sums: Floats) -> Floats:
        given, together = np.split(sums, [levels.size])
        n = given.sum(axis=0)
        ranks = np.cumsum(given, axis=0) - (given + n) / 2  # less n / 2
        observed = (together * (ranks[high] - ranks[low]) ** 2).sum(axis=0)
        return _alphas(n, observed, expected=n * (given * ranks**2).sum(axis=0))

    def fixed(sums: Floats) -> Floats:
        given, observed = sums[:-1], sums[-1]
        expected = (given * (apart @ given)).sum(axis=0) / 2
        return _alphas(given.sum(axis=0), observed, expected=expected)

    if metric == "ordinal":
        ever = met.any(axis=0)
        low, high = low[ever], high[ever]
        return OfSums(np.hstack([counts, met[:, ever]]).T, ordinal)
    apart = _apart(levels, metric)
    return OfSums(np.hstack([counts, met @ apart[low, high][:, None]]).T, fixed)


def _alphas(n: Floats, observed: Floats, *, expected: Floats) -> Floats:
    nothing = np.full_like(expected, np.nan)
    quotient = np.divide(observed, expected, out=nothing, where=expected > 0)
    found: Floats = 1 - (n - 1) * quotient
    return found[None]


def _apart(levels: Floats, metric: Metric) -> Floats:
    """Return how far apart values are where that does not depend on the ratings."""
    difference = levels[:, None] - levels
    if metric == "nominal":
        return np.where(difference == 0, 0.0, 1.0)
    both = np.ones_like(difference) if metric == "interval" else levels[:, None] + levels
    found: Floats = np.divide(difference, both, out=np.zeros_like(both), where=both != 0) ** 2
    return found


def paired(values: NDArray[np.int64], clusters: NDArray[np.int64] | None = None) -> Answers:
    """Return the answers to items with two or more of them, from shape (raters, items).

    `clusters` has shape (items,): the question that each is about, None if each has its own.

    >>> paired(np.array([[3, 5, -1], [5, 3, 3]]))
    Answers(values=array([3, 5]), counts=array([[1., 1.]]), items=array([2]), clusters=None)
    """
    if values.ndim != 2:
        raise ValueError(f"answers have the shape raters by items, not {values.shape}")
    if values.size and values.min() < MISSING:
        raise ValueError(f"an answer is a whole number from 0, or -1 if missing: {values.min()}")
    enough = np.count_nonzero(values != MISSING, axis=0) > 1
    values = values if enough.all() else values[:, enough]
    about = None if clusters is None else clusters[enough]
    different = int(values.max(initial=0)) + 1
    if different * log2(len(values) + 1) <= DIGITS:
        return _by_digits(values, (len(values) + 1) ** np.arange(different), about)
    kinds, of, items = np.unique(
        np.sort(values, axis=0), axis=1, return_inverse=True, return_counts=True
    )
    kind, rater = np.nonzero(kinds.T != MISSING)
    found, which = np.unique(kinds[rater, kind], return_inverse=True)
    counts = np.zeros((items.size, found.size))
    np.add.at(counts, (kind, which), 1)
    return Answers(found, counts, items, None if about is None else clusters_of(of, about))


def _by_digits(
    values: NDArray[np.int64], digits: NDArray[np.int64], about: NDArray[np.int64] | None
) -> Answers:
    """Find kinds of items by a number each, whose digits say how often each value was given."""
    worth = np.append(digits, 0)  # a missing answer, -1, takes the last
    numbers = np.zeros(values.shape[1], dtype=np.int64)
    for of_rater in values:
        numbers += worth[of_rater]
    kinds, items = np.unique(numbers, return_counts=True)
    counts = kinds[:, None] // digits % (len(values) + 1)
    found = np.flatnonzero(counts.any(axis=0))
    of = None if about is None else clusters_of(np.searchsorted(kinds, numbers), about)
    return Answers(found, counts[:, found].astype(np.float64), items, of)


def alpha(
    values: NDArray[np.int64],
    distances: Distances,
    *,
    plan: Resampling,
    clusters: NDArray[np.int64] | None = None,
) -> Estimate:
    """Return Krippendorff's alpha, 1 - observed / expected disagreement.

    `values` has shape (raters, items), whole numbers from 0, -1 where missing. `distances` takes
    the v different values and returns shape (v, v): how far apart they are, 0 to themselves.
    `clusters` has shape (items,): the question that each item is about, None if each has its own.

    Items with fewer than two answers say nothing of agreement and are left out. Of the n answers
    to the others, observed disagreement sums the distances of all ordered pairs of an item's m
    answers, divided by m - 1, over the items, divided by n; expected disagreement sums those of
    all ordered pairs of the n answers, divided by n (n - 1) (Krippendorff,
    Content Analysis, 4th ed. 2019, chapter 12; Computing Krippendorff's Alpha-Reliability,
    2011). The bootstrap draws items with all their answers, or questions with all their items, and
    both disagreements are computed anew in each resample (Zapf, Castell, Morawietz and Karch, BMC
    Med. Res. Methodol. 16, 2016).

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
    answers = paired(values, clusters)
    of_samples = alphas(answers, distances)
    (found,) = bootstrap_of(
        lambda weights: of_samples(weights)[:, None],
        answers.items,
        answers.clusters,
        clustered=clusters is not None,
        plan=plan,
        undefined=[ONE_VALUE if answers.items.size else NO_PAIRS],
    )
    return found


def alphas(answers: Answers, distances: Distances) -> Alphas:
    """Return the function of weights that gives the alpha of each sample, NaN if undefined.

    It takes shape (b, k), how many items of each kind each of b samples has, and returns (b,).
    """
    return _fixed(answers.counts, distances(answers.values))


def _fixed(counts: Floats, apart: Floats) -> Alphas:
    """Return the alphas by distances that are the same in all samples."""
    each = counts.sum(axis=1)
    to_kinds = counts @ apart
    disagreement = (to_kinds * counts).sum(axis=1) / np.maximum(each - 1, 1)
    # Expected disagreement sums over pairs of values, or as well over pairs of kinds of items.
    by_kinds = counts.shape[0] < counts.shape[1]
    between = to_kinds @ counts.T if by_kinds else apart

    def of_samples(weights: Weights) -> Floats:
        given = weights.T if by_kinds else counts.T @ weights.T
        expected = ((between @ given) * given).sum(axis=0)
        found: Floats = 1 - (weights @ each - 1) * (weights @ disagreement) / expected
        return found

    return of_samples
