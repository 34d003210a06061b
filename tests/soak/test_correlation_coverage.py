"""Intervals of correlations hold the truth as often as they say: a sample, or --soak."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from pipeline.stats.correlation.with_people import Answers, Correlation, correlations
from pipeline.stats.resampling.intervals import Estimate, Resampling

QUESTIONS = 100
RATERS = 5
MANY = 100_000  # questions that stand for all there are
BY_SCIPY = (stats.spearmanr, stats.kendalltau, stats.pearsonr)

Floats = NDArray[np.float64]


@pytest.fixture
def studies(request: pytest.FixtureRequest) -> int:
    return 1500 if request.config.getoption("--soak") else 40


def answers(rng: np.random.Generator, n: int) -> Answers:
    """Two systems' answers to n questions: mean scores of 0, 1, 2, and a metric that half knows."""
    question = rng.normal(0, 0.7, n)
    people, metric = [], []
    for better in (0.6, 0.0):
        answer = question + better + rng.normal(0, 0.6, n)
        liked = answer[:, None] + rng.logistic(size=(n, RATERS))
        scores = (liked > -1.0).astype(np.int64) + (liked > 0.5)
        people.append(scores.mean(axis=1))
        metric.append(0.5 * answer + better + rng.gamma(2, 0.4, n))
    place = np.tile(np.arange(n), 2)
    return Answers(np.concatenate(people), np.concatenate(metric), place, np.repeat([0, 1], n))


def figures(found: Correlation) -> list[Estimate]:
    return [each for three in (found.pooled, found.within) for each in vars(three).values()]


def truth(rng: np.random.Generator) -> list[float]:
    """Pooled and within systems, of very many questions, by scipy."""
    drawn = answers(rng, MANY)
    pooled = [of(drawn.people, drawn.metric).statistic for of in BY_SCIPY]
    halves = slice(0, MANY), slice(MANY, None)
    within = [
        np.mean([of(drawn.people[half], drawn.metric[half]).statistic for half in halves])
        for of in BY_SCIPY
    ]
    return [*map(float, pooled), *map(float, within)]


def held(studies: int, questions: int) -> Floats:
    """How many of the intervals hold the true one, of each of the six coefficients."""
    rng = np.random.default_rng(20240324)
    true = truth(rng)
    inside = np.zeros(len(true))
    for seed in range(studies):
        plan = Resampling(level=0.95, resamples=1000, seed=seed)
        (found,) = correlations([answers(rng, questions)], questions=questions, plan=plan)
        for place, (each, value) in enumerate(zip(figures(found), true, strict=True)):
            assert each.low is not None
            assert each.high is not None
            inside[place] += each.low <= value <= each.high
    return inside / studies


def test_intervals_of_correlations_hold_the_truth_in_93_to_97_of_100(studies: int) -> None:
    chance = 0 if studies >= 1500 else 3 * np.sqrt(0.95 * 0.05 / studies)
    found = held(studies, QUESTIONS)
    assert found.min() >= 0.93 - chance
    assert found.max() <= 0.97 + chance
