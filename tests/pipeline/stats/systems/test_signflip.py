"""The sign-flip test against all flips, one by one, and its fallback."""

from fractions import Fraction
from itertools import product
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stats.resampling.intervals import Resampling
from pipeline.stats.systems.signflip import EXACT, sign_flip

PLAN = Resampling(level=0.95, resamples=9999, seed=7)
# Darwin's maize in Fisher 1935: 863 of 32768 sums are as large as 314, so 1726 are as far from 0.
DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]


def p_of(differences: list[int]) -> float:
    found = sign_flip(np.array(differences, dtype=np.int64), plan=PLAN)
    assert found.test == EXACT
    return found.p


def enumerated(differences: list[int]) -> Fraction:
    signs = np.array(list(product((-1, 1), repeat=len(differences))))
    far = np.abs(signs @ np.array(differences)) >= abs(sum(differences))
    return Fraction(int(far.sum()), len(far))


def counted(differences: list[int]) -> Fraction:
    """Count with whole numbers of any size: sums of the positive ones, a dictionary of ways."""
    ways = {0: 1}
    for each in map(abs, differences):
        longer = dict(ways)
        for at, number in ways.items():
            longer[at + each] = longer.get(at + each, 0) + number
        ways = longer if each else {at: 2 * number for at, number in ways.items()}
    total = sum(map(abs, differences))
    far = abs(sum(differences))
    as_far = sum(number for at, number in ways.items() if abs(2 * at - total) >= far)
    return Fraction(as_far, 2 ** len(differences))


def test_fishers_analysis_of_darwins_maize() -> None:
    assert p_of(DARWIN) == 1726 / 32768


@given(st.lists(st.integers(-12, 12), min_size=1, max_size=11))
def test_p_is_the_share_of_all_flips_that_are_as_far_from_zero(differences: list[int]) -> None:
    assert p_of(differences) == pytest.approx(float(enumerated(differences)), abs=1e-12)


@given(
    st.lists(st.integers(-9, 9), min_size=30, max_size=150),
    st.integers(-300, 300),
    st.integers(1, 12),
)
def test_many_differences_are_counted_without_loss(
    differences: list[int], one_more: int, unit: int
) -> None:
    differences = [*differences, one_more]
    expected = counted(differences)
    found = p_of([unit * each for each in differences])
    assert abs(Fraction(found) - expected) <= expected / 10**12


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=40))
def test_swapping_the_systems_or_adding_ties_changes_nothing(differences: list[int]) -> None:
    assert p_of(differences) == p_of([-each for each in differences])
    assert p_of(differences) == p_of([0, *reversed(differences), 0])


def test_a_p_that_is_very_small_is_right_in_its_last_places_too() -> None:
    assert p_of([3] * 200) == 2.0**-199
    assert 0 < p_of([1] * 3000) < 1e-300


@pytest.mark.parametrize("differences", [[], [0, 0], [5], [1, -1]])
def test_without_evidence_p_is_one(differences: list[int]) -> None:
    assert p_of(differences) == 1


def test_differences_off_a_lattice_get_random_flips_and_say_so() -> None:
    found = sign_flip(np.array(DARWIN) * np.pi, plan=PLAN)
    assert found.test == "sign-flip, 9999 random flips, seed 7"
    assert found.p == pytest.approx(1726 / 32768, abs=0.007)  # three standard errors
    assert (found.p * 10_000) == pytest.approx(round(found.p * 10_000))  # (k + 1) / (m + 1)
    assert found == sign_flip(np.array(DARWIN) * np.pi, plan=PLAN)


def test_a_lattice_that_is_too_large_gets_random_flips() -> None:
    differences = np.array([10**9 + 7, -(10**9) + 9, -3, 10**8 + 1])
    found = sign_flip(differences, plan=PLAN)
    assert found.test != EXACT
    assert found.p == pytest.approx(float(enumerated(differences.tolist())), abs=0.02)


def test_no_evidence_at_all_is_never_an_impossible_p() -> None:
    found = sign_flip(np.full(40, np.e), plan=PLAN)
    assert found.p == 1 / 10_000


@pytest.mark.parametrize(("n", "most"), [(100, 0.01), (2233, 0.1)])
def test_thousands_of_differences_take_no_time(n: int, most: float) -> None:
    differences = np.random.default_rng(1).integers(-10, 11, size=n)
    times = []
    for _ in range(5):
        began = perf_counter()
        sign_flip(differences, plan=PLAN)
        times.append(perf_counter() - began)
    assert min(times) < most  # measured: 0.0001 and 0.002
