"""Halo: how alike a rater's scores on different criteria are, beside the others'."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.stats.habits.halo import halo
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.intervals import Resampling

PLAN = Resampling(level=0.95, resamples=500, seed=7)
LEVELS = np.array([0.0, 1.0, 2.0])
QUESTION = np.repeat(np.arange(50), 2)


def study() -> list[Ratings]:
    """Three criteria; the first of three raters gives much the same on all of them."""
    rng = np.random.default_rng(4)
    general = rng.normal(0, 1, (3, 100)) * np.array([2.0, 0.3, 0.3])[:, None]
    values = [general + rng.normal(0, 1, 100) + rng.normal(0, 0.8, (3, 100)) for _ in range(3)]
    return [Ratings((v > -0.5).astype(np.int64) + (v > 0.5), LEVELS) for v in values]


def test_a_planted_halo_is_found_beside_raters_without_one() -> None:
    first, second, third = halo(study(), questions=QUESTION, plan=PLAN)
    assert first.difference.low > 0.2
    assert first.own.value > 0.5
    assert first.difference.value == pytest.approx(first.own.value - first.others.value)
    assert first.others.value == pytest.approx((second.own.value + third.own.value) / 2)
    assert second.difference.high < 0


def test_correlations_are_pearsons_over_answers_that_have_both() -> None:
    criteria = study()
    codes = criteria[1].codes.copy()
    codes[0, ::3] = -1
    criteria[1] = Ratings(codes, LEVELS)
    found = halo(criteria, questions=QUESTION, plan=PLAN)[0]
    both = codes[0] >= 0
    expected = np.corrcoef(criteria[0].codes[0, both], codes[0, both])[0, 1]
    pair = found.pairs[0]
    assert (pair.a, pair.b, pair.n) == (0, 1, int(both.sum()))
    assert pair.correlation == pytest.approx(expected)
    known = [pair.correlation for pair in found.pairs]
    assert found.own.value == pytest.approx(np.mean(np.array(known, dtype=float)))


def test_what_cannot_be_told_is_said() -> None:
    criteria = study()
    (one, *_) = halo(criteria[:1], questions=QUESTION, plan=PLAN)
    assert (one.own.value, one.own.code) == (None, "one_criterion")
    alone = [each.of_raters(np.array([0])) for each in criteria]
    (single,) = halo(alone, questions=QUESTION, plan=PLAN)
    assert single.own.low is not None
    assert (single.others.code, single.difference.code) == ("no_others", "no_others")
    flat = [Ratings(np.where(np.arange(3)[:, None] == 1, 2, c.codes), LEVELS) for c in criteria]
    found = halo(flat, questions=QUESTION, plan=PLAN)
    assert (found[1].own.code, found[1].difference.code) == ("one_value", "one_value")
    assert found[0].others.value == pytest.approx(found[2].own.value)
    few = halo([c.of_items(np.arange(8)) for c in criteria], questions=QUESTION[:8], plan=PLAN)
    assert (few[0].own.low, few[0].own.code) == (None, "few_questions")
    none = [Ratings(np.full((2, 4), -1), LEVELS)] * 2
    assert halo(none, questions=np.arange(4), plan=PLAN)[0].own.code == "one_value"


def test_the_order_of_raters_and_units_changes_nothing() -> None:
    criteria = study()
    rng = np.random.default_rng(1)
    units, raters = rng.permutation(100), np.array([2, 0, 1])
    mixed = [Ratings(each.codes[raters][:, units], LEVELS) for each in criteria]
    found = halo(mixed, questions=rng.permutation(50)[QUESTION[units]], plan=PLAN)
    before = halo(criteria, questions=QUESTION, plan=PLAN)
    values: NDArray[np.float64] = np.array([before[old].own.value for old in raters])
    assert np.array([each.own.value for each in found]) == pytest.approx(values)
