"""Wilson's interval and the bootstrap, against published values, SciPy, and their own promises."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from pipeline.stats.resampling.intervals import (
    NO_ITEMS,
    Estimate,
    Figures,
    Resampling,
    Undefined,
    bootstrap,
    resampled,
    wilson,
)

PLAN = Resampling(level=0.95, resamples=2000, seed=7)
UNDEFINED = Undefined("undefined", "nothing of nothing")


def ends(estimate: Estimate) -> tuple[float, float]:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low, estimate.high


def one(figures: Figures, kinds: list[int], plan: Resampling = PLAN) -> Estimate:
    [estimate] = bootstrap(figures, np.array(kinds), plan=plan, undefined=[UNDEFINED])
    return estimate


def mean_of(values: list[float]) -> Figures:
    """The mean over items, item i having values[i]."""
    return lambda weights: (weights @ np.array(values) / weights.sum(axis=1))[:, None]


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilsons_interval_is_the_published_one(
    successes: int, n: int, low: float, high: float
) -> None:
    # ORACLES O17: Newcombe 1998, table I, method 3; statsmodels and R's prop.test agree.
    assert ends(wilson(successes, n, level=0.95)) == pytest.approx((low, high), abs=5e-5)


@settings(deadline=None)
@given(st.integers(0, 400), st.integers(0, 400), st.floats(0.5, 0.999))
def test_wilsons_interval_lies_within_0_and_1_holds_the_share_and_mirrors_itself(
    yes: int, no: int, level: float
) -> None:
    if not yes + no:
        return
    share = wilson(yes, yes + no, level=level)
    low, high = ends(share)
    assert share.value == yes / (yes + no)
    assert 0 <= low <= share.value <= high <= 1
    assert (low == 0, high == 1) == (yes == 0, no == 0)
    mirrored = ends(wilson(no, yes + no, level=level))
    assert (1 - high, 1 - low) == pytest.approx(mirrored, abs=1e-12)


def test_at_the_borders_wilsons_interval_has_its_closed_form() -> None:
    z2 = float(stats.norm.ppf(0.975)) ** 2
    assert ends(wilson(0, 7, level=0.95)) == pytest.approx((0, z2 / (7 + z2)), abs=1e-15)
    assert ends(wilson(7, 7, level=0.95)) == pytest.approx((7 / (7 + z2), 1), abs=1e-15)


def test_wilsons_interval_holds_the_true_share_as_often_as_it_says() -> None:
    # Exactly, over all numbers of successes, not by drawing them; Brown, Cai and DasGupta 2001
    # find a mean coverage near the level for n >= 10.
    for n in (10, 50, 200):
        limits = np.array([ends(wilson(k, n, level=0.95)) for k in range(n + 1)])
        shares = np.linspace(0.02, 0.98, 193)
        inside = (limits[:, 0, None] <= shares) & (shares <= limits[:, 1, None])
        chances = stats.binom.pmf(np.arange(n + 1)[:, None], n, shares)
        coverage = (chances * inside).sum(axis=0)
        assert coverage.mean() == pytest.approx(0.95, abs=0.01)
        assert coverage.min() > 0.83


def test_of_no_items_there_is_no_share_and_a_wrong_share_is_refused() -> None:
    none = wilson(0, 0, level=0.95)
    assert (none.value, none.low, none.high, none.code) == (None, None, None, "no_items")
    assert none.reason == "there are no items"
    with pytest.raises(ValueError, match="5 of 4 items is no share"):
        wilson(5, 4, level=0.95)
    with pytest.raises(ValueError, match="level of an interval lies between 0 and 1, not at 95"):
        wilson(1, 4, level=95)
    with pytest.raises(ValueError, match="0 resamples are too few"):
        Resampling(level=0.95, resamples=0, seed=1)


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize(
    "figure", [np.mean, np.var, lambda values, axis: np.exp(np.mean(values, axis=axis))]
)
def test_bca_is_scipys_on_the_same_resamples(
    figure: Callable[..., NDArray[np.float64]], level: float
) -> None:
    values = np.random.default_rng(3).exponential(size=40)
    plan = Resampling(level=level, resamples=1000, seed=5)

    def figures(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        rows = [np.repeat(values, row.astype(int)) for row in weights]
        return np.array([[figure(row, axis=0)] for row in rows])

    drawn = np.concatenate([figures(block) for block in resampled(np.ones(40, dtype=int), plan)])

    class Before:
        bootstrap_distribution = drawn[:, 0]

    expected = stats.bootstrap(
        (values,), figure, n_resamples=0, bootstrap_result=Before(), confidence_level=level
    ).confidence_interval
    ours = one(figures, [1] * 40, plan)
    assert ends(ours) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert ours.method == "bootstrap BCa, 1000 resamples of items, seed 5"


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    values = mean_of([0.1, 0.4, 0.2, 0.9, 0.5, 0.3])
    again = [one(values, [1] * 6, Resampling(0.95, 500, seed)) for seed in (1, 1, 2)]
    assert again[0] == again[1]
    assert ends(again[0]) != ends(again[2])


def test_kinds_of_items_are_drawn_as_often_as_their_items() -> None:
    kinds = np.array([30, 0, 60, 10])
    for weights in (kinds, np.array([3, 0, 6, 1])):  # as multinomial, and item by item
        plan = Resampling(level=0.95, resamples=20_000, seed=1)
        drawn = np.concatenate(list(resampled(weights, plan)))
        n, share = weights.sum(), weights / weights.sum()
        assert (drawn.shape, set(drawn.sum(axis=1))) == ((20_000, 4), {n})
        assert drawn.mean(axis=0) == pytest.approx(n * share, abs=0.15)
        expected = n * (np.diag(share) - np.outer(share, share))
        assert np.cov(drawn.T) == pytest.approx(expected, rel=0.05, abs=0.15)
        assert not drawn[:, 1].any()


def test_resamples_of_many_items_come_in_blocks_of_bounded_size() -> None:
    plan = Resampling(level=0.95, resamples=50, seed=1)
    blocks = [block.shape for block in resampled(np.ones(30_000, dtype=int), plan)]
    assert sum(rows for rows, _ in blocks) == 50
    assert max(rows for rows, _ in blocks) * 30_000 <= 2**19


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 20), min_size=4, max_size=12).filter(lambda v: len(set(v)) > 1),
    st.floats(0.1, 50),
    st.floats(-5, 5),
)
def test_a_figure_on_another_scale_has_its_interval_on_that_scale(
    values: list[int], factor: float, shift: float
) -> None:
    plan = Resampling(level=0.9, resamples=200, seed=3)
    plain = one(mean_of([float(v) for v in values]), [1] * len(values), plan)
    moved = one(mean_of([factor * v + shift for v in values]), [1] * len(values), plan)
    expected = tuple(factor * end + shift for end in ends(plain))
    assert ends(moved) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_wider_level_gives_a_wider_interval() -> None:
    values = mean_of([0.1, 0.4, 0.2, 0.9, 0.5, 0.3])
    narrow, wide = (ends(one(values, [1] * 6, Resampling(at, 2000, 1))) for at in (0.8, 0.99))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_without_items_every_figure_is_undefined() -> None:
    [none] = bootstrap(mean_of([]), np.array([], int), plan=PLAN, undefined=[NO_ITEMS])
    assert (none.value, none.low, none.code, none.reason) == (
        None,
        None,
        "no_items",
        "there are no items",
    )


def test_a_figure_that_never_varies_has_no_interval() -> None:
    for values in ([1.0, 1.0, 1.0], [0.1, 0.1, 0.1, 0.1], [5.0]):
        same = one(mean_of(values), [1] * len(values))
        assert same.value == pytest.approx(values[0])
        assert (same.low, same.high, same.code) == (None, None, "no_spread")


def test_a_figure_undefined_in_too_many_resamples_has_no_interval() -> None:
    # The mean of items of the second kind: one in five items, so (4/5)^5 = 33 % have none.
    rare = one(lambda weights: weights[:, 1:] / weights[:, 1:], [4, 1])
    assert (rare.value, rare.low, rare.code) == (1.0, None, "undefined_in_resamples")
    assert rare.reason is not None
    said = (
        r"the figure is undefined in 6\d\d of 2000 resamples \(3\d.\d%\), too many for an interval"
    )
    assert re.fullmatch(said, rare.reason)


def test_a_figure_undefined_in_few_resamples_says_in_how_many() -> None:
    def some(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        wanted = weights[:, :2].sum(axis=1)
        return (weights[:, 0] / wanted)[:, None]

    few = one(some, [2, 2, 4])  # (1/2)^8 = 0.4 % have neither of the first two kinds
    assert few.low is not None
    assert few.method.startswith("bootstrap BCa, 2000 resamples of items, seed 7, undefined in ")
    assert few.method.endswith("of 2000 resamples (0.4%)")


OUTLIER = [0.0] * 29 + [1.0]
NO_BCA: list[tuple[Figures, list[int], float, str]] = [
    (
        lambda weights: np.where(weights[:, :1] == 399, np.nan, weights[:, :1]),
        [400, 400],
        0.95,
        "without one of the items the figure is undefined",
    ),
    (
        lambda weights: np.maximum(weights[:, :1], 12),
        [10, 10],
        0.95,
        "the figure is the same whichever item is left out",
    ),
    (
        lambda weights: ((weights > 0) @ np.arange(30.0))[:, None],
        [1] * 30,
        0.95,
        "all resamples lie on one side of the figure",
    ),
    (mean_of(OUTLIER), [1] * 30, 1 - 1e-12, "one item weighs too much for an acceleration"),
]


@pytest.mark.parametrize(("figures", "kinds", "level", "why"), NO_BCA)
def test_where_bca_cannot_be_computed_the_percentile_interval_says_why(
    figures: Figures, kinds: list[int], level: float, why: str
) -> None:
    plan = Resampling(level, 1000, seed=7)
    found = one(figures, kinds, plan)
    name = f"bootstrap percentile (no BCa: {why}), 1000 resamples of items, seed 7"
    assert found.method.startswith(name)
    drawn = np.concatenate([figures(block) for block in resampled(np.array(kinds), plan)])
    tail = (1 - level) / 2
    assert ends(found) == pytest.approx(tuple(np.nanquantile(drawn, [tail, 1 - tail])))
