"""Power: the exact test of the program, the normal formula where one holds, and what must rise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from pipeline.stats.planning.components import implied
from pipeline.stats.planning.power import (
    Simulating,
    items_needed,
    minimal_detectable,
    power,
    sign_flip_ps,
)
from pipeline.stats.planning.simulation import Design, Deviations, Population
from pipeline.stats.resampling.intervals import Resampling, wilson
from pipeline.stats.systems.signflip import sign_flip

SPREAD = Deviations(item=0.6, item_system=0.8, rater=0.5, item_rater=0.3)
SCALE = Population((0, 1, 2), (0.1, 0.35, 0.55), SPREAD)
HOW = Simulating(level=0.95, simulations=2000, seed=7)
PLAN = Resampling(level=0.95, resamples=99, seed=1)


def found(difference: float, items: int, raters: int, how: Simulating = HOW) -> float:
    value = power(SCALE, Design(items, raters), difference, how).value
    assert value is not None
    return value


@given(arrays(np.int64, st.tuples(st.integers(1, 4), st.integers(1, 40)),
              elements=st.integers(-12, 12)))  # fmt: skip
def test_many_tests_at_once_are_the_programs_own_test(differences: np.ndarray) -> None:
    each = [sign_flip(row, plan=PLAN).p for row in differences]
    assert sign_flip_ps(differences) == pytest.approx(each, abs=1e-12)


def test_in_studies_of_many_items_too_however_far_their_sum() -> None:
    rng = np.random.default_rng(1)
    for shift in (0.0, 0.3, 3.0):
        differences = np.rint(rng.normal(shift, 2, size=(20, 500))).astype(np.int64)
        each = [sign_flip(row, plan=PLAN).p for row in differences]
        assert sign_flip_ps(differences) == pytest.approx(each, abs=1e-12)


def test_darwins_plants() -> None:
    # Fisher 1935, section 21 (O16): 1726 of 32768 sums are as far from 0.
    plants = np.array([[49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]])
    assert sign_flip_ps(plants)[0] == pytest.approx(1726 / 32768, abs=1e-12)


@pytest.mark.parametrize(("items", "raters"), [(60, 1), (60, 3), (150, 2)])
def test_without_a_difference_the_test_errs_as_often_as_it_may(items: int, raters: int) -> None:
    many = Simulating(level=0.95, simulations=6000, seed=3)
    rate = found(0.0, items, raters, many)
    chance = 3 * np.sqrt(0.05 * 0.95 / 6000)
    assert 0.03 <= rate <= 0.05 + chance  # sums are few, so it stays below 0.05


def test_power_rises_with_items_raters_and_difference() -> None:
    assert found(0.15, 50, 2) < found(0.15, 100, 2) < found(0.15, 200, 2)
    assert found(0.15, 100, 1) < found(0.15, 100, 2) < found(0.15, 100, 5)
    assert found(0.05, 100, 2) < found(0.15, 100, 2) < found(0.3, 100, 2)


@pytest.mark.parametrize("raters", [1, 4])
def test_with_many_items_power_is_that_of_the_normal_formula(raters: int) -> None:
    # The variance of a question's difference of two means over r raters: 2 / r of what two
    # scores of the same rater on a question do not share, and the rest between answers.
    alike, items, difference = implied(SCALE), 800, 0.06
    assert alike.answer is not None
    assert alike.question is not None
    assert alike.rater_and_question is not None
    own = 2 * SCALE.variance * (1 - alike.rater_and_question)
    shared = 2 * SCALE.variance * (alike.answer - alike.question)
    error = np.sqrt((own + (raters - 1) * shared) / raters / items)
    expected = norm.cdf(difference / error - norm.ppf(0.975))
    assert found(difference, items, raters) == pytest.approx(expected, abs=0.035)


def test_more_comparisons_lower_the_level_of_each_and_so_the_power() -> None:
    six = Simulating(level=0.95, simulations=2000, seed=7, comparisons=6)
    assert six.alpha == pytest.approx(0.05 / 6)
    assert found(0.15, 200, 3, six) < found(0.15, 200, 3) - 0.1
    assert found(0.0, 100, 3, six) <= 0.05 / 6 + 3 * np.sqrt(0.0083 / 2000)


def test_power_comes_with_wilsons_interval_and_its_method() -> None:
    estimate = power(SCALE, Design(50, 2), 0.2, HOW)
    share = wilson(round((estimate.value or 0) * 2000), 2000, level=0.95)
    assert (estimate.value, estimate.low, estimate.high) == (share.value, share.low, share.high)
    assert estimate.method == (
        "Wilson score, 2000 simulated studies, seed 7, exact sign-flip test over items at 0.05"
    )
    assert power(SCALE, Design(50, 2), 0.2, HOW) == estimate


@pytest.mark.parametrize(
    ("items", "raters", "wished"), [(100, 5, 0.8), (40, 1, 0.5), (30, 2, 0.95)]
)
def test_the_detectable_difference_is_found_as_often_as_wished(
    items: int, raters: int, wished: float
) -> None:
    estimate = minimal_detectable(SCALE, Design(items, raters), wished, HOW)
    assert estimate.value is not None
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low < estimate.value < estimate.high < 1.1 * estimate.value
    fresh = Simulating(level=0.95, simulations=4000, seed=99)
    assert found(estimate.value, items, raters, fresh) == pytest.approx(wished, abs=0.04)


def test_a_design_too_small_for_any_difference_says_so() -> None:
    estimate = minimal_detectable(SCALE, Design(5, 3), 0.8, HOW)  # even 2 / 2^5 is above 0.05
    assert (estimate.value, estimate.low, estimate.code) == (None, None, "beyond_scale")
    assert estimate.reason == (
        "no difference of two means below 2, the most that the scale has room for, is found with"
        " power 0.8"
    )


def test_the_items_told_to_be_needed_reach_the_power() -> None:
    few = power(SCALE, Design(100, 2), 0.12, HOW)
    needed = items_needed(100, few, 0.8, HOW)
    assert needed is not None
    assert found(0.12, needed, 2) == pytest.approx(0.8, abs=0.04)
    assert items_needed(100, power(SCALE, Design(5, 2), 0.12, HOW), 0.8, HOW) is None


@given(st.integers(6, 40), st.integers(1, 4), st.floats(0, 1.9))
def test_power_is_a_share_whatever_the_design(items: int, raters: int, difference: float) -> None:
    estimate = power(SCALE, Design(items, raters), difference, Simulating(0.9, 100, seed=1))
    assert estimate.value is not None
    assert estimate.low is not None
    assert estimate.high is not None
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


@pytest.mark.parametrize("difference", [-0.1, 2.0, 3.0, float("nan")])
def test_a_difference_beyond_the_scale_is_refused(difference: float) -> None:
    with pytest.raises(ValueError, match="differ by less than 2 on this scale"):
        power(SCALE, Design(10, 1), difference, HOW)


def test_levels_powers_and_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="not at 1"):
        Simulating(level=1, simulations=10, seed=1)
    with pytest.raises(ValueError, match="at least one"):
        Simulating(level=0.9, simulations=0, seed=1)
    for wished in (0.4, 1.0, float("nan")):
        with pytest.raises(ValueError, match=r"a power to plan with is from 0\.5 to below 1"):
            minimal_detectable(SCALE, Design(10, 1), wished, HOW)
