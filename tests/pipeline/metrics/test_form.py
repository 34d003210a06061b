"""What an answer is like by itself: values that a hand finds."""

import pytest

from pipeline.metrics.form import OF_PARTS
from pipeline.metrics.metric import Options, Pair, Scored, Unscored
from pipeline.metrics.registry import made
from pipeline.parts import PARTS


def score(name: str, pair: Pair, language: str = "zh") -> Scored | Unscored:
    options = Options("en") if language == "en" else Options("zh")
    (found,) = made(name, options).score([pair])
    return found


def test_distinct_counts_different_characters_or_words() -> None:
    assert score("distinct-1", Pair("好好 学习")) == Scored(3 / 4)
    assert score("distinct-2", Pair("好好好学")) == Scored(2 / 3)
    assert score("distinct-1", Pair("the cat, the mat"), "en") == Scored(4 / 5)


def test_repetition_is_the_share_of_ngrams_that_were_there_before() -> None:
    # 12 characters have 7 sixes, of which the last repeats the first
    assert score("repetition", Pair("一二三四五六" * 2)) == Scored(1 - 6 / 7)
    assert score("repetition", Pair("a b c d a b c d"), "en") == Scored(1 - 4 / 5)


@pytest.mark.parametrize("name", ["distinct-2", "repetition"])
def test_an_answer_that_is_too_short_has_no_score_rather_than_0(name: str) -> None:
    found = score(name, Pair("好"))
    assert isinstance(found, Unscored)
    assert found.code == "too_short"


def test_lengths_are_of_the_text_as_it_is_stored() -> None:
    assert score("length", Pair("慢慢 来\n")) == Scored(5)
    assert score("length-ratio", Pair("慢慢来", "慢慢来吧，好")) == Scored(0.5, (3, 6))


def test_parts_are_counted_and_all_five_are_told() -> None:
    all_parts = frozenset(PARTS)
    assert score("parts", Pair("…", parts=all_parts)) == Scored(5)
    assert score("five-parts", Pair("…", parts=all_parts)) == Scored(1)
    some = frozenset(PARTS[:4])
    assert score("parts", Pair("…", parts=some)) == Scored(4)
    assert score("five-parts", Pair("…", parts=some)) == Scored(0)
    assert all("parser " in made(name, Options()).signature for name in OF_PARTS)
