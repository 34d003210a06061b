"""How a metric's values go with people's scores of the same answers: pooled, and within systems."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.correlation.coefficients import Coefficient, Two, kendall, pearson, spearman
from pipeline.stats.resampling.drawn import of_enough
from pipeline.stats.resampling.intervals import (
    RATED_QUESTIONS,
    TIE,
    Estimate,
    Resampling,
    Undefined,
    estimates,
    sampled,
)

COEFFICIENTS: tuple[Callable[[Two], Coefficient], ...] = (spearman, kendall, pearson)
NO_ANSWERS = Undefined("no_answers", "fewer than two answers have both")
SAME_SCORE = Undefined("no_spread", "all answers have the same score by people")
SAME_VALUE = Undefined("no_spread", "all answers have the same value by the metric")
NOT_WITHIN = Undefined("no_spread", "within no system both the scores and the values vary")
ONE_SYSTEM = Undefined("one_system", "there is one system, so nothing to tell apart from it")

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Answers:
    """What people and a metric say of u answers, each of shape (u,).

    `people` is the mean score, `metric` the metric's value; `question` and `system` are places
    from 0.
    """

    people: Floats
    metric: Floats
    question: Places
    system: Places


@dataclass(frozen=True)
class Three:
    """Three coefficients of correlation, each with its interval."""

    spearman: Estimate
    kendall: Estimate
    pearson: Estimate


@dataclass(frozen=True)
class Correlation:
    """How a metric goes with people's scores, over `n` answers to so many `questions`.

    `pooled` is over all answers together, `within` the mean over the systems of each one's own
    coefficient; `systems` are those that it rests on.
    """

    n: int
    questions: int
    systems: int
    pooled: Three
    within: Three


def correlations(
    answers: Sequence[Answers], *, questions: int, plan: Resampling
) -> tuple[Correlation, ...]:
    """Return the correlations of several metrics or criteria, all from the same resamples.

    Pooled coefficients also tell whether the metric puts the systems into people's order: a metric
    that knows nothing but which system an answer is from correlates where people score one system
    higher. Within systems that cannot be, so both are given. Every system counts alike.

    Intervals are by the bootstrap over questions, each drawn with all its answers: BCa, as
    `intervals.bootstrap` has it. Raters are held fixed. A mean of few scores is itself uncertain,
    so a coefficient stays below what it would be with people's scores free of error (Spearman, Am.
    J. Psychol. 15, 1904).

    Undefined cases: fewer than two answers; scores or values that do not vary, within a system
    too, which then does not count; for `within` one system; for the intervals fewer than
    `ratios.fewest_questions`, or more than 5 % of resamples that leave the figure undefined.

    Two systems whose answers people score 0, 1, 2 and 1, 2, 3, and a metric 1, 2, 3 and 30, 20, 10:
    the ranks give 7.5 / sqrt(16.5 * 17.5) over all, 1 and -1 within the systems.

    >>> two = Answers(np.array([0, 1, 2, 1, 2, 3.0]), np.array([1, 2, 3, 30, 20, 10.0]),
    ...               np.array([0, 1, 2, 0, 1, 2]), np.array([0, 0, 0, 1, 1, 1]))
    >>> plan = Resampling(level=0.95, resamples=100, seed=7)
    >>> found, = correlations([two], questions=3, plan=plan)
    >>> round(found.pooled.spearman.value, 4), found.within.spearman.value, found.systems
    (0.4414, 0.0, 2)
    """
    parts = [_Part(each, questions) for each in answers]
    figures = [figure for part in parts for figure in part.figures]
    if not figures:
        return ()
    if not questions:
        return tuple(part.told(iter(part.nothing(plan)), plan) for part in parts)

    def of(weights: Floats) -> Floats:
        return np.stack([figure(weights) for figure in figures], axis=1)

    samples = sampled(of, np.ones(questions, dtype=np.int64), plan)
    why = [undefined for part in parts for undefined in part.undefined]
    found = iter(estimates(samples, plan=plan, undefined=why, of=RATED_QUESTIONS))
    return tuple(part.told(found, plan) for part in parts)


class _Part:
    """One metric on one criterion: its figures, pooled and within systems, three each."""

    def __init__(self, answers: Answers, questions: int) -> None:
        self.n = answers.people.size
        self.questions = int(np.unique(answers.question).size)
        two = Two(answers.people, answers.metric, answers.question, questions)
        each = [two.of(answers.system == system) for system in np.unique(answers.system)]
        varying = [own for own in each if _varies(own.x) and _varies(own.y)]
        self.systems = len(varying)
        pooled = [coefficient(two) for coefficient in COEFFICIENTS]
        within = [_mean([of(own) for own in varying]) for of in COEFFICIENTS]
        self.figures = [*pooled, *(within if len(each) > 1 else [_mean([])] * 3)]
        self.undefined = [_why(two)] * 3 + [_why_within(two, len(each))] * 3

    def nothing(self, plan: Resampling) -> list[Estimate]:
        method = plan.method("BCa", of=RATED_QUESTIONS)
        return [each.estimate(level=plan.level, method=method) for each in self.undefined]

    def told(self, found: Iterator[Estimate], plan: Resampling) -> Correlation:
        six = [of_enough(next(found), self.questions, plan.level) for _ in self.figures]
        return Correlation(self.n, self.questions, self.systems, Three(*six[:3]), Three(*six[3:]))


def _varies(figures: Floats) -> bool:
    return figures.size > 1 and float(np.ptp(figures)) > TIE * float(np.abs(figures).max())


def _mean(each: Sequence[Coefficient]) -> Coefficient:
    def mean(weights: Floats) -> Floats:
        if not each:
            return np.full(len(weights), np.nan)
        found: Floats = np.mean([coefficient(weights) for coefficient in each], axis=0)
        return found

    return mean


def _why(two: Two) -> Undefined:
    if two.x.size < 2:
        return NO_ANSWERS
    return SAME_VALUE if _varies(two.x) else SAME_SCORE


def _why_within(two: Two, systems: int) -> Undefined:
    if two.x.size < 2:
        return NO_ANSWERS
    return ONE_SYSTEM if systems == 1 else NOT_WITHIN
