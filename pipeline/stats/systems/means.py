"""Means of scores with an interval that knows that scores of one question belong together."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from pipeline.stats.resampling.intervals import Estimate, Undefined
from pipeline.stats.systems.ratios import NO_SCORES, ONE_QUESTION

METHOD = "t, questions as clusters"
NO_SPREAD = Undefined(
    "no_spread", "all questions have the same mean, so how questions differ cannot be told"
)


def mean_over_questions(
    scores: NDArray[np.int64], questions: NDArray[np.int64], *, level: float
) -> Estimate:
    """Return the mean over all scores, with a t interval whose clusters are the questions.

    `scores` has shape (n,): one whole number for each judgement, missing ones left out.
    `questions` has shape (n,): the question that each score belongs to, as any whole number.
    `level` is the interval's (0.95).

    The mean is the ratio of two sums over the M questions, R = sum(s) / sum(n), s being a
    question's sum of scores and n their number. Its variance is linearised (Cochran, Sampling
    Techniques, 3rd ed. 1977, section 2.11, without the finite population's correction):
    M / (M - 1) * sum((s - R * n)^2) / sum(n)^2, with M - 1 degrees of freedom. If every question
    has the same number of scores, this is Student's interval over the questions' means.

    A cluster is a question and not an item, as questions are what a study samples: a system's
    several answers to one question are as hard or as easy together, and taking them for
    independent would make the interval too narrow. Mostly a system has one item a question, and
    the two are the same. The interval holds for these raters: they are not taken as a sample.

    Undefined cases: no scores; one question; questions that all have the same mean, as an interval
    of no width would claim a certainty that the scores cannot give.

    Two questions with the scores (0, 2) and (2, 2): s - R * n is -1 and 1, so the variance is
    2 / 1 * 2 / 16 = 0.25, and t(1) at 0.975 is 12.706.

    >>> mean = mean_over_questions(np.array([0, 2, 2, 2]), np.array([1, 1, 2, 2]), level=0.95)
    >>> mean.value, round(mean.low, 3), round(mean.high, 3)
    (1.5, -4.853, 7.853)
    """
    if not scores.size:
        return NO_SCORES.estimate(level=level, method=METHOD)
    _, which, counts = np.unique(questions, return_inverse=True, return_counts=True)
    sums = np.zeros(counts.size, dtype=np.int64)
    np.add.at(sums, which, scores)
    total, n = int(sums.sum()), int(scores.size)
    why = _refusal(sums, counts, total=total, n=n)
    if why:
        return Estimate(total / n, None, None, level, METHOD, why.code, why.reason)
    half = _half_width(sums, counts, value=total / n, level=level)
    return Estimate(total / n, total / n - half, total / n + half, level, METHOD)


def _refusal(
    sums: NDArray[np.int64], counts: NDArray[np.int64], *, total: int, n: int
) -> Undefined | None:
    if counts.size == 1:
        return ONE_QUESTION
    if np.array_equal(sums * n, counts * total):  # whole numbers, so exactly equal
        return NO_SPREAD
    return None


def _half_width(
    sums: NDArray[np.int64], counts: NDArray[np.int64], *, value: float, level: float
) -> float:
    clusters = counts.size
    residuals = sums - value * counts
    variance = clusters / (clusters - 1) * float(residuals @ residuals) / int(counts.sum()) ** 2
    quantile = float(stdtrit(clusters - 1, 0.5 + level / 2))
    return quantile * float(np.sqrt(variance))
