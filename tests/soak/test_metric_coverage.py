"""Intervals of BLEU, chrF and their differences hold the truth; tests find little by chance."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.metrics import whole
from pipeline.stats.resampling.intervals import NO_ITEMS, Resampling, estimates
from pipeline.stats.resampling.sums import OfSums
from pipeline.stats.systems.exchange import Exchange, exchange_tests

QUESTIONS = 100
MANY = 100_000  # questions that stand for all there are
ORDERS = {"bleu": 4, "chrf": 6}

Floats = NDArray[np.float64]


@pytest.fixture
def studies(request: pytest.FixtureRequest) -> int:
    return 1500 if request.config.getoption("--soak") else 30


def pairs(rng: np.random.Generator, metric: str, n: int) -> tuple[Floats, Floats]:
    """Two systems' counts against the same n references, of very uneven length and likeness."""
    references = rng.integers(80, 600, n)
    alike = rng.beta(2, 6, n)
    a, b = (
        counts(rng, metric, references, np.clip(alike + rng.normal(0, 0.05, n), 0.01, 1))
        for _ in range(2)
    )
    return a, b


def counts(
    rng: np.random.Generator, metric: str, references: NDArray[np.int64], alike: Floats
) -> Floats:
    """What `whole.bleu` and `whole.chrf` take: longer n-grams are shared less often."""
    answers = rng.integers(80, 600, references.size)
    orders = range(ORDERS[metric])
    own, other = ([texts - less for less in orders] for texts in (answers, references))
    common = [
        rng.binomial(np.minimum(own[less], other[less]), alike ** (0.5 + less / 2))
        for less in orders
    ]
    if metric == "bleu":
        return np.array([answers, references, *common, *own], dtype=np.float64)
    each = zip(own, other, common, strict=True)
    return np.array([row for three in each for row in three], dtype=np.float64)


def figures(metric: str, sums: Floats) -> Floats:
    """Both systems' scores and their difference, (3, b)."""
    a, b = (whole.figure(metric)(half) for half in np.split(sums, 2))
    return np.stack([a, b, a - b])


def held(metric: str, studies: int, questions: int) -> Floats:
    """How many of the intervals hold the true score of each system, and their true difference."""
    rng = np.random.default_rng(20240324)
    everything = np.vstack(pairs(rng, metric, MANY)).sum(axis=1, keepdims=True)
    true = figures(metric, everything)[:, 0]
    true[2] = 0.0  # both are drawn alike
    inside = np.zeros(true.size)
    for seed in range(studies):
        plan = Resampling(level=0.95, resamples=1000, seed=seed)
        drawn = OfSums(
            np.vstack(pairs(rng, metric, questions)), lambda sums: figures(metric, sums)
        ).sampled(np.ones(questions, dtype=np.int64), plan)
        for place, each in enumerate(estimates(drawn, plan=plan, undefined=[NO_ITEMS] * 3)):
            assert each.low is not None
            assert each.high is not None
            inside[place] += each.low <= true[place] <= each.high
    return inside / studies


@pytest.mark.parametrize("metric", list(ORDERS))
def test_intervals_of_scores_from_sums_hold_the_truth_in_90_to_97_of_100(
    metric: str, studies: int
) -> None:
    chance = 0 if studies >= 1500 else 3.5 * np.sqrt(0.95 * 0.05 / studies)
    found = held(metric, studies, QUESTIONS)
    assert found.min() >= 0.90 - chance
    assert found.max() <= 0.97 + chance


def test_between_like_systems_a_test_at_5_percent_finds_as_much(studies: int) -> None:
    rng = np.random.default_rng(7)
    figure = whole.figure("bleu")
    found = 0
    for seed in range(studies):
        pair = Exchange(*pairs(rng, "bleu", QUESTIONS), figure)
        found += exchange_tests([pair], trials=999, seed=seed)[0].p <= 0.05
    assert abs(found / studies - 0.05) <= 3.5 * np.sqrt(0.05 * 0.95 / studies)
