"""Intervals of figures of ratings: over items, or over questions where one holds several items."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.agreement.clusters import Clusters
from pipeline.stats.resampling.intervals import (
    RATED_ITEMS,
    RATED_QUESTIONS,
    Estimate,
    Figures,
    Resampling,
    Samples,
    Undefined,
    bootstrap,
    estimates,
    sampled,
)
from pipeline.stats.systems.ratios import fewest_questions, without_interval


def drawn(*, clustered: bool) -> str:
    """Return what is drawn, as a method names it.

    >>> drawn(clustered=True)
    'questions, raters held fixed'
    """
    return RATED_QUESTIONS if clustered else RATED_ITEMS


def bootstrap_of(
    figures: Figures,
    items: NDArray[np.int64],
    clusters: Clusters | None,
    *,
    clustered: bool,
    plan: Resampling,
    undefined: Sequence[Undefined],
) -> tuple[Estimate, ...]:
    """Return what `intervals.bootstrap` does of figures of ratings; see `estimates_of`.

    `items` has shape (k,), how many there are of each kind; `clusters` of them are drawn whole.
    """
    if not items.sum():
        of = drawn(clustered=clustered)
        return bootstrap(figures, items, plan=plan, undefined=undefined, of=of)
    samples = sampled(figures, items, plan, clusters)
    return estimates_of(samples, clustered=clustered, plan=plan, undefined=undefined)


def estimates_of(
    samples: Samples,
    *,
    clustered: bool,
    plan: Resampling,
    undefined: Sequence[Undefined],
    questions: int | None = None,
    alone: Undefined | None = None,
) -> tuple[Estimate, ...]:
    """Return the intervals of `intervals.bootstrap` of figures of ratings, raters held fixed.

    `clustered` says that questions are drawn. There are `questions` of them, or as many as the
    samples have; fewer than `ratios.fewest_questions` give no interval. `alone` says why there are
    no resamples, as of `without_resamples`, and so no interval of any figure.
    """
    if alone:
        method = plan.method("BCa", of=drawn(clustered=clustered))
        return tuple(
            why.estimate(level=plan.level, method=method)
            if np.isnan(value)
            else Estimate(value, None, None, plan.level, method, **vars(alone))
            for value, why in zip(samples.values.tolist(), undefined, strict=True)
        )
    found = estimates(samples, plan=plan, undefined=undefined, of=drawn(clustered=clustered))
    n = int(samples.items.sum()) if questions is None else questions
    return tuple(of_enough(each, n, plan.level) for each in found) if clustered else found


def without_resamples(values: NDArray[np.float64]) -> Samples:
    """Return figures, shape (f,), that are too many to be resampled."""
    none = np.empty((0, values.size))
    return Samples(values, none, none, np.empty(0, dtype=np.int64))


def of_enough(estimate: Estimate, questions: int, level: float) -> Estimate:
    """Return a figure of so many questions, without its interval where they are too few for one."""
    if estimate.value is None or questions >= fewest_questions(level):
        return estimate
    return without_interval(estimate, few_questions(questions, level))


def few_questions(n: int, level: float) -> Undefined:
    """Return why so few questions allow no interval.

    >>> few_questions(1, 0.95).reason
    '1 question is too few for a 95% interval, 6 would be enough'
    """
    several = f"{n} questions are" if n != 1 else "1 question is"
    enough = f"{fewest_questions(level)} would be enough"
    return Undefined(
        "few_questions", f"{several} too few for a {100 * level:g}% interval, {enough}"
    )
