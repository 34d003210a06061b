"""The score of many answers comes from sums, and says so where there is none."""

import numpy as np
import pytest

from pipeline.metrics import whole
from pipeline.metrics.known import KNOWN
from tests.pipeline.metrics.drawn_texts import aggregate


def test_a_mean_is_a_mean_and_a_ratio_is_one_of_sums() -> None:
    assert aggregate("meteor", [0.25, 0.75], [None, None]) == 0.5
    assert aggregate("length-ratio", [0.5, 2.0], [[50, 100], [20, 10]]) == 70 / 110
    assert aggregate("five-parts", [1.0, 0.0, 0.0, 1.0], [None] * 4) == 0.5


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_without_answers_there_is_no_score(name: str) -> None:
    rows = {"bleu": 10, "chrf": 18}.get(KNOWN[name].whole, 2)
    assert np.isnan(whole.figure(name)(np.zeros((rows, 1)))).all()


def test_an_answer_without_any_common_word_has_the_score_0() -> None:
    assert whole.bleu(np.array([[3, 3, 0, 0, 0, 0, 3, 2, 1, 0.0]]).T).tolist() == [0.0]
    assert whole.chrf(np.array([[3, 3, 0, 2, 2, 0.0]]).T).tolist() == [0.0]


def test_short_answers_are_held_short_by_the_brevity_penalty() -> None:
    # all of 4 tokens are right, but the reference has 8: exp(1 - 8 / 4)
    (found,) = whole.bleu(np.array([[4, 8, 4, 3, 2, 1, 4, 3, 2, 1.0]]).T)
    assert found == pytest.approx(100 * np.exp(-1))
