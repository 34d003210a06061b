"""Means over judgements, with intervals over questions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipeline.stats.resampling.intervals import Estimate
from pipeline.stats.systems.means import mean_over_questions


def mean_of(scores: list[int], questions: list[int], level: float = 0.95) -> Estimate:
    return mean_over_questions(
        np.array(scores, dtype=np.int64),
        np.array(questions, dtype=np.int64),
        level=level,
    )


def test_with_equally_many_scores_it_is_students_interval_over_the_questions_means() -> None:
    drawn = np.random.default_rng(1).integers(0, 3, size=(40, 5))
    mean = mean_of(drawn.ravel().tolist(), np.repeat(np.arange(40), 5).tolist())
    student = stats.ttest_1samp(drawn.mean(axis=1), 0).confidence_interval(0.95)
    assert mean.value == drawn.mean()
    assert (mean.low, mean.high) == pytest.approx((student.low, student.high), abs=1e-12)
    assert mean.method == "t, questions as clusters"


def test_with_one_score_a_question_it_is_students_interval_over_the_scores() -> None:
    scores = [0, 1, 2, 2, 1, 1, 0, 2]
    student = stats.ttest_1samp(scores, 0).confidence_interval(0.9)
    mean = mean_of(scores, list(range(8)), level=0.9)
    assert (mean.low, mean.high) == pytest.approx((student.low, student.high), abs=1e-12)
    assert mean.level == 0.9


def test_a_question_with_more_scores_weighs_more() -> None:
    # s = (2, 0), n = (1, 3), R = 2/4: residuals 1.5 and -1.5, variance 2/1 * 4.5/16 = 0.5625,
    # and t(1) at 0.975 is 12.7062.
    mean = mean_of([2, 0, 0, 0], [7, 9, 9, 9])
    assert mean.value == 0.5
    assert mean.low is not None
    assert 0.5 - mean.low == pytest.approx(12.7062047 * 0.75, abs=1e-6)


def test_scores_of_the_same_question_do_not_count_as_independent() -> None:
    once = mean_of([0, 2, 1, 2, 0, 1], [1, 2, 3, 4, 5, 6])
    five_times = mean_of([0, 2, 1, 2, 0, 1] * 5, [1, 2, 3, 4, 5, 6] * 5)
    assert (five_times.low, five_times.high) == pytest.approx((once.low, once.high), abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4)), min_size=1, max_size=30))
def test_the_order_of_the_scores_does_not_matter(pairs: list[tuple[int, int]]) -> None:
    there = mean_of([s for s, _ in pairs], [i for _, i in pairs])
    back = mean_of([s for s, _ in reversed(pairs)], [i for _, i in reversed(pairs)])
    assert there == back


@pytest.mark.parametrize(
    ("scores", "questions", "code"),
    [
        ([], [], "no_scores"),
        ([0, 1, 2], [4, 4, 4], "one_question"),
        ([2, 2, 2], [1, 2, 3], "no_spread"),
        ([0, 2, 1, 1], [1, 1, 2, 2], "no_spread"),
    ],
)
def test_what_cannot_be_told_is_said_in_words(
    scores: list[int], questions: list[int], code: str
) -> None:
    mean = mean_of(scores, questions)
    assert (mean.low, mean.high, mean.code) == (None, None, code)
    assert mean.reason
    assert mean.value == (sum(scores) / len(scores) if scores else None)
