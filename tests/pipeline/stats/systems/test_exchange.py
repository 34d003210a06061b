"""Exchanging answers tells systems apart that differ, and not those that do not."""

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.stats.systems.exchange import Exchange, exchange_tests

Floats = NDArray[np.float64]


def ratio(sums: Floats) -> Floats:
    found: Floats = sums[0] / sums[1]
    return found


def p(a: Floats, b: Floats, trials: int = 9_999) -> float:
    (found,) = exchange_tests([Exchange(a, b, ratio)], trials=trials, seed=3)
    return found.p


def test_p_is_the_share_of_all_ways_to_exchange_that_are_as_far_apart() -> None:
    a = np.array([[5.0, 3, 9, 1, 7, 2], [10, 4, 12, 6, 9, 8]])
    b = np.array([[4.0, 1, 9, 2, 3, 1], [11, 5, 10, 6, 9, 7]])
    real = abs(ratio(a.sum(1)) - ratio(b.sum(1)))
    ways = []
    for signs in product([False, True], repeat=6):
        taken = np.array(signs)
        one, other = np.where(taken, a, b), np.where(taken, b, a)
        ways.append(abs(ratio(one.sum(1)) - ratio(other.sum(1))) >= real - 1e-12)
    assert p(a, b) == pytest.approx(np.mean(ways), abs=0.02)


def test_the_same_answers_have_p_1_and_far_ones_a_small_p() -> None:
    rng = np.random.default_rng(1)
    a = np.vstack([rng.integers(0, 9, 200), np.full(200, 10)]).astype(float)
    assert p(a, a) == 1.0
    assert p(a + np.array([[3], [0]]), a) == 1 / 10_000


def test_under_no_difference_small_ps_are_as_rare_as_they_should_be() -> None:
    rng = np.random.default_rng(5)
    ps = []
    for _ in range(150):
        both = rng.normal(5, 1, (2, 40))
        ones = np.ones(40)
        ps.append(p(np.vstack([both[0], ones]), np.vstack([both[1], ones]), trials=199))
    assert 0.01 <= np.mean(np.array(ps) <= 0.1) <= 0.2


def test_all_pairs_are_tested_by_the_same_exchanges_whatever_else_is_tested() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.integers(1, 9, (2, 2, 50)).astype(float)
    alone = exchange_tests([Exchange(a, b, ratio)], trials=500, seed=1)
    beside = exchange_tests([Exchange(b, b, ratio), Exchange(a, b, ratio)], trials=500, seed=1)
    assert beside[1] == alone[0]
    assert exchange_tests([], trials=500, seed=1) == []
