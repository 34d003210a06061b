"""How many more items a study needs: by hand, and by carrying simulated studies on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stats.agreement.alpha import alpha
from pipeline.stats.planning.more_items import more_items, rounder
from pipeline.stats.resampling.intervals import Estimate, Resampling


def interval(low: float | None, high: float | None, value: float | None = 0.5) -> Estimate:
    return Estimate(value, low, high, 0.95, "bootstrap", "no_spread", "it never varies")


def test_half_the_width_takes_four_times_the_items() -> None:
    found = more_items(interval(0.4, 0.6), 50, half_width=0.05)
    assert (found.half_width, found.more) == (pytest.approx(0.1), 150)
    assert (found.code, found.remaining, found.at_end, found.enough_to_come) == (None,) * 4


def test_an_interval_that_is_narrow_enough_needs_nothing() -> None:
    for wish in (0.1, 0.2):
        assert more_items(interval(0.4, 0.6), 50, half_width=wish).more == 0


def test_without_an_interval_it_says_why_and_gives_no_number() -> None:
    found = more_items(interval(None, None), 50, remaining=9)
    assert (found.more, found.half_width, found.at_end, found.enough_to_come) == (None,) * 4
    assert (found.code, found.reason) == ("no_spread", "it never varies")


def test_it_says_whether_the_study_still_brings_as_many_and_what_it_comes_to() -> None:
    for remaining, enough in ((150, True), (149, False), (0, False)):
        found = more_items(interval(0.4, 0.6), 50, half_width=0.05, remaining=remaining)
        assert found.enough_to_come is enough
        assert found.at_end == pytest.approx(0.1 * np.sqrt(50 / (50 + remaining)))


@pytest.mark.parametrize("wish", [0, -0.1, float("nan"), float("inf")])
def test_a_wish_for_no_width_is_refused(wish: float) -> None:
    with pytest.raises(ValueError, match="cannot be wished for"):
        more_items(interval(0.4, 0.6), 50, half_width=wish)


def test_fewer_than_no_items_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        more_items(interval(0.4, 0.6), 50, remaining=-1)


@given(st.floats(1e-6, 10))
def test_the_default_wish_is_a_round_number_worth_the_effort(present: float) -> None:
    wish = rounder(present)
    assert 0.45 * present <= wish <= 0.75 * present * (1 + 1e-6)
    assert len(f"{wish:.10e}".split("e")[0].rstrip("0").rstrip(".")) <= 3  # at most two digits


@given(st.integers(2, 10_000), st.floats(0.001, 1), st.floats(0.001, 1))
def test_so_many_items_reach_the_wish_and_one_less_does_not(
    n: int, present: float, wish: float
) -> None:
    more = more_items(interval(0.5 - present, 0.5 + present), n, half_width=wish).more
    assert more is not None
    reached = present * np.sqrt(n / (n + more))
    assert reached <= wish * (1 + 1e-6)
    if more > 0:
        assert present * np.sqrt(n / (n + more - 1)) > wish * (1 - 1e-6)


def ratings(items: int, rng: np.random.Generator) -> np.ndarray:
    """Scores from 0 to 2 of two raters who share three fifths of what moves them."""
    latent = np.sqrt(0.6) * rng.standard_normal(items) + np.sqrt(0.4) * rng.standard_normal(
        (2, items)
    )
    return np.digitize(latent, [-0.8, 0.3])


def half_width(values: np.ndarray, seed: int) -> Estimate:
    plan = Resampling(level=0.95, resamples=500, seed=seed)
    return alpha(values, lambda v: (v[:, None] - v).astype(float) ** 2, plan=plan)


def test_studies_that_go_on_as_told_come_to_the_wished_width() -> None:
    reached = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        first = ratings(60, rng)
        found = more_items(half_width(first, seed), 60, half_width=0.1)
        assert found.more is not None
        whole = half_width(np.hstack([first, ratings(found.more, rng)]), seed)
        assert whole.low is not None
        assert whole.high is not None
        reached.append((whole.high - whole.low) / 2)
    # On average right within 5 %; one study is off by the noise of its own present width.
    assert np.mean(reached) == pytest.approx(0.1, rel=0.05)
    assert np.quantile(np.abs(np.array(reached) - 0.1), 0.9) < 0.03
