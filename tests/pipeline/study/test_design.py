"""Who judges what, and what is judged twice."""

import time
from collections import Counter
from itertools import combinations, permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.study.design import judges, repeated, system_codes


@given(
    questions=st.integers(1, 60),
    raters=st.integers(1, 12),
    per_item=st.integers(1, 12),
    seed=st.integers(0, 2**31 - 1),
)
def test_each_question_goes_to_as_many_raters_as_asked_and_loads_are_even(
    questions: int, raters: int, per_item: int, seed: int
) -> None:
    assume(per_item <= raters)
    dealt = judges(questions=questions, raters=raters, per_item=per_item, seed=seed)
    assert len(dealt) == questions
    assert all(len(set(chosen)) == per_item for chosen in dealt)
    loads = Counter(rater for chosen in dealt for rater in chosen)
    counts = [loads[rater] for rater in range(raters)]
    assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize(
    ("raters", "per_item", "questions", "apart"),
    [(5, 2, 10, 0), (10, 2, 45, 0), (5, 3, 100, 0), (12, 4, 30, 1), (20, 4, 400, 1), (8, 4, 14, 0)],
)
def test_pairs_of_raters_share_equally_many_questions(
    raters: int, per_item: int, questions: int, apart: int
) -> None:
    for seed in range(20):
        counts = shared(raters, per_item, questions, seed)
        assert max(counts) - min(counts) <= apart


def test_pairs_are_about_as_even_where_no_dealing_makes_them_equal() -> None:
    for raters, per_item, questions in [(8, 5, 100), (5, 3, 2_233), (5, 4, 2_233)]:
        counts = shared(raters, per_item, questions, seed=3)
        assert max(counts) - min(counts) <= 3


def shared(raters: int, per_item: int, questions: int, seed: int) -> list[int]:
    dealt = judges(questions=questions, raters=raters, per_item=per_item, seed=seed)
    found = Counter(pair for chosen in dealt for pair in combinations(chosen, 2))
    return [found[pair] for pair in combinations(range(raters), 2)]


def test_a_large_study_is_dealt_in_a_moment() -> None:
    began = time.process_time()
    judges(questions=2_233, raters=5, per_item=3, seed=1)
    assert time.process_time() - began < 1  # 0.12 s on a machine that has nothing else to do


def test_a_seed_deals_the_same_and_another_seed_deals_otherwise() -> None:
    def dealt(seed: int) -> list[tuple[int, ...]]:
        return judges(questions=6, raters=4, per_item=2, seed=seed)

    assert dealt(1) == [(0, 3), (0, 1), (2, 3), (0, 2), (1, 2), (1, 3)]
    assert dealt(1) != dealt(2)


@given(
    questions=st.integers(1, 60),
    systems=st.integers(1, 5),
    share=st.floats(0, 1),
    seed=st.integers(0, 1000),
)
def test_repeats_are_the_share_asked_for_without_doubles(
    questions: int, systems: int, share: float, seed: int
) -> None:
    pairs = repeated(questions=questions, systems=systems, share=share, seed=seed)
    assert abs(len(pairs) - share * questions * systems) <= 0.5
    assert len(set(pairs)) == len(pairs)
    per_question = Counter(question for question, _ in pairs)
    assert (
        max(per_question.values(), default=0) - min(per_question[q] for q in range(questions)) <= 1
    )


def test_repeats_are_even_over_raters_and_systems() -> None:
    for seed in range(20):
        pairs = repeated(questions=100, systems=4, share=0.05, seed=seed)
        again = [question for question, _ in pairs]
        dealt = judges(questions=100, raters=6, per_item=2, seed=seed, repeats=again)
        systems = Counter(system for _, system in pairs)
        raters = Counter(rater for question in again for rater in dealt[question])
        assert sorted(systems.values()) == [5, 5, 5, 5]
        assert max(raters.values()) - min(raters.values()) <= 1


def test_every_answer_is_equally_likely_to_be_repeated() -> None:
    drawn = Counter(
        pair
        for seed in range(2_000)
        for pair in repeated(questions=5, systems=2, share=0.2, seed=seed)
    )
    assert len(drawn) == 10
    assert all(abs(count / 2_000 - 0.2) < 0.036 for count in drawn.values())  # 4 standard errors


def test_codes_are_drawn_anew_each_time_and_any_order_can_come() -> None:
    drawn = [system_codes(["A", "B", "C"]) for _ in range(300)]  # one missing: 1 in 10 ** 23
    assert {tuple(codes[name] for name in "ABC") for codes in drawn} == set(
        permutations(("S1", "S2", "S3"))
    )
