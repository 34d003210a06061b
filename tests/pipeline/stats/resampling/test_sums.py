"""Figures of sums: one matrix product gives what each sample by itself gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.stats.agreement.categories import category_kappas
from pipeline.stats.agreement.coefficients import which
from pipeline.stats.agreement.families import figures
from pipeline.stats.agreement.kinds import Kinds, kinds_of
from pipeline.stats.agreement.pairs import cohen_kappas
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling import sums
from pipeline.stats.resampling.intervals import Resampling, resampled, sampled
from pipeline.stats.resampling.sums import OfSums, together

PLAN = Resampling(level=0.95, resamples=60, seed=7)


def all_figures(ratings: Ratings) -> OfSums:
    wanted = which(weights="linear", ordered=True)
    return together([figures(ratings, wanted), category_kappas(ratings), cohen_kappas(ratings)])


@st.composite
def some_kinds(draw: st.DrawFn) -> Kinds:
    """Kinds of items of few raters and levels, often nearly without variation."""
    raters, items, q = draw(st.integers(2, 5)), draw(st.integers(1, 8)), draw(st.integers(2, 4))
    usual = st.sampled_from([*range(-1, q), 1, 1, 1, 1])
    codes = draw(st.lists(usual, min_size=raters * items, max_size=raters * items))
    times = draw(st.lists(st.integers(1, 3), min_size=items, max_size=items))
    table = np.repeat(np.array(codes).reshape(raters, items), times, axis=1)
    return kinds_of(Ratings(table, np.arange(float(q)) / 3))


@settings(deadline=None, max_examples=100)
@given(some_kinds())
def test_figures_without_an_item_are_those_of_the_other_items(kinds: Kinds) -> None:
    # Sums without an item are differences, whose rounding must not look like variation.
    if not kinds.items.size:
        return
    of = all_figures(kinds.ratings)
    found = of.sampled(kinds.items, PLAN)
    expected = sampled(of, kinds.items, PLAN)
    for ours, theirs in (
        (found.values, expected.values),
        (found.drawn, expected.drawn),
        (found.without, expected.without),
    ):
        assert ours == pytest.approx(theirs, abs=1e-9, nan_ok=True)
    assert found.items.tolist() == expected.items.tolist()


def items_of(ratings: Ratings, weights: NDArray[np.float64]) -> Ratings:
    return ratings.of_items(np.repeat(np.arange(weights.size), weights.astype(int)))


@settings(deadline=None, max_examples=20)
@given(some_kinds())
def test_each_resample_has_the_figures_of_its_items(kinds: Kinds) -> None:
    if not kinds.items.size:
        return
    of = all_figures(kinds.ratings)
    plan = Resampling(level=0.95, resamples=5, seed=3)
    for block in resampled(kinds.items, plan):
        for weights, ours in zip(block, of(block), strict=True):
            items = items_of(kinds.ratings, weights)
            theirs = all_figures(items)(np.ones((1, items.codes.shape[1])))[0]
            assert ours == pytest.approx(theirs, abs=1e-9, nan_ok=True)


def test_many_sums_are_held_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = np.random.default_rng(1).integers(3, size=(3, 40))
    kinds = kinds_of(Ratings(codes, np.arange(3.0)))
    of = all_figures(kinds.ratings)
    whole = of.sampled(kinds.items, PLAN)
    monkeypatch.setattr(sums, "AT_ONCE", 500)
    assert of.sampled(kinds.items, PLAN).drawn == pytest.approx(whole.drawn, nan_ok=True)


def test_without_items_all_figures_are_undefined() -> None:
    kinds = kinds_of(Ratings(np.full((3, 4), -1), np.arange(3.0)))
    assert kinds.items.size == 0
    found = all_figures(kinds.ratings).sampled(kinds.items, PLAN)
    assert np.isnan(found.values).all()
    assert np.isnan(found.drawn).all()
