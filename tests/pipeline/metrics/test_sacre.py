"""BLEU and chrF equal sacrebleu's to the last digit, for one answer and for many."""

import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU

from pipeline.metrics.metric import Language, Options, Pair, Scored
from pipeline.metrics.registry import made
from pipeline.metrics.sacre import _quick
from tests.pipeline.metrics.drawn_texts import aggregate, corpora, texts

Corpus = list[tuple[str, str]]


def scored(name: str, corpus: Corpus, language: Language = "zh") -> list[Scored]:
    pairs = [Pair(answer, reference) for answer, reference in corpus]
    found = made(name, Options(language)).score(pairs)
    return [each for each in found if isinstance(each, Scored)]


def whole(name: str, scores: list[Scored]) -> float:
    values = [each.value for each in scores]
    return aggregate(name, values, [each.statistics for each in scores])


@settings(max_examples=60)
@given(corpora, st.sampled_from([("bleu", "zh", "zh"), ("bleu", "en", "13a"),
                                 ("bleu-char", "zh", "char")]))  # fmt: skip
def test_bleu_is_sacrebleus(corpus: Corpus, which: tuple[str, Language, str]) -> None:
    name, language, tokenizer = which
    answers, references = (list(side) for side in zip(*corpus, strict=True))
    scores = scored(name, corpus, language)
    theirs = sacrebleu.corpus_bleu(answers, [references], tokenize=tokenizer)
    assert whole(name, scores) == theirs.score
    assert [each.value for each in scores] == [
        sacrebleu.sentence_bleu(answer, [reference], tokenize=tokenizer).score
        for answer, reference in corpus
    ]


@settings(max_examples=60)
@given(corpora, st.sampled_from([("chrf", 6), ("chrf-3", 3)]))
def test_chrf_is_sacrebleus(corpus: Corpus, which: tuple[str, int]) -> None:
    name, order = which
    answers, references = (list(side) for side in zip(*corpus, strict=True))
    scores = scored(name, corpus)
    assert (
        whole(name, scores) == sacrebleu.corpus_chrf(answers, [references], char_order=order).score
    )
    assert [each.value for each in scores] == [
        sacrebleu.sentence_chrf(answer, [reference], char_order=order).score
        for answer, reference in corpus
    ]


@settings(max_examples=200)
@given(texts | st.text())
def test_chinese_is_cut_as_sacrebleu_cuts_it(text: str) -> None:
    bleu = BLEU(tokenize="zh")
    assert _quick(bleu)(text) == bleu.tokenizer(text)


def test_the_counts_of_bleu_are_those_that_a_hand_finds() -> None:
    (score,) = scored("bleu", [("慢慢来吧", "慢慢来啊")])
    # 4 tokens of each; 3 of 4 characters, 2 of 3 pairs, 1 of 2 triples, 0 of 1 of four
    assert score.statistics == (4, 4, 3, 2, 1, 0, 4, 3, 2, 1)
    assert round(score.value, 2) == 59.46


def test_the_signatures_say_what_sacrebleu_says() -> None:
    options = Options("zh")
    version = sacrebleu.__version__
    assert made("bleu", options).signature == (
        f"BLEU|nrefs:1|case:mixed|eff:no|tok:zh|smooth:exp|version:{version}"
    )
    assert "tok:13a" in made("bleu", Options("en")).signature
    assert made("chrf", options).signature == (
        f"chrF2|nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:{version}"
    )
    signatures = [made(name, options).signature for name in ("bleu", "bleu-char", "chrf", "chrf-3")]
    assert len(set(signatures)) == len(signatures)
