"""Cohen's kappa of every two raters, against published values and scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from pipeline.stats.agreement.pairs import Pair, cohen, cohen_error, cross_table, pairs
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.intervals import Resampling
from tests.pipeline.stats.oracles import (
    O10_COHEN,
    O10_FLEISS,
    O11,
    O12,
    O12_PARADOX,
    cells,
    rated,
)

PLAN = Resampling(level=0.95, resamples=40, seed=7)


def of_table(text: str) -> Ratings:
    codes = np.stack(cells(text))
    return Ratings(codes, np.arange(codes.max() + 1.0))


def only(text: str) -> Pair:
    [found] = pairs(of_table(text), plan=PLAN)
    return found


def kappa(text: str, weights: NDArray[np.float64]) -> float:
    ratings = of_table(text)
    return cohen(ratings, [weights])(np.ones((1, ratings.codes.shape[1]))).item()


def test_cohens_own_table_has_his_kappas() -> None:
    # ORACLES O10: Cohen 1968, .492 and, by disagreement weights, .348; R psych's help.
    disagreement = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]])
    assert only(O10_COHEN).kappa.value == pytest.approx(0.491525, abs=6e-7)
    assert kappa(O10_COHEN, 1 - disagreement / 6) == pytest.approx(0.347826, abs=6e-7)


def test_similarity_weights_and_standard_errors_are_those_of_fleiss_cohen_and_everitt() -> None:
    # ORACLES O10: Fleiss, Cohen and Everitt 1969; linear and quadratic by scikit-learn.
    found = only(O10_FLEISS)
    similarity = np.array([[1, 0, 0.4444], [0, 1, 0.6667], [0.4444, 0.6667, 1]])
    assert found.kappa.value == pytest.approx(0.428571, abs=6e-7)
    assert kappa(O10_FLEISS, similarity) == pytest.approx(0.507070, abs=6e-5)
    assert found.kappa_error == pytest.approx(0.0537, abs=6e-5)
    assert cohen_error(found.table, similarity) == pytest.approx(0.0570, abs=6e-5)
    assert found.linear.value == pytest.approx(0.492308, abs=6e-7)
    assert found.quadratic.value == pytest.approx(0.566667, abs=6e-7)


def test_raters_of_anxiety_have_the_kappas_of_r() -> None:
    # ORACLES O11: R irr and scikit-learn.
    found = pairs(rated(O11, 1, 2, 3, 4, 5, 6), plan=PLAN)
    assert [(pair.a, pair.b, pair.n) for pair in found] == [(0, 1, 20), (0, 2, 20), (1, 2, 20)]
    first = found[0]
    values = (first.kappa.value, first.linear.value, first.quadratic.value)
    assert values == pytest.approx((0.119497, 0.189189, 0.296765), abs=6e-7)


def test_two_abstractors_have_gwets_kappa_and_error() -> None:
    # ORACLES O12: Gwet's cont3x3abstractors.
    found = only(O12)
    assert found.kappa.value == pytest.approx(0.7964094, abs=6e-8)
    assert found.kappa_error == pytest.approx(0.0589107, abs=6e-8)
    assert found.table.tolist() == [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
    assert found.pabak == pytest.approx(0.835)  # Brennan and Prediger's


@pytest.mark.parametrize(
    ("table", "kappa", "prevalence", "bias", "pabak"),
    [
        (O12_PARADOX[0], 0.70, 0.05, 0.03, 0.70),
        (O12_PARADOX[1], 0.32, 0.75, 0.05, 0.70),
        (O12_PARADOX[2], 0.13, 0.30, 0.10, 0.20),
        (O12_PARADOX[3], 0.26, 0.10, 0.30, 0.20),
    ],
)
def test_beside_each_kappa_stands_what_moves_it(
    table: str, kappa: float, prevalence: float, bias: float, pabak: float
) -> None:
    # ORACLES O12: Feinstein and Cicchetti 1990; the indices by Byrt and others 1993, by hand.
    found = only(table)
    assert found.kappa.value == pytest.approx(kappa, abs=0.005)
    assert found.prevalence_index == pytest.approx(prevalence)
    assert found.bias_index == pytest.approx(bias)
    assert found.pabak == pytest.approx(pabak)


tables = (
    st.integers(2, 5)
    .flatmap(
        lambda q: st.lists(
            st.lists(st.integers(0, 9), min_size=q, max_size=q), min_size=q, max_size=q
        )
    )
    .map(np.array)
    .filter(lambda counts: counts.sum() > 0)
)


@settings(deadline=None, max_examples=100)
@given(tables)
def test_agreement_prevalence_and_bias_make_kappa_of_any_number_of_values(
    table: NDArray[np.int64],
) -> None:
    # Byrt and others 1993, formula 5, which the indices carry on to more values than two.
    found = only("; ".join(",".join(map(str, row)) for row in table))
    if found.kappa.value is None or len(found.table) < 2:
        return
    assert found.prevalence_index is not None
    assert found.bias_index is not None
    assert found.pabak is not None
    moved = found.bias_index**2 - found.prevalence_index**2
    assert found.kappa.value == pytest.approx((found.pabak + moved) / (1 + moved), abs=1e-9)
    assert 0 <= found.prevalence_index <= 1 + 1e-12
    assert 0 <= found.bias_index <= 1 + 1e-12


@settings(deadline=None, max_examples=100)
@given(tables)
def test_kappas_of_any_table_are_those_of_scikit_learn(table: NDArray[np.int64]) -> None:
    a, b = (np.repeat(places, table.ravel()) for places in np.indices(table.shape).reshape(2, -1))
    [found] = pairs(Ratings(np.stack([a, b]), np.arange(float(len(table)))), plan=PLAN)
    labels = np.arange(len(table))
    for ours, weights in (
        (found.kappa, None),
        (found.linear, "linear"),
        (found.quadratic, "quadratic"),
    ):
        if ours.value is None:
            assert len(set(a) | set(b)) == 1
        else:
            theirs = cohen_kappa_score(a, b, labels=labels, weights=weights)
            assert ours.value == pytest.approx(theirs, abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(tables, st.integers(0, 2**32 - 1))
def test_the_error_is_how_kappa_varies_between_samples(table: NDArray[np.int64], seed: int) -> None:
    # The linearisation of kappa at the table, by moving one item in a million.
    n = 1_000_000
    many = table * n // table.sum()
    error = cohen_error(many, np.eye(len(table)))
    if error is None:
        return
    cells, weights = many.ravel().astype(float), [np.eye(len(table))]
    codes = np.indices(many.shape).reshape(2, -1)
    of = cohen(Ratings(codes, np.arange(float(len(table)))), weights)
    moved = of(cells + np.eye(cells.size))[:, 0] - of(cells[None]).item()
    assert error == pytest.approx((cells @ moved**2) ** 0.5, rel=1e-3)


def test_raters_are_paired_by_item_and_not_by_the_order_of_their_ratings() -> None:
    apart = rated("01.2 .012", 0, 1, 2)
    [found] = pairs(apart, plan=PLAN)
    assert found.n == 2
    assert cross_table(apart, 0, 1).tolist() == [[0, 0, 0], [1, 0, 0], [0, 0, 1]]


def test_raters_without_an_item_in_common_have_no_kappa_and_no_indices() -> None:
    found = pairs(rated("012... ...012 012012", 0, 1, 2), plan=PLAN)
    none = found[0]
    assert (none.a, none.b, none.n, none.table.sum()) == (0, 1, 0, 0)
    for estimate in (none.kappa, none.linear, none.quadratic):
        assert (estimate.value, estimate.low, estimate.code) == (None, None, "no_pairs")
        assert estimate.reason == "no item has a rating of both; one is enough for a figure"
    assert (none.prevalence_index, none.bias_index, none.pabak) == (None, None, None)
    assert (none.kappa_error, none.linear_error, none.quadratic_error) == (None, None, None)
    assert [pair.kappa.value for pair in found[1:]] == [1, 1]


def test_raters_who_gave_one_value_have_no_kappa_but_indices() -> None:
    [found] = pairs(rated("1111 1111", 0, 1, 2), plan=PLAN)
    assert (found.kappa.value, found.kappa.code, found.kappa_error) == (None, "one_value", None)
    assert (found.prevalence_index, found.bias_index, found.pabak) == pytest.approx((1, 0, 1))


def test_values_without_order_have_no_weighted_kappa() -> None:
    [found] = pairs(rated("0112 0122", 0, 1, 2), ordered=False, plan=PLAN)
    assert found.kappa.value is not None
    assert (found.linear.value, found.quadratic.code) == (None, "no_order")
    assert (found.linear_error, found.quadratic_error) == (None, None)
    assert found.linear.reason == "the values have no order, so none are nearer than others"


def test_all_three_kappas_have_intervals_from_the_same_resamples() -> None:
    # Of two values all weights are the same, and so must be the intervals.
    [found] = pairs(rated("0011010111 0111010011", 0, 1), plan=Resampling(0.95, 500, seed=3))
    kappas = (found.kappa, found.linear, found.quadratic)
    assert found.kappa.low is not None
    assert len({(each.value, each.low, each.high) for each in kappas}) == 1
    for each, weights in zip(kappas, ("identity", "linear", "quadratic"), strict=True):
        assert each.method == (
            f"{weights} weights, 95% bootstrap BCa, 500 resamples of items, raters held fixed,"
            " seed 3"
        )


def test_too_many_pairs_have_the_same_kappas_but_no_intervals() -> None:
    # 20 raters are 190 pairs; those of 21 have values alone, whatever the other raters gave.
    codes = np.random.default_rng(3).integers(-1, 3, (21, 40))
    scale = np.arange(3.0)
    few, many = (pairs(Ratings(codes[:n], scale), plan=PLAN) for n in (20, 21))
    assert (len(few), len(many)) == (190, 210)
    of_few = {(pair.a, pair.b): pair for pair in few}
    for pair in many:
        assert (pair.kappa.low, pair.kappa.code) == (None, "many_pairs")
        assert "190 (20 raters) would be few enough" in (pair.kappa.reason or "")
        if (pair.a, pair.b) in of_few:
            alike = of_few[pair.a, pair.b]
            assert (pair.kappa.value, pair.linear.value) == (alike.kappa.value, alike.linear.value)
            assert (pair.quadratic_error, alike.kappa.low is None) == (alike.quadratic_error, False)
