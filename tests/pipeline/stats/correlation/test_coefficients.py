"""Correlations of resamples equal those that scipy finds when each answer is written out."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from pipeline.stats.correlation.coefficients import Coefficient, Two, kendall, pearson, spearman

Floats = NDArray[np.float64]
OURS_AND_THEIRS = [
    (pearson, stats.pearsonr),
    (spearman, stats.spearmanr),
    (kendall, stats.kendalltau),
]


def by_scipy(theirs: Callable[..., Any], x: Floats, y: Floats) -> float:
    if x.size < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(theirs(x, y).statistic)


@st.composite
def samples(draw: st.DrawFn) -> tuple[Two, Floats]:
    questions = draw(st.integers(1, 6))
    u = draw(st.integers(0, 12))
    few = st.integers(0, 3).map(lambda level: level / 2 + 10)
    many = st.floats(-5, 5, allow_nan=False).map(lambda value: round(value, 2))
    x = draw(st.lists(few, min_size=u, max_size=u))
    y = draw(st.lists(st.one_of(few, many), min_size=u, max_size=u))
    at = draw(st.lists(st.integers(0, questions - 1), min_size=u, max_size=u))
    times = st.lists(st.integers(0, 3), min_size=questions, max_size=questions)
    weights = draw(st.lists(times, min_size=1, max_size=3))
    two = Two(np.array(x, float), np.array(y, float), np.array(at, dtype=np.int64), questions)
    return two, np.array(weights, dtype=np.float64)


@given(sample=samples())
def test_a_resample_has_the_coefficients_of_its_answers_written_out(
    sample: tuple[Two, Floats],
) -> None:
    two, weights = sample
    for ours, theirs in OURS_AND_THEIRS:
        expected = []
        for drawn in weights:
            times = drawn[two.question].astype(int)
            expected.append(by_scipy(theirs, np.repeat(two.x, times), np.repeat(two.y, times)))
        assert ours(two)(weights) == pytest.approx(expected, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("ours", [pearson, spearman, kendall])
def test_figures_that_go_together_or_apart_are_at_the_ends(
    ours: Callable[[Two], Coefficient],
) -> None:
    x = np.array([0.1, 0.2, 0.3, 0.4])
    once = np.ones((1, 4))
    assert ours(Two(x, 3 * x + 1e6, np.arange(4), 4))(once) == pytest.approx([1], abs=1e-9)
    assert ours(Two(x, -x, np.arange(4), 4))(once) == pytest.approx([-1], abs=1e-9)


@pytest.mark.parametrize("ours", [pearson, spearman, kendall])
def test_a_figure_that_does_not_vary_has_no_correlation_however_it_is_rounded(
    ours: Callable[[Two], Coefficient],
) -> None:
    x, y = np.array([0.1, 0.1, 0.7]), np.array([1 / 3, 2 / 3, 1])
    found = ours(Two(x, y, np.arange(3), 3))(np.array([[1, 1, 0], [2, 1, 0], [1, 1, 1.0]]))
    assert np.isnan(found).tolist() == [True, True, False]
