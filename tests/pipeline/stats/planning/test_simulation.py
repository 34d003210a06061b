"""Simulated scores have the shares, means and correlations that they are asked to have."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stats.planning.components import implied
from pipeline.stats.planning.simulation import Design, Deviations, Population, draw

SPREAD = Deviations(item=0.6, item_system=0.8, rater=0.5, item_rater=0.3)
SCALE = Population((0, 1, 2), (0.1, 0.35, 0.55), SPREAD)


def drawn(population: Population, design: Design, *shifts: float, n: int = 400, seed: int = 1):
    blocks = draw(population, design, np.array(shifts), simulations=n, seed=seed)
    return np.concatenate(list(blocks))


def test_each_level_is_given_as_often_as_asked_and_means_differ_as_asked() -> None:
    shift = SCALE.shift_for(0.3)
    codes = drawn(SCALE, Design(100, 4), -shift / 2, 0.0, shift / 2)
    shares = np.bincount(codes[:, 1].ravel(), minlength=3) / codes[:, 1].size
    assert shares == pytest.approx(SCALE.shares, abs=0.01)
    means = codes.mean(axis=(0, 2, 3))
    assert means[2] - means[0] == pytest.approx(0.3, abs=0.005)


def test_scores_correlate_as_told_by_what_they_share() -> None:
    codes = drawn(SCALE, Design(60, 2), 0.0, 0.0, n=4000).astype(float)  # (b, system, rater, item)
    codes -= codes.mean()
    told = implied(SCALE)
    pairs = {
        told.answer: (codes[:, 0, 0], codes[:, 0, 1]),
        told.question: (codes[:, 0, 0], codes[:, 1, 1]),
        told.rater: (codes[:, 0, 0, 1:], codes[:, 0, 0, :-1]),
        told.rater_and_question: (codes[:, 0, 0], codes[:, 1, 0]),
    }
    for correlation, (a, b) in pairs.items():
        assert (a * b).mean() / codes.var() == pytest.approx(correlation, abs=0.01)


def test_a_better_system_scores_no_answer_lower_as_the_noise_is_the_same() -> None:
    low, high = (drawn(SCALE, Design(30, 3), shift, n=20) for shift in (0.0, 0.5))
    assert (high >= low).all()
    assert (high > low).any()


def test_the_seed_and_the_design_alone_decide_what_is_drawn() -> None:
    first, again, other = (drawn(SCALE, Design(9, 2), 0.0, n=50, seed=s) for s in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


@given(
    st.lists(st.floats(0.05, 1), min_size=2, max_size=6),
    st.floats(0, 0.9),
)
def test_the_shift_brings_the_difference_asked_for(parts: list[float], of_room: float) -> None:
    shares = tuple(part / sum(parts) for part in parts)
    scale = Population(tuple(range(len(shares))), shares, SPREAD)
    shift = scale.shift_for(of_room * scale.room)
    found = scale.mean_at(shift / 2) - scale.mean_at(-shift / 2)
    assert found == pytest.approx(of_room * scale.room, abs=1e-9)


def test_a_level_that_is_never_given_leaves_no_room() -> None:
    scale = Population((0, 1, 2), (0.0, 0.5, 0.5), SPREAD)
    assert scale.room == pytest.approx(1)
    assert set(np.unique(drawn(scale, Design(50, 2), 0.0, n=50))) == {1, 2}
    with pytest.raises(ValueError, match=r"differ by less than 1 on this scale, not by 1\.2"):
        scale.shift_for(1.2)


def test_levels_may_lie_unevenly() -> None:
    scale = Population((1, 2, 5), (0.2, 0.3, 0.5), SPREAD)
    assert scale.mean_at(0) == pytest.approx(0.2 + 0.6 + 2.5)
    assert scale.variance == pytest.approx(0.2 + 1.2 + 12.5 - 3.3**2)


@pytest.mark.parametrize(
    ("levels", "shares", "said"),
    [
        ((0, 1, 2), (0.5, 0.5), "not 3 levels 2 shares"),
        ((0,), (1.0,), "two or more levels"),
        ((0, 1), (0.6, 0.6), "sum to 1"),
        ((0, 1), (-0.1, 1.1), "at least 0"),
        ((0, 1), (0.0, 1.0), "nothing can be planned"),
    ],
)
def test_what_is_no_scale_is_refused(
    levels: tuple[int, ...], shares: tuple[float, ...], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        Population(levels, shares, SPREAD)


def test_deviations_below_0_no_residual_and_empty_designs_are_refused() -> None:
    with pytest.raises(ValueError, match="but item is -1"):
        Deviations(item=-1, item_system=0, rater=0)
    with pytest.raises(ValueError, match="but rater is nan"):
        Deviations(item=1, item_system=0, rater=float("nan"))
    with pytest.raises(ValueError, match="two ratings of an answer never differ"):
        Deviations(item=1, item_system=0, rater=0, residual=0)
    with pytest.raises(ValueError, match="not 0 × 3"):
        Design(0, 3)
