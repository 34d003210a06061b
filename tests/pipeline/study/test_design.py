"""Who judges what, and what is judged twice."""

from collections import Counter
from itertools import combinations

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


def test_pairs_of_raters_share_about_equally_many_questions() -> None:
    for raters, per_item in [(5, 2), (5, 3), (8, 2), (12, 5), (20, 4)]:
        dealt = judges(questions=400, raters=raters, per_item=per_item, seed=3)
        shared = Counter(pair for chosen in dealt for pair in combinations(chosen, 2))
        counts = [shared[pair] for pair in combinations(range(raters), 2)]
        assert max(counts) - min(counts) <= 4


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
    dealt = judges(questions=100, raters=6, per_item=2, seed=5)
    pairs = repeated(questions=100, systems=4, share=0.05, seed=5)
    systems = Counter(system for _, system in pairs)
    raters = Counter(rater for question, _ in pairs for rater in dealt[question])
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


def test_codes_do_not_follow_the_names() -> None:
    drawn = [system_codes(["A", "B", "C"], seed=seed) for seed in range(60)]
    assert len({tuple(codes[name] for name in "ABC") for codes in drawn}) == 6
    assert system_codes(["C", "A", "B"], seed=1) == system_codes(["A", "B", "C"], seed=1)
