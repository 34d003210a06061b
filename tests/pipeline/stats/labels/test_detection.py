"""The quality of a yes-or-no detector, against published values and scikit-learn."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from pipeline.stats.labels.detection import (
    TwoByTwo,
    always_flag,
    binary_quality,
    mcnemar,
    never_flag,
    two_by_two,
)
from pipeline.stats.resampling.intervals import Estimate, Resampling, wilson

NAMES = ("accuracy", "precision", "recall", "specificity", "f1", "kappa", "mcc")
PAPER = TwoByTwo(144, 144, 11, 201)


def quality(table: TwoByTwo, *, resamples: int = 200, seed: int = 7) -> dict[str, Estimate]:
    return binary_quality(table, plan=Resampling(0.95, resamples, seed))


def answers(table: TwoByTwo) -> tuple[list[bool], list[bool]]:
    gold = [True] * table.tp + [False] * table.fp + [True] * table.fn + [False] * table.tn
    found = [True] * (table.tp + table.fp) + [False] * (table.fn + table.tn)
    return gold, found


def test_a_table_behind_the_papers_table_3_gives_it_and_the_precision_that_it_leaves_out() -> None:
    found = quality(PAPER)
    values = {name: round(found[name].value or 0, 2) for name in NAMES}
    assert (values["accuracy"], values["recall"], values["f1"]) == (0.69, 0.93, 0.65)
    assert found["precision"].value == 0.5
    assert tuple(found) == NAMES


def test_shares_have_wilsons_interval_and_the_rest_the_bootstraps() -> None:
    found = quality(PAPER, resamples=10_000)
    assert found["accuracy"] == wilson(345, 500, level=0.95)
    assert found["precision"] == wilson(144, 288, level=0.95)
    assert found["recall"] == wilson(144, 155, level=0.95)
    assert found["specificity"] == wilson(201, 345, level=0.95)
    for name in ("f1", "kappa", "mcc"):
        assert found[name].method == "bootstrap BCa, 10000 resamples of items, seed 7"
        assert found[name].code is None


def test_the_bootstrap_of_f1_is_as_wide_as_the_delta_method_says() -> None:
    # F1 = 2 tp / (2 tp + fp + fn) is a smooth function of multinomial shares; with
    # g = dF/dp, Var = (sum p g^2 - (sum p g)^2) / n.
    cells = np.array(PAPER.cells)
    p = cells / PAPER.n
    below = 2 * p[0] + p[1] + p[2]
    g = np.array([2 * (p[1] + p[2]), -2 * p[0], -2 * p[0], 0]) / below**2
    half = 1.959964 * np.sqrt((p @ g**2 - (p @ g) ** 2) / PAPER.n)
    f1 = quality(PAPER, resamples=20_000)["f1"]
    assert f1.low is not None
    assert f1.high is not None
    assert f1.high - f1.low == pytest.approx(2 * half, rel=0.03)


@settings(deadline=None)
@given(st.tuples(*[st.integers(0, 9)] * 4))
def test_every_figure_is_scikit_learns_or_undefined_where_that_divides_by_zero(
    cells: tuple[int, int, int, int],
) -> None:
    table = TwoByTwo(*cells)
    gold, found = answers(table)
    ours = {name: estimate.value for name, estimate in quality(table, resamples=1).items()}
    if not table.n:
        assert set(ours.values()) == {None}
        return
    assert two_by_two(np.array(gold), np.array(found)) == table
    tp, fp, fn, tn = cells
    expected: dict[str, float | None] = {
        "accuracy": metrics.accuracy_score(gold, found),
        "precision": metrics.precision_score(gold, found, zero_division=0) if tp + fp else None,
        "recall": metrics.recall_score(gold, found, zero_division=0) if tp + fn else None,
        "specificity": tn / (tn + fp) if tn + fp else None,
        "f1": metrics.f1_score(gold, found) if tp + fp + fn else None,
        "kappa": metrics.cohen_kappa_score(gold, found) if len({*gold, *found}) == 2 else None,
        "mcc": metrics.matthews_corrcoef(gold, found)
        if len({*gold}) == len({*found}) == 2
        else None,
    }
    for name in NAMES:
        assert ours[name] == (expected[name] and pytest.approx(expected[name], abs=1e-12)), name


@pytest.mark.parametrize(
    ("table", "undefined"),
    [
        (TwoByTwo(0, 0, 0, 0), dict.fromkeys(NAMES, "no_items")),
        (TwoByTwo(0, 0, 3, 4), {"precision": "nothing_found", "mcc": "no_contrast"}),
        (TwoByTwo(3, 4, 0, 0), {"mcc": "no_contrast"}),
        (TwoByTwo(0, 3, 0, 4), {"recall": "no_positives", "mcc": "no_contrast"}),
        (TwoByTwo(3, 0, 4, 0), {"specificity": "no_negatives", "mcc": "no_contrast"}),
        (
            TwoByTwo(0, 0, 0, 5),
            {
                "precision": "nothing_found",
                "recall": "no_positives",
                "f1": "neither_has_any",
                "kappa": "one_answer",
                "mcc": "no_contrast",
            },
        ),
        (
            TwoByTwo(5, 0, 0, 0),
            {"specificity": "no_negatives", "kappa": "one_answer", "mcc": "no_contrast"},
        ),
    ],
)
def test_what_is_nothing_of_nothing_is_undefined_and_says_why(
    table: TwoByTwo, undefined: dict[str, str]
) -> None:
    found = quality(table)
    codes = {name: each.code for name, each in found.items() if each.value is None}
    assert codes == undefined
    assert all(each.reason for each in found.values() if each.code)
    assert all(each.low is None for each in found.values() if each.value is None)


def test_with_nothing_found_rightly_f1_is_0_though_precision_is_undefined() -> None:
    found = quality(TwoByTwo(0, 0, 3, 4))
    assert (found["f1"].value, found["precision"].value) == (0.0, None)
    assert found["f1"].code == "no_spread"


def test_a_perfect_detector_has_wilsons_intervals_but_no_bootstrap_ones() -> None:
    found = quality(TwoByTwo(40, 0, 0, 60))
    assert found["recall"].high == 1.0
    assert {found[name].code for name in ("f1", "kappa", "mcc")} == {"no_spread"}
    assert {found[name].value for name in NAMES} == {1.0}


@settings(deadline=None)
@given(st.permutations(range(20)))
def test_the_order_of_the_items_does_not_matter(order: list[int]) -> None:
    gold, found = (np.array(each) for each in answers(TwoByTwo(6, 4, 3, 7)))
    assert two_by_two(gold[order], found[order]) == two_by_two(gold, found)


def test_the_baselines_flag_none_or_all_of_the_same_items() -> None:
    assert never_flag(PAPER) == TwoByTwo(0, 0, 155, 345)
    assert always_flag(PAPER) == TwoByTwo(155, 345, 0, 0)
    assert quality(never_flag(PAPER))["accuracy"].value == 0.69
    assert quality(always_flag(PAPER))["recall"].value == 1.0


def test_mcnemars_test_gives_the_published_values() -> None:
    # ORACLES O18: Agresti, approval ratings 794, 150; 86, 570.
    test = mcnemar(150, 86)
    assert test.statistic == pytest.approx(17.355932, abs=5e-7)
    assert test.p == pytest.approx(3.7159e-05, abs=5e-10)
    assert (test.n_discordant, test.method) == (236, "McNemar, exact")


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemars_p_is_the_exact_binomial_one_whichever_detector_comes_first(
    a: int, b: int
) -> None:
    test = mcnemar(a, b)
    assert (mcnemar(b, a).p, mcnemar(b, a).statistic) == (test.p, test.statistic)
    if not a + b:
        assert (test.p, test.statistic, test.code) == (None, None, "no_discordant")
        return
    tail = sum(comb(a + b, k) for k in range(min(a, b) + 1))
    assert test.p == pytest.approx(float(min(1, Fraction(2 * tail, 2 ** (a + b)))), rel=1e-12)
    assert test.p == pytest.approx(stats.binomtest(a, a + b).pvalue, rel=1e-9)


def test_what_is_no_count_and_answers_that_do_not_match_are_refused() -> None:
    with pytest.raises(ValueError, match="-1 is no count"):
        TwoByTwo(1, -1, 0, 0)
    with pytest.raises(ValueError, match="-2 is no count"):
        mcnemar(3, -2)
    with pytest.raises(ValueError, match=r"gold has \(2,\) answers and the detector \(1,\)"):
        two_by_two(np.array([True, False]), np.array([True]))
