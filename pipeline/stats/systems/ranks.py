"""Ranks of systems in each resample, and how often each is best."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.resampling.intervals import (
    RATED_QUESTIONS,
    UNDEFINED_AT_MOST,
    Estimate,
    Resampling,
    Undefined,
)

NOT_RANKED = Undefined("no_scores", "nobody gave a score, so there is nothing to rank")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ranked:
    """A system's rank, 1 being the highest mean; `mean` is its mean over the resamples.

    `best` is the share of resamples in which the system's mean is the highest; where s systems
    share that, each counts 1/s. Both are None where `rank` has no interval.
    """

    rank: Estimate
    mean: float | None
    best: float | None


def ranks(means: Floats) -> Floats:
    """Return the rank of each mean in its row, 1 the highest; equal ones share their mean rank.

    `means` has shape (b, s), and so has the result.

    >>> ranks(np.array([[1.5, 0.5, 1.5, 0.25]]))
    array([[1.5, 3. , 1.5, 4. ]])
    """
    found = np.full(means.shape, 0.5)  # each equals itself, which is half a rank too many
    for other in means.T:
        found += other[:, None] > means
        found += 0.5 * (other[:, None] == means)
    return found


def ranked(
    values: Floats, drawn: Floats, plan: Resampling, refused: Undefined | None = None
) -> tuple[Ranked, ...]:
    """Return the rank of each of s systems with its percentile interval over the resamples.

    `values` has shape (s,), the systems' means, NaN where one has no scores; `drawn` has shape
    (b, s), those of b resamples. `refused` says why there can be no intervals.

    Equal means share their mean rank: two best systems have rank 1.5 each. The ends of an interval
    are ranks of resamples, not numbers between (Hyndman and Fan 1996, type 1). The share of
    resamples in which a system is best says how steady its place is over other questions; it is no
    posterior probability, and 1 means all of these resamples, not certainty.

    Undefined cases: a system without scores is not ranked, and the others are ranked among
    themselves. More than 5 % of the resamples without a score of one of the ranked systems: no
    intervals.

    In 3 of 4 resamples the first of two systems is ahead, in one they are equal:

    >>> plan = Resampling(level=0.5, resamples=4, seed=7)
    >>> drawn = np.array([[1.5, 1.0], [1.5, 1.0], [1.25, 1.0], [1.0, 1.0]])
    >>> first, other = ranked(np.array([1.25, 1.0]), drawn, plan)
    >>> first.rank.value, first.rank.low, first.rank.high, first.mean, first.best
    (1.0, 1.0, 1.0, 1.125, 0.875)
    """
    method = plan.method("percentile", of=RATED_QUESTIONS)
    there = ~np.isnan(values)
    none = Ranked(NOT_RANKED.estimate(level=plan.level, method=method), None, None)
    if not there.any():
        return (none,) * values.size
    defined = drawn[:, there][~np.isnan(drawn[:, there]).any(axis=1)]
    lost = 1 - len(defined) / max(len(drawn), 1)
    if refused is None and lost > UNDEFINED_AT_MOST:
        refused = Undefined(
            "undefined_in_resamples",
            f"in {lost:.1%} of the resamples a system has no score, too many for ranks",
        )
    of_values = ranks(values[None, there])[0].tolist()
    if refused is None:
        found = _with_intervals(of_values, defined, plan, method)
    else:
        why = refused.code, refused.reason
        found = [
            Ranked(Estimate(rank, None, None, plan.level, method, *why), None, None)
            for rank in of_values
        ]
    each = iter(found)
    return tuple(next(each) if has else none for has in there)


def _with_intervals(
    of_values: list[float], drawn: Floats, plan: Resampling, method: str
) -> list[Ranked]:
    of_resamples = ranks(drawn)
    best = drawn == drawn.max(axis=1, keepdims=True)
    shares = (best / best.sum(axis=1, keepdims=True)).mean(axis=0)
    tail = (1 - plan.level) / 2
    ends = np.quantile(of_resamples, (tail, 1 - tail), axis=0, method="inverted_cdf")
    columns = (*ends.tolist(), of_resamples.mean(axis=0).tolist(), shares.tolist())
    return [
        Ranked(Estimate(rank, low, high, plan.level, method), mean, share)
        for rank, low, high, mean, share in zip(of_values, *columns, strict=True)
    ]
