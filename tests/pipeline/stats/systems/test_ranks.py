"""Ranks over resamples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import rankdata

from pipeline.stats.resampling.intervals import Resampling, Undefined
from pipeline.stats.systems.ranks import ranked, ranks

PLAN = Resampling(level=0.9, resamples=1000, seed=7)


@given(arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 6)),
              elements=st.sampled_from([0.0, 0.5, 1.0, 1.25])))  # fmt: skip
def test_ranks_are_scipys_average_ranks_with_the_highest_first(means: np.ndarray) -> None:
    assert np.array_equal(ranks(means), rankdata(-means, method="average", axis=1))


def test_a_rank_has_the_ends_that_resamples_have_and_its_share_of_being_best() -> None:
    # The first is ahead in 90 of 100 resamples, the second in 8; in 2 they are equal.
    drawn = np.array([[2.0, 1.0, 0.0]] * 90 + [[1.0, 2.0, 0.0]] * 8 + [[1.0, 1.0, 0.0]] * 2)
    first, second, third = ranked(np.array([1.5, 1.0, 0.0]), drawn, PLAN)
    assert (first.rank.value, first.rank.low, first.rank.high) == (1, 1, 2)
    assert (second.rank.value, second.rank.low, second.rank.high) == (2, 1, 2)
    assert (third.rank.low, third.rank.high, third.best) == (3, 3, 0)
    assert (first.best, second.best) == pytest.approx((0.91, 0.09))
    assert (first.mean, second.mean) == pytest.approx((0.9 + 0.16 + 0.03, 1.8 + 0.08 + 0.03))
    assert first.rank.method == (
        "bootstrap percentile, 1000 resamples of questions, raters held fixed, seed 7"
    )


def test_all_places_are_shared_out_in_every_resample() -> None:
    drawn = np.random.default_rng(1).integers(0, 3, size=(500, 5)).astype(float)
    found = ranked(drawn[0], drawn, PLAN)
    assert sum(each.best or 0 for each in found) == pytest.approx(1)
    assert sum(each.mean or 0 for each in found) == pytest.approx(15)


def test_who_has_no_scores_is_not_ranked_among_the_others() -> None:
    drawn = np.column_stack([np.full(10, 1.0), np.full(10, np.nan), np.full(10, 2.0)])
    first, none, last = ranked(np.array([1.0, np.nan, 2.0]), drawn, PLAN)
    assert (first.rank.value, last.rank.value, last.best) == (2, 1, 1)
    assert (none.rank.value, none.rank.code, none.best) == (None, "no_scores", None)


def test_too_many_resamples_without_a_score_leave_the_rank_without_an_interval() -> None:
    drawn = np.array([[1.0, 2.0]] * 90 + [[np.nan, 2.0]] * 10)
    first, _ = ranked(np.array([1.0, 2.0]), drawn, PLAN)
    assert (first.rank.value, first.rank.low, first.best) == (2, None, None)
    assert first.rank.reason == (
        "in 10.0% of the resamples a system has no score, too many for ranks"
    )
    few = Undefined("few_questions", "too few")
    refused, _ = ranked(np.array([1.0, 2.0]), drawn, PLAN, few)
    assert (refused.rank.value, refused.rank.code) == (2, "few_questions")
