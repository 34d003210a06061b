"""ROUGE-L's subsequence is the longest, by trying all."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.metrics.metric import Options, Pair, Scored
from pipeline.metrics.rouge import common_length, made

short = st.text(alphabet="慢来快", max_size=7)


def subsequences(text: str) -> set[tuple[str, ...]]:
    return {each for size in range(len(text) + 1) for each in combinations(text, size)}


@given(short, short)
def test_the_length_is_that_of_the_longest_of_all_common_subsequences(a: str, b: str) -> None:
    assert common_length(a, b) == max(map(len, subsequences(a) & subsequences(b)))


def test_chinese_is_counted_by_characters_and_english_by_words() -> None:
    assert made(Options("zh")).score([Pair("慢慢来比较快", "慢来也快")]) == [
        Scored(2 * (3 / 6) * (3 / 4) / (3 / 6 + 3 / 4))
    ]
    assert made(Options("en")).score([Pair("take it slow", "take your time")]) == [Scored(1 / 3)]
    assert made(Options("zh")).score([Pair("好", "坏")]) == [Scored(0.0)]
