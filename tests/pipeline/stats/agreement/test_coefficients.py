"""The coefficients of agreement, against published values and what must hold for any ratings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.stats.agreement.alpha import ONE_VALUE, krippendorff_alpha
from pipeline.stats.agreement.coefficients import Coefficient, coefficients_of, which
from pipeline.stats.agreement.families import Which
from pipeline.stats.agreement.icc import ICC
from pipeline.stats.agreement.kinds import kinds_of, value_counts
from pipeline.stats.agreement.weights import DISTANCES
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.intervals import Resampling, estimates, sampled
from tests.pipeline.stats.oracles import (
    O5,
    O6,
    O7,
    O8,
    O9,
    O11,
    O12,
    O12_PARADOX,
    O14_FIRST,
    cells,
    rated,
)

PLAN = Resampling(level=0.95, resamples=40, seed=7)


def coefficients(
    ratings: Ratings, *, weights: str = "quadratic", plan: Resampling = PLAN
) -> tuple[Coefficient, ...]:
    return coefficients_of(ratings, which(weights=weights, ordered=True), plan=plan)


def found(ratings: Ratings, weights: str = "identity") -> dict[str, Coefficient]:
    """The coefficients by name; of several metrics or weights those by `weights`."""
    return {
        each.name: each
        for each in coefficients(ratings, weights=weights)
        if each.metric == weights or each.name in {"gwet_ac1", *ICC}
    }


def values(ratings: Ratings, weights: str = "identity") -> dict[str, float | None]:
    return {name: each.estimate.value for name, each in found(ratings, weights).items()}


def of_table(text: str) -> Ratings:
    codes = np.stack(cells(text))
    return Ratings(codes, np.arange(codes.max() + 1.0))


def test_ratings_of_gwets_four_raters_have_his_coefficients_and_errors() -> None:
    # ORACLES O5: Gwet's README for the unweighted ones; R irrCAC 1.4 and Python 0.4.4 agree.
    plain = found(rated(O5, 1, 2, 3, 4, 5))
    expected = {
        "percent_agreement": (0.81818, None),
        "gwet_ac1": (0.77544, 0.14295),
        "fleiss_kappa": (0.76117, 0.15302),
        "conger_kappa": (0.76282, 0.14917),
        "brennan_prediger": (0.77273, 0.14472),
    }
    for name, (value, error) in expected.items():
        assert plain[name].estimate.value == pytest.approx(value, abs=6e-6)
        if error is not None:
            assert plain[name].standard_error == pytest.approx(error, abs=6e-6)
    for weights, ac2 in (("linear", 0.85874), ("quadratic", 0.91400), ("ordinal", 0.89894)):
        value = values(rated(O5, 1, 2, 3, 4, 5), weights)["gwet_ac2"]
        assert value == pytest.approx(ac2, abs=6e-6)


O6_VALUES = {
    "identity": (0.49662, 0.45762, 0.46927, 0.48741, 0.61556),
    "linear": (0.68964, 0.61185, 0.62405, 0.66578, 0.86074),
    "quadratic": (0.83043, 0.75072, 0.76179, 0.80622, 0.94617),
    "ordinal": (0.78534, 0.70122, 0.71312, 0.75941, 0.92481),
}


@pytest.mark.parametrize("weights", O6_VALUES)
def test_five_raters_with_gaps_have_gwets_coefficients_by_all_weights(weights: str) -> None:
    # ORACLES O6: Gwet's raw5obser, the shape of our studies; R irrCAC 1.4 and Python 0.4.4 agree.
    of = values(rated(O6, 0, 1, 2, 3), weights)
    names = ("gwet_ac2", "fleiss_kappa", "conger_kappa", "brennan_prediger", "percent_agreement")
    assert [of[name] for name in names] == pytest.approx(O6_VALUES[weights], abs=6e-6)


def test_the_three_things_called_ordinal_differ_and_are_named() -> None:
    # ORACLES O6: Krippendorff's metric .768685, squared distance .771865; Gwet's AC2 .78534.
    of = {
        (each.name, each.metric): each.estimate
        for each in coefficients(rated(O6, 0, 1, 2, 3), weights="ordinal", plan=PLAN)
    }
    ordinal = of["krippendorff_alpha", "ordinal"]
    assert ordinal.value == pytest.approx(0.768685, abs=6e-7)
    assert of["krippendorff_alpha", "interval"].value == pytest.approx(0.771865, abs=6e-7)
    assert of["krippendorff_alpha", "nominal"].value == pytest.approx(0.480530, abs=6e-7)
    assert ordinal.method == (
        "Krippendorff's ordinal metric, 95% bootstrap BCa, 40 resamples of items, raters held"
        " fixed, seed 7"
    )
    assert of["gwet_ac2", "ordinal"].method.startswith("Gwet's ordinal weights, 95% bootstrap BCa")


def test_percent_agreement_has_the_error_of_a_mean_over_items() -> None:
    # Of items of two ratings or more, each with the share of its pairs that agree.
    ratings = rated("01201. 01110. .1202.", 0, 1, 2)
    shares = [1, 1, 1 / 3, 1 / 3, 0]
    error = found(ratings)["percent_agreement"].standard_error
    assert error == pytest.approx(np.std(shares, ddof=1) / 5**0.5)


def test_ac2_of_five_raters_has_gwets_error() -> None:
    # ORACLES O6.
    of = {weights: found(rated(O6, 0, 1, 2, 3), weights) for weights in ("quadratic", "identity")}
    assert of["quadratic"]["gwet_ac2"].standard_error == pytest.approx(0.05825, abs=6e-6)
    assert of["identity"]["gwet_ac1"].standard_error == pytest.approx(0.12197, abs=6e-6)


def test_fleisss_patients_have_his_kappa_and_congers() -> None:
    # ORACLES O7: Fleiss 1971, published .430; statsmodels, irrCAC and R irr have .430245.
    of = values(Ratings(O7, np.arange(5.0)))
    assert of["fleiss_kappa"] == pytest.approx(0.430245, abs=6e-7)
    assert of["conger_kappa"] == pytest.approx(0.441809, abs=6e-7)
    assert of["gwet_ac1"] == pytest.approx(0.44788, abs=6e-6)
    assert of["percent_agreement"] == pytest.approx(0.55556, abs=6e-6)


def test_fourteen_raters_have_the_published_kappa() -> None:
    # ORACLES O8: Wikipedia, statsmodels' test.
    assert values(Ratings(O8, np.arange(5.0)))["fleiss_kappa"] == pytest.approx(0.209931, abs=6e-7)


def test_two_abstractors_have_gwets_coefficients() -> None:
    # ORACLES O12: cont3x3abstractors in Gwet's README. Of two raters Fleiss' kappa is Scott's pi.
    # The published error of AC1 is that of a table, which divides by n where Gwet 2014 divides
    # by n - 1.
    of = found(of_table(O12))
    assert of["fleiss_kappa"].estimate.value == pytest.approx(0.7962397, abs=6e-8)
    assert of["conger_kappa"].estimate.value == pytest.approx(0.7964094, abs=6e-8)
    assert of["gwet_ac1"].estimate.value == pytest.approx(0.8493305, abs=6e-8)
    assert of["brennan_prediger"].estimate.value == pytest.approx(0.835, abs=6e-8)
    error = of["gwet_ac1"].standard_error
    assert error is not None
    assert error * (99 / 100) ** 0.5 == pytest.approx(0.0432175, abs=6e-8)


@pytest.mark.parametrize(
    ("table", "observed", "kappa", "ac1"),
    [
        (O12_PARADOX[0], 0.85, 0.70, 0.700748),
        (O12_PARADOX[1], 0.85, 0.32, 0.808),
        (O12_PARADOX[2], 0.60, 0.13, 0.266055),
        (O12_PARADOX[3], 0.60, 0.26, 0.207921),
    ],
)
def test_ac1_stays_near_the_agreement_where_kappa_falls(
    table: str, observed: float, kappa: float, ac1: float
) -> None:
    # ORACLES O12: Feinstein and Cicchetti 1990.
    of = values(of_table(table))
    assert of["percent_agreement"] == pytest.approx(observed)
    assert of["conger_kappa"] == pytest.approx(kappa, abs=0.005)
    assert of["gwet_ac1"] == pytest.approx(ac1, abs=0.0005)


def test_judges_have_the_published_intraclass_correlations_and_intervals() -> None:
    # ORACLES O9: Shrout and Fleiss 1979; values of pingouin and R psych, intervals of R psych,
    # of which those of icc_1, icc_k and icc_c_k are what its help prints.
    of = found(Ratings(O9, np.arange(11.0)))
    expected = {
        "icc_1": 0.165742,
        "icc_a_1": 0.289764,
        "icc_c_1": 0.714841,
        "icc_k": 0.442797,
        "icc_a_k": 0.620051,
        "icc_c_k": 0.909316,
    }
    assert {n: of[n].estimate.value for n in expected} == pytest.approx(expected, abs=6e-7)
    for name, low, high, places in (
        ("icc_a_1", 0.0188, 0.7611, 4),
        ("icc_c_1", 0.3425, 0.9459, 4),
        ("icc_a_k", 0.0711, 0.9272, 4),
        ("icc_1", -0.13, 0.72, 2),
        ("icc_k", -0.88, 0.91, 2),
        ("icc_c_k", 0.68, 0.99, 2),
    ):
        normal = of[name].normal
        assert normal is not None
        assert (normal.value, normal.level) == (of[name].estimate.value, 0.95)
        assert (normal.low, normal.high) == pytest.approx((low, high), abs=0.6 * 10**-places)
        assert normal.method == "F distributions (McGraw and Wong 1996)"


def test_anxious_patients_have_the_intraclass_correlations_of_r() -> None:
    # ORACLES O11: R irr.
    of = values(rated(O11, 1, 2, 3, 4, 5, 6))
    expected = {
        "icc_a_1": 0.1979983,
        "icc_a_k": 0.4254988,
        "icc_c_1": 0.2160494,
        "icc_c_k": 0.4525862,
        "icc_1": 0.1750224,
        "icc_k": 0.3889257,
    }
    assert {name: of[name] for name in expected} == pytest.approx(expected, abs=6e-8)


def test_alphas_are_those_of_the_function_for_alpha_alone() -> None:
    ratings = rated(O14_FIRST, 1, 2, 3, 4)
    of = {each.metric: each for each in coefficients(ratings, plan=PLAN) if "alpha" in each.name}
    for metric in ("nominal", "ordinal", "interval"):
        alone = krippendorff_alpha(ratings, metric=metric, plan=PLAN)
        assert of[metric].estimate.value == alone.value


@st.composite
def any_ratings(draw: st.DrawFn) -> Ratings:
    """Ratings of a few raters with gaps, on a scale of which not every value need be given."""
    raters, items, q = draw(st.integers(2, 6)), draw(st.integers(2, 12)), draw(st.integers(2, 5))
    codes = draw(st.lists(st.integers(-1, q - 1), min_size=raters * items, max_size=raters * items))
    levels = draw(st.lists(st.integers(0, 50), min_size=q, max_size=q, unique=True))
    return Ratings(np.array(codes).reshape(raters, items), np.array(sorted(levels), float))


def told(ratings: Ratings, weights: str = "quadratic") -> dict[Which, float | None]:
    return {
        Which(each.name, each.metric): each.estimate.value
        for each in coefficients(ratings, weights=weights, plan=Resampling(0.95, 2, 1))
    }


def same(one: dict[Which, float | None], other: dict[Which, float | None]) -> bool:
    return all(
        (a is None) == (b is None) and (a is None or a == pytest.approx(b, abs=1e-9))
        for a, b in zip(one.values(), other.values(), strict=True)
    )


@settings(deadline=None, max_examples=30)
@given(any_ratings(), st.randoms(use_true_random=False), st.sampled_from(sorted(DISTANCES)))
def test_neither_the_raters_names_nor_the_order_of_items_matters(
    ratings: Ratings, random: object, weights: str
) -> None:
    raters, items = ratings.codes.shape
    rng = np.random.default_rng(hash(str(random)) % 2**32)
    moved = Ratings(
        ratings.codes[rng.permutation(raters)][:, rng.permutation(items)], ratings.levels
    )
    assert same(told(ratings, weights), told(moved, weights))


@settings(deadline=None, max_examples=30)
@given(any_ratings(), st.integers(2, 4))
def test_items_that_come_again_change_no_percent_agreement_and_no_chance(
    ratings: Ratings, times: int
) -> None:
    again = told(Ratings(np.tile(ratings.codes, times), ratings.levels))
    for each, value in told(ratings).items():
        if each.name in {"percent_agreement", "gwet_ac2", "fleiss_kappa", "conger_kappa"}:
            assert same({each: value}, {each: again[each]})


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.integers(0, 2), min_size=2, max_size=12).filter(lambda of: len(set(of)) > 1),
    st.integers(2, 6),
    st.integers(0, 2**32 - 1),
)
def test_perfect_agreement_with_varied_values_is_1_under_any_overlap(
    truth: list[int], raters: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    codes = np.tile(np.array(truth), (raters, 1))
    for item in range(len(truth)):  # k of n, at least two raters an item
        left_out = rng.permutation(raters)[: rng.integers(0, raters - 1)]
        codes[left_out, item] = -1
    levels = np.array([0.0, 1.0, 2.0])
    for each, value in told(Ratings(codes, levels)).items():
        if each.name not in ICC:
            assert value == pytest.approx(1, abs=1e-9)
    complete = told(Ratings(np.tile(np.array(truth), (raters, 1)), levels))
    assert list(complete.values()) == pytest.approx([1] * len(complete), abs=1e-9)


def fleiss_reference(counts: NDArray[np.int64]) -> float:
    """Fleiss' kappa of as many ratings of each item, written out as in Fleiss 1971."""
    items, raters = len(counts), counts[0].sum()
    p = counts.sum(axis=0) / (items * raters)
    agreement = [(row @ row - raters) / (raters * (raters - 1)) for row in counts]
    return float((np.mean(agreement) - p @ p) / (1 - p @ p))


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 6), st.integers(2, 15), st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_fleisss_kappa_is_his_formula(raters: int, items: int, q: int, seed: int) -> None:
    codes = np.random.default_rng(seed).integers(q, size=(raters, items))
    counts = (codes[:, :, None] == np.arange(q)).sum(axis=0)
    value = values(Ratings(codes, np.arange(float(q))))["fleiss_kappa"]
    if value is None:
        assert (counts.sum(axis=0) > 0).sum() == 1
    else:
        assert value == pytest.approx(fleiss_reference(counts), abs=1e-9)


@settings(deadline=None, max_examples=25)
@given(any_ratings())
def test_without_weights_ac2_is_ac1(ratings: Ratings) -> None:
    of = values(ratings)
    assert of["gwet_ac2"] == of["gwet_ac1"]


@settings(deadline=None, max_examples=25)
@given(any_ratings(), st.integers(1, 9), st.integers(0, 9))
def test_a_scale_in_other_units_has_the_same_agreement(
    ratings: Ratings, factor: int, shift: int
) -> None:
    moved = Ratings(ratings.codes, factor * ratings.levels + shift)
    for weights in ("linear", "quadratic", "radical", "ordinal", "bipolar"):
        assert same(told(ratings, weights), told(moved, weights))


def test_ratings_without_variation_leave_all_but_percent_agreement_undefined() -> None:
    for each in coefficients(Ratings(np.ones((3, 20), dtype=np.int64), np.arange(3.0)), plan=PLAN):
        if each.name == "percent_agreement":
            assert (each.estimate.value, each.estimate.low) == (1, None)
            continue
        code = "no_variance" if each.name in ICC else "one_value"
        assert (each.estimate.value, each.estimate.code) == (None, code)
        assert (each.standard_error, each.undefined_share) == (None, 1)


NOTHING = Ratings(np.full((3, 4), -1), np.arange(3.0))
ALONE = Ratings(np.array([[0, 1, 2], [-1, -1, -1]]), np.arange(3.0))
APART = Ratings(np.array([[0, 1, -1], [-1, -1, 2]]), np.arange(3.0))


@pytest.mark.parametrize(
    ("ratings", "code", "reason"),
    [
        (NOTHING, "no_ratings", "nobody gave a rating; ratings of the same items by two raters"),
        (ALONE, "one_rater", "only one rater gave ratings; a second one of the same items is"),
        (APART, "no_pairs", "no item has two answers, so there is nothing to compare"),
    ],
)
def test_what_cannot_be_compared_says_what_would_be_enough(
    ratings: Ratings, code: str, reason: str
) -> None:
    for each in coefficients(ratings, plan=PLAN):
        assert (each.estimate.value, each.estimate.low, each.standard_error) == (None, None, None)
        if each.name in ICC and code == "no_pairs":
            assert each.estimate.code == "no_complete_items"
            assert each.estimate.reason == "no item was rated by all 2 raters; two are needed"
        else:
            assert each.estimate.code == code
            assert (each.estimate.reason or "").startswith(reason)


def test_one_item_has_figures_without_intervals() -> None:
    one = Ratings(np.array([[0], [1], [1]]), np.arange(3.0))
    for each in coefficients(one, plan=PLAN):
        estimate = each.estimate
        if each.name in ICC:
            assert estimate.reason == "only one item was rated by all 3 raters; two are needed"
        else:
            assert estimate.value is not None
            assert (estimate.low, estimate.code) == (None, "one_item")
            assert estimate.reason == "one item does not tell how items differ"
            assert (each.items, each.left_out) == (1, 0)


def test_items_that_a_coefficient_leaves_out_are_counted() -> None:
    gaps = rated("0120.2 01.1.2 0122..", 0, 1, 2)
    of = {each.name: each for each in coefficients(gaps, plan=PLAN)}
    assert (of["krippendorff_alpha"].items, of["krippendorff_alpha"].left_out) == (5, 0)
    assert (of["icc_a_1"].items, of["icc_a_1"].left_out) == (3, 2)
    alone = rated("0120 01.. ....", 0, 1, 2)
    of = {each.name: each for each in coefficients(alone, plan=PLAN)}
    assert (of["gwet_ac1"].items, of["gwet_ac1"].left_out) == (2, 2)
    assert of["icc_a_1"].items == 2  # a rater without ratings makes no gap


def test_a_negative_correlation_is_a_value_and_items_all_alike_leave_none() -> None:
    opposed = found(rated("0022 2200", 0, 1, 2))
    assert opposed["icc_c_1"].estimate.value == pytest.approx(-1)
    flat = found(rated("0000 2222", 0, 1, 2))
    assert (flat["icc_c_1"].estimate.value, flat["icc_c_1"].estimate.code) == (None, "no_variance")


def test_two_answers_each_make_percent_agreement_a_share_with_wilsons_interval() -> None:
    share = found(rated("0011 0111 ....", 0, 1))["percent_agreement"].estimate
    assert (share.value, share.method) == (0.75, "identity weights, 95% Wilson score")
    assert share.low == pytest.approx(0.3006, abs=5e-5)  # Newcombe 1998, method 3
    three = found(rated("0011 0111 0...", 0, 1))["percent_agreement"].estimate
    assert "bootstrap BCa" in three.method


def test_values_without_order_have_only_what_needs_none() -> None:
    names = [(each.name, each.metric) for each in which(weights="quadratic", ordered=False)]
    assert names == [
        ("percent_agreement", "identity"),
        ("krippendorff_alpha", "nominal"),
        ("gwet_ac1", "identity"),
        ("fleiss_kappa", "identity"),
        ("conger_kappa", "identity"),
        ("brennan_prediger", "identity"),
    ]


def test_a_coefficient_asked_for_alone_is_the_same_one() -> None:
    ratings = rated(O6, 0, 1, 2, 3)
    for each in coefficients(ratings, weights="linear", plan=PLAN):
        [alone] = coefficients_of(ratings, [Which(each.name, each.metric)], plan=PLAN)
        assert (alone.estimate.value, alone.estimate.low, alone.estimate.high) == pytest.approx(
            (each.estimate.value, each.estimate.low, each.estimate.high), abs=1e-12
        )
        assert alone.estimate.method == each.estimate.method


def test_intervals_and_errors_are_those_of_the_figure_of_each_resample() -> None:
    rng = np.random.default_rng(3)
    other = rng.integers(3, size=(3, 30))
    codes = np.where(rng.random((3, 30)) < 0.7, rng.integers(3, size=30), other)
    ratings = Ratings(codes, np.arange(3.0))
    kinds = kinds_of(ratings)
    plan = Resampling(level=0.9, resamples=2000, seed=1)

    def one_by_one(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        counts = value_counts(kinds.ratings).astype(int)
        drawn = [np.repeat(counts, row.astype(int), axis=0) for row in weights]
        return np.array([[fleiss_reference(items)] for items in drawn])

    [found] = coefficients_of(ratings, [Which("fleiss_kappa", "identity")], plan=plan)
    samples = sampled(one_by_one, kinds.items, plan)
    [expected] = estimates(samples, plan=plan, undefined=[ONE_VALUE])
    assert (found.estimate.low, found.estimate.high) == pytest.approx(
        (expected.low, expected.high), abs=1e-9
    )
    assert found.standard_error == pytest.approx(samples.drawn.std(), rel=0.1)
