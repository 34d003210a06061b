"""How a rater uses the scale, beside the others on the same answers."""

import numpy as np
import pytest

from pipeline.stats.habits.spread import spreads
from pipeline.stats.ratings import Ratings

LEVELS = np.array([0.0, 1.0, 2.0])


def test_the_others_are_looked_at_on_the_raters_own_answers_only() -> None:
    codes = np.array([[2, 2, 2, -1, -1], [2, 0, 1, 0, 0], [2, 1, -1, 0, 0]])
    first, second, _ = spreads(Ratings(codes, LEVELS))
    assert (first.n, first.counts, first.most, first.share) == (3, (0, 0, 3), 2, 1.0)
    assert first.others_share == pytest.approx(2 / 5)
    # On its three answers the second gave 2, 0, 1 and the third 2, 1.
    assert first.others_deviation == pytest.approx((1 + np.std([2, 1], ddof=1)) / 2)
    assert second.deviation == pytest.approx(np.std([2, 0, 1, 0, 0], ddof=1))


def test_nothing_given_and_nobody_beside_are_undefined() -> None:
    none, alone = spreads(Ratings(np.array([[-1, -1], [1, -1]]), LEVELS))
    assert (none.n, none.mean, none.most, none.share) == (0, None, None, None)
    assert (alone.mean, alone.deviation, alone.others_share) == (1.0, None, None)
