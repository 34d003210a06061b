"""METEOR equals nltk's without a stemmer and WordNet, to the last digit."""

from hypothesis import given
from hypothesis import strategies as st
from nltk.translate.meteor_score import single_meteor_score

from pipeline.metrics.meteor import meteor, of_characters, of_words
from pipeline.metrics.metric import Options, Pair, Scored

words = st.lists(st.sampled_from(["a", "B", "b", "很", "难过", "İ", "，"]), max_size=15)


class NoWordNet:
    def synsets(self, _word: str) -> list[object]:
        return []


class NoStemmer:
    def stem(self, word: str) -> str:
        return word


@given(words, words)
def test_meteor_is_nltks(answer: list[str], reference: list[str]) -> None:
    theirs = single_meteor_score(reference, answer, stemmer=NoStemmer(), wordnet=NoWordNet())
    assert meteor(answer, reference) == theirs


def test_words_and_characters_are_counted_apart() -> None:
    pair = Pair("我很难过。", "我非常难过。")
    by_words, by_characters = of_words(Options("zh")), of_characters(Options("zh"))
    # words 我 很 难过 。: 3 of 4 match in 2 chunks; characters: 4 of 5 against 4 of 6, 2 chunks
    assert by_words.score([pair]) == [Scored(0.75 * (1 - 0.5 * (2 / 3) ** 3))]
    precision, recall = 4 / 5, 4 / 6
    mean = precision * recall / (0.9 * precision + (1 - 0.9) * recall)
    assert by_characters.score([pair]) == [Scored(mean * (1 - 0.5 * (2 / 4) ** 3))]


def test_the_signature_names_how_words_were_cut() -> None:
    assert "|tok:rjieba-0." in of_words(Options("zh")).signature
    assert "|tok:words|" in of_words(Options("en")).signature
    assert "|tok:char|" in of_characters(Options("zh")).signature
