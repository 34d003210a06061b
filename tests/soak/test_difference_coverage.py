"""Intervals of means and differences hold the truth as often as they say: a sample, or --soak."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.stats.resampling.intervals import Resampling
from pipeline.stats.systems.comparisons import Scores, paired
from pipeline.stats.systems.ratios import NO_SCORES, Ratio, intervals, resample

QUESTIONS = 100
SEVERITY = np.array([-0.5, -0.2, 0.0, 0.2, 0.5])  # of five raters, who are held fixed
EVEN, SKEWED = (-1.5, 0.3), (-4.0, -3.0)  # where scores begin: 1.2 on average, or 1.9

Drawn = NDArray[np.int64]


@pytest.fixture
def studies(request: pytest.FixtureRequest) -> int:
    return 4000 if request.config.getoption("--soak") else 250


def answers(rng: np.random.Generator, n: int, cuts: tuple[float, float]) -> tuple[Drawn, Drawn]:
    """Scores of two systems' answers to n questions by five raters, shape (n, raters)."""
    question = rng.normal(0, 0.7, (n, 1))
    found = []
    for better in (0.3, 0.0):
        answer = question + better + rng.normal(0, 0.6, (n, 1))
        liked = answer + SEVERITY + rng.logistic(size=(n, SEVERITY.size))
        found.append((liked > cuts[0]).astype(np.int64) + (liked > cuts[1]))
    return found[0], found[1]


def added(scores: Drawn, asked: NDArray[np.bool_]) -> Scores:
    return Scores((scores * asked).sum(axis=1), asked.sum(axis=1))


def held(studies: int, cuts: tuple[float, float], *, gaps: bool = False) -> tuple[float, float]:
    """How many of the intervals of a mean and of a difference hold the true one."""
    rng = np.random.default_rng(20240324)
    first, other = answers(rng, 400_000, cuts)
    true = np.array([first.mean(), first.mean() - other.mean()])
    inside = np.zeros(2)
    for seed in range(studies):
        plan = Resampling(level=0.95, resamples=1000, seed=seed)
        asked = rng.random((2, QUESTIONS, 5)) < (0.6 if gaps else 1)
        pair = [added(*each) for each in zip(answers(rng, QUESTIONS, cuts), asked, strict=True)]
        mean = Ratio(*(each.astype(float) for each in vars(pair[0]).values()), NO_SCORES)
        ratios = [mean, paired(*pair).ratio()]
        for place, each in enumerate(intervals(ratios, resample(ratios, plan), plan)):
            assert each.low is not None
            assert each.high is not None
            inside[place] += each.low <= true[place] <= each.high
    return float(inside[0]) / studies, float(inside[1]) / studies


def between(share: float, low: float, high: float, studies: int) -> bool:
    chance = 0 if studies >= 2000 else 3 * np.sqrt(0.95 * 0.05 / studies)
    return low - chance <= share <= high + chance


def test_intervals_of_balanced_scores_hold_the_truth_in_93_to_97_of_100(studies: int) -> None:
    for share in held(studies, EVEN):
        assert between(share, 0.93, 0.97, studies)


def test_intervals_with_gaps_hold_the_truth_in_93_to_97_of_100(studies: int) -> None:
    for share in held(studies, EVEN, gaps=True):
        assert between(share, 0.93, 0.97, studies)


def test_intervals_of_scores_heaped_at_the_top_hold_it_nearly_as_often(studies: int) -> None:
    for share in held(studies, SKEWED):
        assert between(share, 0.915, 0.97, studies)
