"""Paired differences and Holm's adjustment."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stats.resampling.intervals import Resampling
from pipeline.stats.systems.comparisons import Scores, equals_difference_of_means, holm, paired

PLAN = Resampling(level=0.95, resamples=500, seed=7)
CELLS = st.lists(
    st.tuples(*[st.lists(st.integers(0, 2), max_size=4) for _ in range(2)]), min_size=1, max_size=15
)

Cells = list[tuple[list[int], list[int]]]


def scores(cells: Cells, system: int) -> Scores:
    return Scores(
        np.array([sum(cell[system]) for cell in cells]),
        np.array([len(cell[system]) for cell in cells]),
    )


def fractions(cells: Cells) -> list[Fraction]:
    """The differences of the questions' mean scores, exactly."""
    means = [[Fraction(sum(each), len(each)) for each in cell] for cell in cells if all(cell)]
    return [first - other for first, other in means]


@given(CELLS)
def test_differences_are_exactly_those_of_the_questions_means(cells: Cells) -> None:
    pair = paired(scores(cells, 0), scores(cells, 1))
    expected = fractions(cells)
    assert [Fraction(each, pair.scale) for each in pair.differences.tolist()] == expected
    assert (pair.n, pair.wins, pair.losses, pair.ties) == (
        len(expected),
        sum(each > 0 for each in expected),
        sum(each < 0 for each in expected),
        sum(each == 0 for each in expected),
    )
    assert pair.net == ((pair.wins - pair.losses) / pair.n if pair.n else None)


@given(CELLS)
def test_swapping_the_systems_turns_the_sign_and_keeps_p(cells: Cells) -> None:
    first, other = scores(cells, 0), scores(cells, 1)
    there, back = paired(first, other), paired(other, first)
    assert there.differences.tolist() == [-each for each in back.differences.tolist()]
    assert there.test(PLAN) == back.test(PLAN)
    assert there.net is None if back.net is None else there.net == -back.net


@given(CELLS)
def test_it_is_said_whether_the_difference_is_that_of_the_means(cells: Cells) -> None:
    pair = paired(scores(cells, 0), scores(cells, 1))
    told = [[score for cell in cells for score in cell[system]] for system in (0, 1)]
    if pair.n and all(told):
        means = [Fraction(sum(each), len(each)) for each in told]
        expected = sum(fractions(cells)) / pair.n == means[0] - means[1]
    else:
        expected = False
    assert equals_difference_of_means(scores(cells, 0), scores(cells, 1), pair) is expected


def test_it_is_said_whether_signs_are_as_likely_between_systems_that_are_alike() -> None:
    two, three = np.array([2, 3]), np.array([3, 3])
    assert paired(Scores(two, two), Scores(three, two)).even
    assert not paired(Scores(two, two), Scores(two, three)).even
    lacking = Scores(np.array([0, 2]), np.array([0, 3]))
    assert paired(Scores(two, two), lacking).even


def test_a_question_that_one_lacks_is_no_pair() -> None:
    pair = paired(scores([([1], []), ([2], [0])], 0), scores([([1], []), ([2], [0])], 1))
    assert (pair.n, pair.of_both.tolist(), pair.differences.tolist()) == (1, [False, True], [2])
    nobody = paired(scores([([1], [])], 0), scores([([1], [])], 1))
    assert (nobody.n, nobody.net, nobody.test(PLAN)) == (0, None, None)


def test_numbers_of_scores_without_a_small_common_multiple_are_compared_inexactly() -> None:
    counts = np.array([101, 103, 107, 109])
    pair = paired(Scores(counts, counts), Scores(counts // 2, counts))
    assert pair.scale == 1
    assert pair.differences == pytest.approx(1 - (counts // 2) / counts, abs=1e-15)
    assert not equals_difference_of_means(*[Scores(counts, counts)] * 2, pair)
    test = pair.test(PLAN)
    assert test
    assert "random flips" in test.test


# Adjusted by R's p.adjust and statsmodels' multipletests.
@pytest.mark.parametrize(
    ("p", "adjusted"),
    [
        ([0.01, 0.02, 0.03, 0.04, 0.05], [0.05, 0.08, 0.09, 0.09, 0.09]),
        (
            [0.0003, 0.0412, 0.012, 0.2, 0.03, 0.0006],
            [0.0018, 0.09, 0.048, 0.2, 0.09, 0.003],
        ),
    ],
)
def test_holm_gives_what_others_give(p: list[float], adjusted: list[float]) -> None:
    assert holm(p) == pytest.approx(adjusted, abs=1e-15)


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_is_what_it_is_defined_as(p: list[float]) -> None:
    expected = [
        min(1.0, max((len(p) - sum(other < q for other in p)) * q for q in p if q <= each))
        for each in p
    ]
    assert holm(p) == pytest.approx(expected, abs=1e-15)


def test_a_test_that_could_not_be_made_still_counts_in_the_family() -> None:
    assert holm([0.01, None, 0.04]) == [0.03, None, 0.08]
    assert holm([None]) == [None]
