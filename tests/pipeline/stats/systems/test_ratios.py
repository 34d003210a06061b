"""Means as ratios of sums over questions, and their intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pipeline.stats.resampling.intervals import Estimate, Resampling
from pipeline.stats.systems.ratios import NO_SCORES, Ratio, fewest_questions, intervals, resample

PLAN = Resampling(level=0.95, resamples=4000, seed=7)


def ratio(sums: list[int], counts: list[int]) -> Ratio:
    return Ratio(np.array(sums, dtype=float), np.array(counts, dtype=float), NO_SCORES)


def found(*ratios: Ratio, plan: Resampling = PLAN) -> tuple[Estimate, ...]:
    return intervals(ratios, resample(ratios, plan), plan)


def test_the_interval_is_scipys_bca_but_for_the_chance_of_the_draw() -> None:
    sums = np.random.default_rng(2).binomial(10, 0.8, size=60)
    (mean,) = found(ratio(sums.tolist(), [5] * 60), plan=Resampling(0.95, 50_000, 1))
    theirs = stats.bootstrap(
        (sums / 5,), np.mean, n_resamples=50_000, method="BCa", rng=np.random.default_rng(1)
    ).confidence_interval
    assert mean.value == pytest.approx(sums.mean() / 5, abs=1e-15)
    assert (mean.low, mean.high) == pytest.approx((theirs.low, theirs.high), abs=0.004)
    assert mean.method == ("bootstrap BCa, 50000 resamples of questions, raters held fixed, seed 1")


def test_all_figures_come_from_the_same_resamples() -> None:
    rng = np.random.default_rng(3)
    first, other = rng.integers(0, 11, size=(2, 40)).tolist()
    a, b, apart = (ratio(each, [5] * 40) for each in
                   (first, other, [x - y for x, y in zip(first, other, strict=True)]))  # fmt: skip
    samples = resample([a, b, apart], PLAN)
    assert samples.drawn[:, 2] == pytest.approx(samples.drawn[:, 0] - samples.drawn[:, 1])
    alone = resample([a], PLAN)
    assert alone.values[0] == samples.values[0]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 5)), min_size=6, max_size=20),
       st.randoms(use_true_random=False))  # fmt: skip
def test_the_order_of_the_questions_does_not_matter(rows: list[tuple[int, int]], dice) -> None:  # type: ignore[no-untyped-def]
    told = [(sums if counts else 0, counts) for sums, counts in rows]
    shuffled = list(told)
    dice.shuffle(shuffled)
    plan = Resampling(0.9, 300, 5)
    there, back = (
        found(ratio([s for s, _ in each], [c for _, c in each]), plan=plan)
        for each in (told, shuffled)
    )
    assert there == back


@pytest.mark.parametrize(
    ("sums", "counts", "code"),
    [
        ([], [], "no_scores"),
        ([0, 0], [0, 0], "no_scores"),
        ([3, 0], [5, 0], "one_question"),
        ([3, 4, 5, 6, 7, 0], [5, 5, 5, 5, 5, 0], "few_questions"),
        ([2, 4, 6, 2, 2, 2], [1, 2, 3, 1, 1, 1], "no_spread"),
    ],
)
def test_what_cannot_be_told_is_said_in_words(
    sums: list[int], counts: list[int], code: str
) -> None:
    (mean,) = found(ratio(sums, counts))
    assert (mean.low, mean.high, mean.code) == (None, None, code)
    assert mean.reason
    assert mean.value == (sum(sums) / sum(counts) if sum(counts) else None)


def test_a_figure_of_few_of_many_questions_says_in_how_many_resamples_it_is_undefined() -> None:
    most = ratio([1, 2] * 50, [5] * 100)
    few = ratio([1, 2, 3, 4, 5, 6] + [0] * 94, [5] * 6 + [0] * 94)
    _, of_few = found(most, few)
    assert of_few.value == 21 / 30
    assert of_few.low is not None
    assert "undefined in" in of_few.method


def test_fewer_questions_than_the_level_needs_have_no_interval() -> None:
    # All n on one side of the truth: 2^(1 - n) is 0.0625 for 5 and 0.03125 for 6.
    assert [fewest_questions(level) for level in (0.5, 0.9, 0.9375, 0.95, 0.99)] == [2, 5, 5, 6, 8]
