"""Agreement of one rater with all others together."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from pipeline.stats.habits.with_others import with_others
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.intervals import Resampling

PLAN = Resampling(level=0.95, resamples=200, seed=7)
LEVELS = np.array([0.0, 1.0, 2.0])


def test_with_one_other_it_is_cohens_kappa_with_quadratic_weights() -> None:
    codes = np.random.default_rng(3).integers(3, size=(2, 60))
    found = with_others(Ratings(codes, LEVELS), 1, plan=PLAN)
    expected = cohen_kappa_score(codes[0], codes[1], weights="quadratic")
    assert found.weighted.value == pytest.approx(expected)
    assert found.weighted.low is not None
    assert (found.items, found.pairs) == (60, 60)


def test_others_who_differ_count_by_their_shares() -> None:
    codes = np.array([[0, 1, 2] * 4, [0, 1, 2] * 4, [2, 1, 0] * 4])
    found = with_others(Ratings(codes, LEVELS), 0, plan=PLAN)
    assert found.percent_agreement.value == pytest.approx((1 / 2 + 1 + 1 / 2) / 3)


def test_nobody_beside_is_said() -> None:
    codes = np.array([[0, 1, -1], [-1, -1, 2]])
    found = with_others(Ratings(codes, LEVELS), 0, plan=PLAN)
    assert (found.items, found.weighted.value, found.weighted.code) == (0, None, "no_others")
