"""What varies in a study's scores: recovered where it is known, by hand where it is simple."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stats.planning.components import Fitted, fitted, implied
from pipeline.stats.planning.simulation import Design, Deviations, Population, draw
from pipeline.stats.ratings import MISSING, Ratings

SPREAD = Deviations(item=0.6, item_system=0.8, rater=0.5, item_rater=0.4)
SCALE = Population((0, 1, 2), (0.15, 0.35, 0.5), SPREAD)
NAMES = ("item", "item_system", "rater", "item_rater")


def fit(codes: np.ndarray, levels: int = 3) -> Fitted:
    """Fit codes of shape (systems, raters, items), -1 where missing."""
    systems, raters, items = codes.shape
    units = np.moveaxis(codes, 1, 0).reshape(raters, -1).astype(np.int64)
    question = np.tile(np.arange(items), systems)
    system = np.repeat(np.arange(systems), items)
    return fitted(Ratings(units, np.arange(float(levels))), question, system)


def studies(n: int, items: int = 80, raters: int = 8, shift: float = 0.0) -> np.ndarray:
    shifts = np.array([-shift / 2, shift / 2])
    return np.concatenate(
        list(draw(SCALE, Design(items, raters), shifts, simulations=n, seed=11))
    ).astype(np.int64)


@pytest.mark.parametrize("gaps", [False, True])
def test_on_average_it_finds_what_the_scores_were_drawn_from(*, gaps: bool) -> None:
    drawn = studies(250, shift=0.4)
    if gaps:  # each question has three of the eight raters, and a tenth of the scores is missing
        rng = np.random.default_rng(1)
        assigned = np.argsort(rng.random((8, 80)), axis=0) < 3
        drawn[:, :, ~assigned] = MISSING
        drawn[rng.random(drawn.shape) < 0.1] = MISSING
    found = [fit(codes) for codes in drawn]
    variances = np.array(
        [[getattr(f.population.deviations, name) ** 2 for name in NAMES] for f in found]
    )
    expected = [getattr(SPREAD, name) ** 2 for name in NAMES]
    assert np.median(variances, axis=0) == pytest.approx(expected, rel=0.15, abs=0.03)
    shares = np.array([f.population.shares for f in found])
    # Halfway between two systems that lie apart.
    assert shares.mean(axis=0) == pytest.approx(SCALE.shares, abs=0.012)


def test_the_population_has_the_correlations_of_the_scores() -> None:
    found = fit(studies(1)[0])
    assert not found.at_zero
    told, seen = vars(implied(found.population)), vars(found.alike)
    assert told == pytest.approx(seen, abs=1e-9)
    assert (found.scores, found.questions, found.systems, found.raters) == (1280, 80, 2, 8)


def test_alike_by_hand() -> None:
    # One system, two raters, two questions: scores (0, 0) and (1, 2). Pairs of an answer: 0 and 1
    # apart, squares 0 + 1 over 2. Pairs of different raters and questions: 0 and 2, 0 and 1, so
    # 4 + 1 over 2. Half of each is 1/4 and 5/4: the correlation is 1 - 1/5.
    found = fit(np.array([[[0, 1], [0, 2]]]))
    assert found.alike.answer == pytest.approx(0.8)
    # Pairs of a rater: 0 and 1, 0 and 2: squares 1 + 4 over 2, as far apart as any.
    assert found.alike.rater == pytest.approx(0.0)
    assert (found.alike.question, found.alike.rater_and_question) == (None, None)


def test_with_one_system_all_that_answers_differ_by_is_the_item() -> None:
    deviations = fit(studies(1)[0][:1]).population.deviations
    assert deviations.item > 0
    assert (deviations.item_system, deviations.item_rater) == (0.0, 0.0)


@given(st.randoms(use_true_random=False))
def test_names_of_raters_and_order_do_not_matter(random) -> None:
    codes = studies(1, items=12, raters=3)[0]
    raters, items = random.sample(range(3), k=3), random.sample(range(12), k=12)
    there, moved = fit(codes), fit(codes[:, raters][:, :, items])
    assert vars(moved.alike) == pytest.approx(vars(there.alike), abs=1e-12)
    assert moved.population.shares == pytest.approx(there.population.shares)


def test_raters_who_always_agree_leave_a_small_residual_and_no_severity() -> None:
    codes = np.repeat(studies(1, raters=1)[0], 3, axis=1)
    found = fit(codes)
    assert found.alike.answer == pytest.approx(1.0)
    deviations = found.population.deviations
    assert deviations.rater < 0.2 * deviations.item_system
    assert "rater" in found.at_zero or deviations.rater >= 0


def test_what_is_estimated_below_0_counts_as_0_and_is_named() -> None:
    # Whoever scores low on one answer to a question scores high on the other.
    half = np.tile([[0, 2, 0, 2, 0, 2], [2, 0, 2, 0, 1, 1]], (1, 4))
    found = fit(np.stack([half, 2 - half]))
    assert {"item", "item_rater"} & set(found.at_zero)
    for name in found.at_zero:
        assert getattr(found.population.deviations, name) == 0


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ([[[1, 1, 1], [1, 1, 1]]], "all scores are the same"),
        ([[[0, 1, 2]]], "two raters with scores on two questions"),
        ([[[0, 1, -1], [-1, -1, 2]]], "no answer has two scores"),
        ([[[0], [1]]], "two raters with scores on two questions"),
        ([[[0, 1], [-1, 1]], [[-1, -1], [-1, -1]]], None),
    ],
)
def test_scores_that_do_not_tell_what_varies_are_refused(codes: list, said: str | None) -> None:
    if said is None:
        assert fit(np.array(codes)).systems == 1
        return
    with pytest.raises(ValueError, match=said):
        fit(np.array(codes))
