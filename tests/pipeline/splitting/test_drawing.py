from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.splitting.drawing import Text, draw, size

TEXTS = st.lists(
    st.builds(Text, st.integers(1, 4), st.sampled_from([("a",), ("b",), ("c",)])),
    min_size=1,
    max_size=60,
)


@pytest.mark.parametrize(
    ("share", "of", "questions"),
    [("0.1", 22_327, 2_233), ("0.1", 25, 3), ("0.15", 10, 2), ("0.3", 1_005, 302), ("0.1", 4, 0)],
)
def test_a_share_is_a_whole_number_of_questions_and_halves_go_up(
    share: str, of: int, questions: int
) -> None:
    assert size(Decimal(share), of) == questions


def test_the_papers_split_is_met_to_the_question() -> None:
    drawn = draw([Text(1, ())] * 22_327, sizes={"test": 2_233}, rest="train", seed=1)
    assert Counter(drawn) == {"train": 20_094, "test": 2_233}


@given(TEXTS, st.integers(0, 9), st.integers(0, 30), st.integers(0, 30))
def test_no_subset_is_ever_larger_than_it_may_be(
    texts: list[Text], seed: int, test: int, validation: int
) -> None:
    sizes = {"test": test, "validation": validation}
    drawn = draw(texts, sizes=sizes, rest="train", seed=seed)
    for subset, most in sizes.items():
        inside = sum(t.questions for t, of in zip(texts, drawn, strict=True) if of == subset)
        left = [t.questions for t, of in zip(texts, drawn, strict=True) if of == "train"]
        assert inside <= most
        assert inside == most or all(inside + more > most for more in left)


def test_each_stratum_is_at_its_share_and_a_seed_draws_the_same_again() -> None:
    texts = [Text(1, ("rare" if place % 20 == 0 else "often",)) for place in range(1_000)]
    drawn = draw(texts, sizes={"test": 100}, rest="train", seed=5)
    tested = Counter(t.stratum for t, of in zip(texts, drawn, strict=True) if of == "test")
    assert tested == {("rare",): 5, ("often",): 95}
    assert drawn == draw(texts, sizes={"test": 100}, rest="train", seed=5)
    assert drawn != draw(texts, sizes={"test": 100}, rest="train", seed=6)


def test_texts_of_several_questions_are_drawn_whole_and_room_is_filled_by_others() -> None:
    texts = [*[Text(3, ())] * 10, *[Text(1, ())] * 5]
    drawn = draw(texts, sizes={"test": 8}, rest="train", seed=0)
    assert sum(t.questions for t, of in zip(texts, drawn, strict=True) if of == "test") == 8
