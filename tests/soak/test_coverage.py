"""Intervals hold the true figure about as often as they say: a sample, or in full with --soak."""

import logging
from functools import cache

import numpy as np
import pytest

from pipeline.stats.agreement.alpha import alpha_by_package, krippendorff_alpha, paired
from pipeline.stats.labels.detection import TwoByTwo, binary_quality
from pipeline.stats.labels.multilabel import label_quality
from pipeline.stats.labels.sets import nominal_alpha
from pipeline.stats.ratings import MISSING, Ratings
from pipeline.stats.resampling.intervals import Estimate, Resampling

LOG = logging.getLogger(__name__)  # shown by --log-cli-level=INFO
LEVEL = 0.95
SEVERITY = np.array([-0.4, -0.2, 0.0, 0.2, 0.4])  # of five raters, who are held fixed
EVEN, SKEWED = (-0.62, 0.62), (-2.88, -1.73)  # where 1 and 2 begin: thirds, or 2 in 88 %
OFF = 0.015  # what the methods themselves may be off at these sizes


@pytest.fixture
def studies(request: pytest.FixtureRequest) -> int:
    """How many studies to draw: a sample in `make test`, many in `make soak`."""
    return 4000 if request.config.getoption("--soak") else 400


def plan_of(seed: int) -> Resampling:
    return Resampling(LEVEL, resamples=1000, seed=seed)


def held(estimates: list[Estimate], true: float) -> bool:
    """Say whether the intervals hold `true` as often as they should, but for chance."""
    inside = np.mean([holds(each, true) for each in estimates])
    chance = 3 * np.sqrt(LEVEL * (1 - LEVEL) / len(estimates))
    return bool(abs(inside - LEVEL) <= OFF + chance)


def holds(estimate: Estimate, true: float) -> bool:
    return estimate.low is not None and estimate.low <= true <= estimate.high


@pytest.mark.parametrize("n", [100, 500])
def test_the_intervals_of_a_detectors_quality_hold_the_truth(n: int, studies: int) -> None:
    shares = np.array([0.28, 0.28, 0.04, 0.40])
    drawn = np.random.default_rng(20240324).multinomial(n, shares, size=studies)
    found = [
        binary_quality(TwoByTwo(*map(int, cells)), plan=plan_of(seed))
        for seed, cells in enumerate(drawn)
    ]
    # The true figures by hand: precision 28/56, recall 28/32, F1 56/88, po 0.68 and
    # pe 0.56 * 0.32 + 0.44 * 0.68 = 0.4784, MCC 0.1008 / sqrt(0.56 * 0.32 * 0.44 * 0.68).
    truth = {"precision": 0.5, "recall": 0.875, "f1": 56 / 88, "accuracy": 0.68}
    truth |= {"kappa": (0.68 - 0.4784) / (1 - 0.4784)}
    truth |= {"mcc": 0.1008 / np.sqrt(0.56 * 0.32 * 0.44 * 0.68)}
    for name, value in truth.items():
        assert held([each[name] for each in found], value), name


def test_the_intervals_of_averages_over_labels_hold_the_truth(studies: int) -> None:
    rng = np.random.default_rng(20240324)
    often = np.array([0.1, 0.2, 0.3, 0.4])
    right, wrong = np.array([0.7, 0.8, 0.6, 0.9]), np.array([0.02, 0.05, 0.1, 0.1])
    tp, fp = often * right, (1 - often) * wrong
    f1s = 2 * tp / (tp + often + fp)
    found = []
    for seed in range(studies):
        gold = rng.random((100, 4)) < often
        chance = rng.random((100, 4))
        labels = np.where(gold, chance < right, chance < wrong)
        found.append(label_quality(gold, labels, labels="abcd", plan=plan_of(seed)))
    micro = 2 * tp.sum() / (tp + often + fp).sum()
    assert held([each.micro.f1 for each in found], micro)
    assert held([each.macro.f1 for each in found], f1s.mean())
    assert held([each.weighted.f1 for each in found], float(f1s @ often) / often.sum())
    assert held([each.labels[3].f1 for each in found], f1s[3])


def test_the_interval_of_alpha_holds_the_truth(studies: int) -> None:
    # Each rater gives the true answer in 4 of 5 items, else one drawn from the same shares: two
    # raters agree beyond chance where both give the truth, so alpha is 0.8^2.
    rng = np.random.default_rng(20240324)
    shares = [0.4, 0.3, 0.2, 0.1]
    found = []
    for seed in range(studies):
        truth = rng.choice(4, size=100, p=shares)
        chance = rng.choice(4, size=(2, 100), p=shares)
        given = np.where(rng.random((2, 100)) < 0.8, truth, chance)
        found.append(nominal_alpha(given, plan=plan_of(seed)))
    assert held(found, 0.64)


def seen(rng: np.random.Generator, items: int, cuts: tuple[float, float], each: int) -> Ratings:
    """Scores 0 to 2 by `each` of five raters, who see the items' worth with as much noise."""
    worth = rng.normal(size=items) + SEVERITY[:, None] + rng.normal(size=(5, items))
    codes = np.searchsorted(cuts, worth).astype(np.int64)
    codes[rng.random(codes.shape).argsort(axis=0) >= each] = MISSING
    return Ratings(codes, np.arange(3.0))


@cache
def true_alpha(cuts: tuple[float, float]) -> float:
    all_items = seen(np.random.default_rng(20240324), 500_000, cuts, 5)
    return alpha_by_package(paired(all_items.codes), all_items.levels, "ordinal")


@pytest.mark.parametrize(
    ("items", "cuts", "each", "within"),
    [
        (100, EVEN, 5, (0.93, 0.97)),
        (200, EVEN, 5, (0.93, 0.97)),
        (100, EVEN, 3, (0.93, 0.97)),
        (100, SKEWED, 5, (0.85, 0.97)),  # reported; that it is too narrow is known, and warned of
        (200, SKEWED, 5, (0.85, 0.97)),
        (500, SKEWED, 5, (0.85, 0.97)),
    ],
)
def test_the_interval_of_ordinal_alpha_holds_the_truth_if_no_score_dominates(
    items: int,
    cuts: tuple[float, float],
    each: int,
    within: tuple[float, float],
    studies: int,
) -> None:
    rng = np.random.default_rng(20240325)
    found = [
        krippendorff_alpha(seen(rng, items, cuts, each), metric="ordinal", plan=plan_of(seed))
        for seed in range(studies)
    ]
    inside = float(np.mean([holds(estimate, true_alpha(cuts)) for estimate in found]))
    LOG.info("%d items, cuts %s, %d raters each: %.4f", items, cuts, each, inside)
    chance = 0 if studies > 2000 else 3 * np.sqrt(LEVEL * (1 - LEVEL) / studies)
    assert within[0] - chance <= inside <= within[1] + chance
