"""All that is told of agreement at once, kappas of categories, and Kendall's W."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pipeline.stats.agreement.coefficients import coefficients_of, which
from pipeline.stats.agreement.concordance import kendall_w
from pipeline.stats.agreement.families import Which
from pipeline.stats.agreement.pairs import pairs
from pipeline.stats.agreement.whole import Agreement, agreement
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.intervals import Estimate, Resampling
from tests.pipeline.stats.oracles import O6, O7, O11, rated

PLAN = Resampling(level=0.95, resamples=200, seed=7)
ALPHA = Which("krippendorff_alpha", "ordinal")


def found(ratings: Ratings, *, ordered: bool = True) -> Agreement:
    return agreement(ratings, weights="linear", ordered=ordered, leading=[ALPHA], plan=PLAN)


def near(one: Estimate, other: Estimate) -> bool:
    """Whether two estimates are the same but for rounding."""
    return (one.method, one.code, one.reason) == (other.method, other.code, other.reason) and (
        (one.value, one.low, one.high)
        == pytest.approx((other.value, other.low, other.high), abs=1e-12)
    )


def test_figures_at_once_are_those_of_each_function_alone() -> None:
    ratings = rated(O6, 0, 1, 2, 3)
    at_once = found(ratings)
    alone = coefficients_of(ratings, which(weights="linear", ordered=True), plan=PLAN)
    assert len(at_once.coefficients) == len(alone) + 1
    for one, other in zip(at_once.coefficients, alone, strict=False):
        assert (one.name, one.metric, one.items) == (other.name, other.metric, other.items)
        assert near(one.estimate, other.estimate)
    for one, other in zip(at_once.pairs, pairs(ratings, plan=PLAN), strict=True):
        assert near(one.kappa, other.kappa)
        assert near(one.quadratic, other.quadratic)


def test_fleisss_categories_have_his_kappas_and_his_raters_lights() -> None:
    # ORACLES O7: Fleiss 1971, .245 .245 .520 .471 .566; Light's kappa by R irr.
    told = found(Ratings(O7, np.arange(5.0)), ordered=False)
    kappas = [each.kappa.value for each in told.categories]
    assert kappas == pytest.approx([0.245, 0.245, 0.520, 0.471, 0.566], abs=6e-4)
    assert [each.level for each in told.categories] == [0, 1, 2, 3, 4]
    light = told.coefficients[-1]
    assert (light.name, light.metric, light.items) == ("light_kappa", "identity", 30)
    assert light.estimate.value == pytest.approx(0.459412, abs=6e-7)
    assert light.estimate.low is not None
    assert told.concordance is None


@settings(deadline=None, max_examples=20)
@given(st.integers(2, 5), st.integers(2, 12), st.integers(2, 4), st.integers(0, 2**32 - 1))
def test_kappas_of_categories_average_to_the_kappa_of_all(
    raters: int, items: int, q: int, seed: int
) -> None:
    # Fleiss 1971: weighted by p (1 - p), for as many ratings of each item.
    codes = np.random.default_rng(seed).integers(q, size=(raters, items))
    told = found(Ratings(codes, np.arange(float(q))))
    p = (codes.ravel()[:, None] == np.arange(q)).mean(axis=0)
    whole = next(each for each in told.coefficients if each.name == "fleiss_kappa").estimate
    kappas = np.array([each.kappa.value or 0.0 for each in told.categories])
    if whole.value is not None:
        assert (p * (1 - p)) @ kappas / (p @ (1 - p)) == pytest.approx(whole.value, abs=1e-9)


def test_a_value_that_nobody_gave_has_no_kappa() -> None:
    told = found(rated("0101 0111", 0, 1, 2)).categories
    assert (told[2].level, told[2].kappa.value, told[2].kappa.code) == (2, None, "one_value")
    assert (told[2].kappa.reason or "").startswith("nobody gave this value, or nobody another")
    assert told[0].kappa.value == told[1].kappa.value


def test_lights_kappa_averages_the_pairs_that_share_items() -> None:
    told = found(rated("0120.... ....0120 01210121", 0, 1, 2))
    values = [pair.kappa.value for pair in told.pairs]
    assert values[0] is None
    assert told.coefficients[-1].estimate.value == pytest.approx(np.mean(values[1:]))
    constant = found(rated("0120 1111 1111", 0, 1, 2)).coefficients[-1]
    assert (constant.estimate.value, constant.estimate.code) == (None, "one_value")
    assert (constant.estimate.reason or "").startswith("two raters gave the same value to all they")
    apart = found(rated("012... ...012", 0, 1, 2)).coefficients[-1]
    assert (apart.estimate.value, apart.estimate.code) == (None, "no_pairs")
    assert found(rated("012", 0, 1, 2)).coefficients[-1].estimate.code == "one_rater"


def test_raters_of_anxiety_have_the_concordance_of_r() -> None:
    # ORACLES O11: R irr, corrected for ties.
    told = kendall_w(rated(O11, 1, 2, 3, 4, 5, 6))
    assert told.w == pytest.approx(0.54, abs=0.001)
    assert (told.df, told.raters, told.items) == (19, 3, 20)
    assert told.chi2 == pytest.approx(30.8, abs=0.05)
    assert told.p == pytest.approx(stats.chi2.sf(told.chi2, 19))


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 5), st.integers(3, 12), st.integers(0, 2**32 - 1))
def test_without_ties_w_is_friedmans_test(raters: int, items: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = np.stack([rng.permutation(items) for _ in range(raters)])
    told = kendall_w(Ratings(codes, np.arange(float(items))))
    if raters > 2 and items > 2:
        assert told.chi2 == pytest.approx(stats.friedmanchisquare(*codes.T).statistic)
    rho = [stats.spearmanr(a, b).statistic for k, a in enumerate(codes) for b in codes[k + 1 :]]
    assert told.w == pytest.approx((1 + (raters - 1) * np.mean(rho)) / raters)


def test_w_needs_two_items_that_all_rated_and_somebody_who_tells_them_apart() -> None:
    gaps = kendall_w(rated("01. .12", 0, 1, 2))
    assert (gaps.w, gaps.chi2, gaps.df, gaps.p, gaps.code) == (*[None] * 4, "no_complete_items")
    assert gaps.reason == "only one item was rated by all 2 raters; two are needed"
    flat = kendall_w(rated("000 222", 0, 1, 2))
    assert (flat.w, flat.code, flat.items) == (None, "one_value", 3)
    nothing = kendall_w(Ratings(np.full((2, 3), -1), np.arange(3.0)))
    assert (nothing.w, nothing.code, nothing.raters) == (None, "no_ratings", 0)


@pytest.mark.parametrize("text", ["....", "012.", "0.. .1.", "000 000 000", "0 1"])
def test_what_says_little_still_says_why(text: str) -> None:
    told = found(rated(text, 0, 1, 2))
    for each in told.coefficients:
        assert (each.estimate.low is None) == (each.estimate.high is None)
        assert each.estimate.value is not None or each.estimate.reason
    for pair in told.pairs:
        assert pair.kappa.value is not None or pair.kappa.reason
