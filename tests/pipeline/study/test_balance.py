"""The design report, on studies small enough to count by hand."""

import pytest

from pipeline.study.balance import Imbalance, Range, measure
from pipeline.study.order import Slot

# Two questions, two systems, and a repeat of the first answer.
SLOTS = [Slot(0, 0), Slot(0, 1), Slot(1, 0), Slot(1, 1), Slot(0, 0, repeat_of=0)]


def test_a_report_counts_what_was_drawn() -> None:
    found = measure(SLOTS, {7: [0, 2, 1, 3, 4], 9: [3, 1, 2, 0]})
    assert (found.questions, found.items, found.repeats) == (2, 5, 1)
    assert (found.raters, found.assignments) == (2, 9)
    assert found.items_per_rater == Range(4, 5)
    assert found.answers_per_system == Range(2, 2)
    assert found.questions_per_pair == Range(2, 2)
    assert found.answer_gap == 2
    assert found.repeat_distance == 4
    # System 0 stands at 1, 2, 3 and 4, system 1 at 3, 4, 1 and 2.
    assert found.mean_place == Range(2.5, 2.5)
    assert found.comes_first == Range(0.5, 0.5)


def test_the_largest_imbalance_has_a_name() -> None:
    found = measure(SLOTS, {7: [0, 2, 1, 3, 4], 9: [3, 1, 2, 0]})
    assert found.largest_imbalance == Imbalance("items_per_rater", pytest.approx(1 / 4.5))


def test_a_system_that_always_comes_first_is_found() -> None:
    found = measure(SLOTS[:4], {1: [0, 2, 1, 3], 2: [2, 0, 3, 1]})
    assert found.comes_first == Range(0, 1)
    assert found.mean_place == Range(1.5, 3.5)
    assert found.largest_imbalance == Imbalance("comes_first", 1.0)


def test_a_study_without_raters_has_nothing_to_balance() -> None:
    found = measure(SLOTS, {})
    assert (found.items, found.raters, found.assignments) == (5, 0, 0)
    assert found.items_per_rater is None
    assert found.largest_imbalance is None


def test_pairs_of_raters_without_a_question_in_common_are_counted() -> None:
    found = measure(SLOTS[:4], {1: [0, 1], 2: [2, 3], 3: [0, 2, 1, 3]})
    assert (found.questions_per_pair, found.pairs_apart) == (Range(0, 1), 1)


def test_one_system_and_one_rater_have_no_gap_and_no_pair() -> None:
    found = measure([Slot(0, 0), Slot(1, 0)], {1: [1, 0]})
    assert (found.answer_gap, found.repeat_distance, found.questions_per_pair) == (None, None, None)
