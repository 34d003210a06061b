"""Ratios of sums over questions, with intervals that all come from the same resamples."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, log2

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.resampling.intervals import (
    RATED_QUESTIONS,
    TIE,
    Estimate,
    Resampling,
    Samples,
    Undefined,
    Weights,
    estimates,
    resampled,
)

NO_SCORES = Undefined("no_scores", "nobody gave a score")
ONE_QUESTION = Undefined("one_question", "one question does not tell how questions differ")
NO_SPREAD = Undefined(
    "no_spread", "all questions have the same figure, so how they differ cannot be told"
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ratio:
    """A figure that is one sum over questions divided by another.

    `parts` and `wholes` have shape (questions,), both 0 for a question that says nothing of the
    figure. As far as they are whole numbers below 2^53 in all, sums are exact, whatever their
    order. `undefined` says why there is no figure if no question says anything.
    """

    parts: Floats
    wholes: Floats
    undefined: Undefined

    @property
    def questions(self) -> int:
        """How many questions the figure rests on."""
        return int(np.count_nonzero(self.wholes))


def fewest_questions(level: float) -> int:
    """Return from how many questions on an interval can be told.

    It is the smallest n with 2^(1-n) <= 1 - level. A bootstrap interval of a mean lies within the
    values of its questions. If these lie with even chances above and below the truth, all n lie on
    one side of it with probability 2^(1-n), and then no such interval holds it. With fewer
    questions, neither can a sign-flip test find anything at that level.

    >>> fewest_questions(0.95), fewest_questions(0.9)
    (6, 5)
    """
    return ceil(1 - log2(1 - level) - TIE)


def resample(ratios: Sequence[Ratio], plan: Resampling) -> Samples:
    """Return the ratios, shape (f,) in all, for the same resamples of questions.

    As many questions are drawn, with replacement, as say something of any of the ratios. A ratio
    is undefined (NaN) in a resample that has no question which says something of it.
    """
    parts = np.stack([each.parts for each in ratios], axis=1)
    wholes = np.stack([each.wholes for each in ratios], axis=1)
    said = wholes.any(axis=1)
    if not said.any():
        none = np.empty((0, len(ratios)))
        return Samples(np.full(len(ratios), np.nan), none, none, np.empty(0, dtype=np.int64))
    rows, kinds = np.unique(np.hstack([parts, wholes])[said], axis=0, return_counts=True)
    above, all_below = rows.T[: len(ratios)], rows.T[len(ratios) :]
    below, which = np.unique(all_below, axis=0, return_inverse=True)
    whole = kinds.astype(np.float64)[None]

    def figures(weights: Weights) -> Floats:
        # Shape (f, b): each figure is looked at by itself, and so should lie together in memory.
        found: Floats = above @ weights.T / (below @ weights.T)[which]
        return found

    with np.errstate(invalid="ignore"):  # nothing of nothing is undefined
        drawn = np.concatenate([figures(block) for block in resampled(kinds, plan)], axis=1)
        without = (above @ whole.T - above) / (all_below @ whole.T - all_below)
        return Samples(figures(whole)[:, 0], drawn.T, without.T, kinds)


def intervals(ratios: Sequence[Ratio], samples: Samples, plan: Resampling) -> tuple[Estimate, ...]:
    """Return the figures with their bootstrap intervals over questions, from `resample`.

    Undefined cases: no question says anything of the figure; and for the interval alone: one
    question, fewer than `fewest_questions`, or questions that all have the same ratio, as an
    interval of no width would claim a certainty that they cannot give.

    Sums 4, 2, 3 of 2, 1 and 3 scores: the mean is 9 / 6.

    >>> plan = Resampling(level=0.95, resamples=100, seed=7)
        >>> mean = Ratio(np.array([4.0, 2.0, 3.0]), np.array([2.0, 1.0, 3.0]), NO_SCORES)
    >>> found, = intervals([mean], resample([mean], plan), plan)
    >>> found.value, found.low, found.reason
    (1.5, None, '3 questions are too few for a 95% interval, 6 would be enough')
    """
    if not samples.items.size:
        method = plan.method("BCa", of=RATED_QUESTIONS)
        return tuple(each.undefined.estimate(level=plan.level, method=method) for each in ratios)
    found = estimates(
        samples, plan=plan, undefined=[each.undefined for each in ratios], of=RATED_QUESTIONS
    )
    return tuple(
        without_interval(estimate, why) if (why := refusal(ratio, plan.level)) else estimate
        for ratio, estimate in zip(ratios, found, strict=True)
    )


def refusal(ratio: Ratio, level: float) -> Undefined | None:
    """Return why a ratio can have no interval, None if it can have one."""
    there = ratio.wholes > 0
    n, fewest = ratio.questions, fewest_questions(level)
    if n == 0:
        return ratio.undefined
    if n == 1:
        return ONE_QUESTION
    if n < fewest:
        return Undefined(
            "few_questions",
            f"{n} questions are too few for a {100 * level:g}% interval, {fewest} would be enough",
        )
    if np.ptp(ratio.parts[there] / ratio.wholes[there]) <= TIE:
        return NO_SPREAD
    return None


def without_interval(estimate: Estimate, why: Undefined) -> Estimate:
    return replace(estimate, low=None, high=None, code=why.code, reason=why.reason)
