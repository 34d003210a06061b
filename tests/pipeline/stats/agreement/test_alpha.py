"""Krippendorff's alpha: what of the answers counts, and that each resample has its own alpha."""

from random import Random
from typing import get_args

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics import masi_distance
from nltk.metrics.agreement import AnnotationTask
from numpy.typing import NDArray

from pipeline.stats.agreement.alpha import (
    Alphas,
    Metric,
    alpha,
    alpha_of_counts,
    alphas,
    krippendorff_alpha,
    paired,
)
from pipeline.stats.labels.sets import percent_agreement, set_distances
from pipeline.stats.ratings import MISSING, Ratings
from pipeline.stats.resampling.intervals import Resampling, resampled
from tests.pipeline.stats.oracles import (
    O1,
    O2,
    O3,
    O4,
    O5,
    O6,
    O7,
    O12,
    O14_FIRST,
    O14_OTHERS,
    cells,
    rated,
    rows,
)

PLAN = Resampling(level=0.95, resamples=40, seed=7)
METRICS: tuple[Metric, ...] = get_args(Metric)


def test_items_that_no_figure_tells_apart_are_one_kind_whoever_answered_what() -> None:
    found = paired(np.array([[2, 1, 1, 5, -1], [1, 2, -1, 5, 2], [-1, -1, 2, -1, -1]]))
    assert found.values.tolist() == [1, 2, 5]
    kinds = {tuple(row): int(n) for row, n in zip(found.counts, found.items, strict=True)}
    assert kinds == {(1, 1, 0): 3, (0, 0, 2): 1}


def test_kinds_are_the_same_whether_values_are_few_or_many() -> None:
    small = np.random.default_rng(5).integers(-1, 3, size=(4, 30))
    large = np.where(small == -1, -1, 2**61 + small)
    few, many = paired(small), paired(large)
    assert (few.values + 2**61).tolist() == many.values.tolist()
    kinds = {tuple(row): n for row, n in zip(few.counts, few.items, strict=True)}
    assert kinds == {tuple(row): n for row, n in zip(many.counts, many.items, strict=True)}


@pytest.mark.parametrize(("items", "sets_of"), [(25, 3), (6, 6)], ids=["few sets", "few items"])
def test_every_resample_has_the_alpha_that_nltk_gives_its_items(items: int, sets_of: int) -> None:
    rng = np.random.default_rng(5)
    sets = rng.integers(1, 2**sets_of, size=(3, items))
    sets[rng.random(sets.shape) < 0.2] = -1
    answers = paired(sets)
    of_samples = alphas(answers, lambda values: set_distances(values, "masi"))
    names = [frozenset(bit for bit in range(6) if value >> bit & 1) for value in answers.values]
    kinds = [np.repeat(np.arange(len(names)), row.astype(int)) for row in answers.counts]
    for block in resampled(answers.items, PLAN):
        for weights, ours in zip(block, of_samples(block), strict=True):
            drawn = np.repeat(np.arange(len(kinds)), weights.astype(int))
            triples = [
                (rater, item, names[value])
                for item, kind in enumerate(drawn)
                for rater, value in enumerate(kinds[kind])
            ]
            theirs = AnnotationTask(triples, distance=masi_distance).alpha()
            assert ours == pytest.approx(theirs, abs=1e-9)


def test_values_that_are_no_distance_apart_leave_nothing_to_expect() -> None:
    found = alpha(
        np.array([[1, 2], [2, 1]]), lambda values: np.zeros((values.size, values.size)), plan=PLAN
    )
    assert (found.value, found.code) == (None, "one_value")


@pytest.mark.parametrize(
    ("ratings", "metric", "expected"),
    [
        (rated(O1, 1, 2, 3, 4, 5), "nominal", 0.743421),
        (rated(O1, 1, 2, 3, 4, 5), "ordinal", 0.815388),
        (rated(O1, 1, 2, 3, 4, 5), "interval", 0.849107),
        (rated(O1, 1, 2, 3, 4, 5), "ratio", 0.797403),
        (rated(O2, 0, 1), "nominal", 0.095238),
        (Ratings(rows(O3) - ord("a"), np.arange(5.0)), "nominal", 0.691964),
        (rated(O4, 1, 2, 3, 4), "nominal", 0.691358),
        (rated(O4, 1, 2, 3, 4), "interval", 0.810845),
        (rated(O4, 1, 2, 3, 4), "ordinal", 0.806721),
        (rated(O5, 1, 2, 3, 4, 5), "nominal", 0.743421),
        (rated(O6, 0, 1, 2, 3), "nominal", 0.480530),
        (rated(O6, 0, 1, 2, 3), "ordinal", 0.768685),
        (rated(O6, 0, 1, 2, 3), "interval", 0.771865),
        (Ratings(O7, np.arange(5.0)), "nominal", 0.433410),
        (Ratings(np.stack(cells(O12)), np.arange(3.0)), "nominal", 0.797259),
        (rated(f"{O14_FIRST.split()[0]} {O14_OTHERS}", 1, 2, 3, 4), "nominal", 0.584291),
        (rated(f"{O14_FIRST.split()[0]} {O14_OTHERS}", 1, 2, 3, 4), "ordinal", 0.811892),
        (rated(f"{O14_FIRST.split()[0]} {O14_OTHERS}", 1, 2, 3, 4), "interval", 0.797885),
        (rated(O14_FIRST, 1, 2, 3, 4), "ordinal", 0.817928),
    ],
)
def test_alpha_is_the_published_one(ratings: Ratings, metric: Metric, expected: float) -> None:
    # ORACLES O1 to O7, O12, O14 (the last line: observer 1 with themselves); sources in oracles.py.
    found = krippendorff_alpha(ratings, metric=metric, plan=PLAN)
    assert found.value == pytest.approx(expected, abs=6e-7)
    assert "40 resamples of items, raters held fixed, seed 7" in found.method


@st.composite
def rated_items(draw: st.DrawFn) -> Ratings:
    """Ratings of a few raters, with gaps, on a scale of which not every value need be given."""
    raters, items = draw(st.integers(2, 7)), draw(st.integers(1, 12))
    levels = draw(st.lists(st.integers(0, 100), min_size=2, max_size=8, unique=True))
    codes = draw(
        st.lists(st.integers(-1, len(levels) - 1), min_size=raters * items, max_size=raters * items)
    )
    return Ratings(np.array(codes).reshape(raters, items), np.array(sorted(levels), float))


def kernel(ratings: Ratings, metric: Metric) -> tuple[NDArray[np.int64], Alphas]:
    """How many items there are of each kind, and the alphas of samples of them."""
    answers = paired(ratings.codes)
    levels = ratings.levels[answers.values]
    return answers.items, alpha_of_counts(answers.counts, levels, metric)


def by_package(ratings: Ratings, metric: Metric) -> float | None:
    """The package's alpha of the ratings as they are, None where it divides nothing by nothing."""
    values = np.where(ratings.given, ratings.levels[ratings.codes], np.nan)
    pairable = ratings.given.sum(axis=0) > 1
    if np.unique(values[:, pairable][ratings.given[:, pairable]]).size < 2:
        return None
    return float(
        krippendorff.alpha(values, value_domain=ratings.levels, level_of_measurement=metric)
    )


@settings(deadline=None)
@given(rated_items(), st.sampled_from(METRICS))
def test_the_kernel_gives_what_the_package_gives(ratings: Ratings, metric: Metric) -> None:
    kinds, alphas = kernel(ratings, metric)
    expected = by_package(ratings, metric)
    ours = alphas(kinds[None].astype(float))
    found = krippendorff_alpha(ratings, metric=metric, plan=PLAN)
    if expected is None:
        assert np.isnan(ours)
        assert (found.value, found.code) == (None, "one_value" if kinds.size else "no_pairs")
    else:
        assert ours[0] == pytest.approx(expected, abs=1e-14)
        assert found.value == pytest.approx(expected, abs=1e-14)


@settings(deadline=None, max_examples=30)
@given(rated_items(), st.sampled_from(METRICS))
def test_each_resample_has_the_alpha_that_the_package_gives_its_items(
    ratings: Ratings, metric: Metric
) -> None:
    answers = paired(ratings.codes)
    kinds, alphas = kernel(ratings, metric)
    if not kinds.size:
        return
    counts = np.zeros((kinds.size, ratings.q), dtype=int)
    counts[:, answers.values] = answers.counts
    for block in resampled(kinds, PLAN):
        for weights, found in zip(block.astype(int), alphas(block), strict=True):
            given = np.repeat(counts, weights, axis=0)
            if np.count_nonzero(given.sum(axis=0)) == 1:
                assert np.isnan(found)
                continue
            theirs = krippendorff.alpha(
                value_counts=given, value_domain=ratings.levels, level_of_measurement=metric
            )
            assert found == pytest.approx(theirs, abs=1e-14)


def test_a_scale_too_wide_for_the_package_has_the_same_alpha() -> None:
    codes = np.random.default_rng(5).integers(0, 401, size=(3, 120))
    codes[1, ::2] = codes[0, ::2]
    for items in (90, 120):  # 120 squares of the scale are more than the package is given
        wide = Ratings(codes[:, :items], np.arange(401.0))
        found = krippendorff_alpha(wide, metric="ordinal", plan=PLAN)
        assert found.value == pytest.approx(by_package(wide, "ordinal"), abs=1e-14)


def test_identical_ratings_leave_agreement_undefined_though_all_of_them_agree() -> None:
    same = Ratings(np.ones((3, 20), dtype=np.int64), np.arange(3.0))
    for metric in METRICS:
        found = krippendorff_alpha(same, metric=metric, plan=PLAN)
        assert (found.value, found.low, found.code) == (None, None, "one_value")
        assert found.reason == "all answers are the same, so agreement cannot be told from chance"
        assert found.undefined_share == 1
    assert percent_agreement(same.codes, plan=PLAN).value == 1
    one_level = Ratings(np.zeros((3, 20), dtype=np.int64), np.array([1.0]))
    assert krippendorff_alpha(one_level, metric="ordinal", plan=PLAN).code == "one_value"


def test_one_rater_or_items_that_nobody_shares_leave_nothing_to_compare() -> None:
    nothing = Ratings(np.empty((2, 0), dtype=np.int64), np.arange(3.0))
    for ratings in (rated("0120", 0, 1, 2), rated("01.. ..12", 0, 1, 2), nothing):
        found = krippendorff_alpha(ratings, metric="ordinal", plan=PLAN)
        assert (found.value, found.code) == (None, "no_pairs")


def test_a_ratio_of_values_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="a ratio needs values from 0, and the scale has -1"):
        kernel(Ratings(np.array([[0, 1], [1, 0]]), np.array([-1.0, 1.0])), "ratio")


def test_where_resamples_without_variation_are_too_many_there_is_no_interval() -> None:
    # One of 20 items has another value; without it, in (19/20)^20 = 36 %, nothing varies.
    rare = Ratings(np.array([[1] + [0] * 19, [0] * 20]), np.arange(3.0))
    plan = Resampling(level=0.95, resamples=2000, seed=7)
    found = krippendorff_alpha(rare, metric="ordinal", plan=plan)
    assert (found.low, found.code) == (None, "undefined_in_resamples")
    assert found.value == pytest.approx(0, abs=0.03)
    assert found.undefined_share == pytest.approx(0.36, abs=0.04)


@settings(deadline=None)
@given(rated_items(), st.sampled_from(METRICS), st.randoms(use_true_random=False))
def test_neither_figure_nor_interval_depends_on_the_order_of_raters_or_items(
    ratings: Ratings, metric: Metric, chance: Random
) -> None:
    raters, items = (np.array(chance.sample(range(size), size)) for size in ratings.codes.shape)
    moved = ratings.of_raters(raters).of_items(items)
    found = krippendorff_alpha(ratings, metric=metric, plan=PLAN)
    assert krippendorff_alpha(moved, metric=metric, plan=PLAN) == found


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 4), min_size=2, max_size=20).filter(
        lambda values: len(set(values)) > 1
    ),
    st.integers(2, 6),
    st.sampled_from(METRICS),
    st.data(),
)
def test_raters_who_agree_on_values_that_vary_have_alpha_1_under_any_overlap(
    values: list[int], raters: int, metric: Metric, data: st.DataObject
) -> None:
    each = data.draw(st.integers(2, raters), label="raters an item")
    codes = np.full((raters, len(values)), MISSING)
    for item, value in enumerate(values):
        who = data.draw(st.permutations(range(raters)))[:each]
        codes[who, item] = value
    ratings = Ratings(codes, np.arange(5.0))
    assert krippendorff_alpha(ratings, metric=metric, plan=PLAN).value == 1
    kinds, alphas = kernel(ratings, metric)
    for block in resampled(kinds, PLAN):
        found = alphas(block)
        assert set(found[~np.isnan(found)]) <= {1.0}
