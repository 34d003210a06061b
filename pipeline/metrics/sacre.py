"""BLEU and chrF by sacrebleu, with the counts whose sums give the score of many answers."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from models.extras import need
from pipeline.metrics.metric import Options, Pair, Scored, Unscored
from pipeline.metrics.whole import chrf as chrf_of_sums

if TYPE_CHECKING:
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

SACREBLEU = "sacrebleu"
TOKENIZERS = {"zh": "zh", "en": "13a"}
BATCH = 200


class Bleu:
    """BLEU: an answer's own score is sacrebleu's sentence_bleu, that of many its corpus_bleu."""

    needs_reference = True
    batch = BATCH

    def __init__(self, name: str, signature: str, bleu: "BLEU") -> None:
        self.name, self.signature, self._bleu = name, signature, bleu

    def score(self, pairs: Sequence[Pair]) -> list[Scored | Unscored]:
        return [self._one(pair) for pair in pairs]

    def _one(self, pair: Pair) -> Scored:
        found = self._bleu.sentence_score(pair.answer, [pair.reference])
        counts = (found.sys_len, found.ref_len, *found.counts, *found.totals)
        return Scored(found.score, counts)


class Chrf:
    """chrF2 over character n-grams; an answer's own score is sacrebleu's sentence_chrf."""

    needs_reference = True
    batch = BATCH

    def __init__(self, name: str, signature: str, chrf: "CHRF") -> None:
        self.name, self.signature, self._chrf = name, signature, chrf

    def score(self, pairs: Sequence[Pair]) -> list[Scored | Unscored]:
        # What sacrebleu's own significance tests read: its public functions give chrF no counts.
        counts = self._chrf._extract_corpus_statistics(
            [pair.answer for pair in pairs], [[pair.reference for pair in pairs]]
        )
        values = chrf_of_sums(np.array(counts, dtype=np.float64).T).tolist()
        return [Scored(value, tuple(each)) for value, each in zip(values, counts, strict=True)]


class _Spaced(dict[int, str]):
    """What stands in place of each character of a text, as it is met: itself, or set apart."""

    def __init__(self, apart: Callable[[str], bool]) -> None:
        super().__init__()
        self._apart = apart

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        self[code] = f" {letter} " if self._apart(letter) else letter
        return self[code]


def _quick(bleu: "BLEU") -> Callable[[str], str]:
    """Return what its tokenizer for Chinese does, in a seventh of the time.

    It asks of every character whether it is Chinese, and has a regular expression set each blank
    that it put around one apart again; here each character is looked at once.
    """
    slow = bleu.tokenizer
    (marks, _), *others = slow._post_tokenizer._re

    def apart(letter: str) -> bool:
        return letter != " " and bool(slow._is_chinese_char(letter) or marks.fullmatch(letter))

    spaced = _Spaced(apart)

    @lru_cache(maxsize=2**16)  # as sacrebleu's: several systems have the same references
    def cut(line: str) -> str:
        line = line.strip().translate(spaced)
        for pattern, instead in others:
            line = pattern.sub(instead, line)
        return " ".join(line.split())

    return cut


def bleu(options: Options) -> Bleu:
    return _bleu("bleu", TOKENIZERS[options.language])


def bleu_char(_options: Options) -> Bleu:
    return _bleu("bleu-char", "char")


def chrf(_options: Options) -> Chrf:
    return _chrf("chrf", 6)


def chrf_3(_options: Options) -> Chrf:
    return _chrf("chrf-3", 3)


def _bleu(name: str, tokenizer: str) -> Bleu:
    need(SACREBLEU, extra="metrics", what="BLEU")
    from sacrebleu.metrics.bleu import BLEU  # noqa: PLC0415  of an extra

    # One for corpora says how they are scored; one answer needs the orders that it has.
    corpus, sentence = (
        BLEU(tokenize=tokenizer, effective_order=effective) for effective in (False, True)
    )
    corpus.corpus_score(["a"], [["a"]])  # the signature counts the references of the last score
    if tokenizer == "zh":
        sentence.tokenizer = _quick(sentence)
    return Bleu(name, f"BLEU|{corpus.get_signature()}", sentence)


def _chrf(name: str, order: int) -> Chrf:
    need(SACREBLEU, extra="metrics", what="chrF")
    from sacrebleu.metrics.chrf import CHRF  # noqa: PLC0415

    made = CHRF(char_order=order)
    made.corpus_score(["a"], [["a"]])
    return Chrf(name, f"chrF2|{made.get_signature()}", made)
