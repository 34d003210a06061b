"""What the Jury toolkit computes, bug for bug: only to explain published figures."""

import math
import string
from collections import Counter
from collections.abc import Sequence

from models.extras import need
from pipeline.metrics.meteor import meteor

VERSION = "2.3.1"
ORDERS = 4
BLANKED = str.maketrans(string.punctuation, " " * len(string.punctuation))


def tokens(text: str) -> list[str]:
    """Return Jury's tokens: ASCII marks are blanks, and only blanks part words.

    A Chinese sentence that nobody has segmented before is one token.

    >>> tokens("Look! a day."), tokens("我很好，你呢？")
    (['look', 'a', 'day'], ['我很好，你呢？'])
    """
    return text.translate(BLANKED).lower().split()


def bleu(answers: Sequence[str], references: Sequence[str]) -> float | None:
    """Return BLEU of a corpus without any smoothing, 0 to 1; None where there is no token.

    It is what tensorflow's nmt tutorial computes: 0 as soon as an order has nothing in common.
    """
    common, total = [0] * ORDERS, [0] * ORDERS
    own = other = 0
    for answer, reference in zip(map(tokens, answers), map(tokens, references), strict=True):
        own, other = own + len(answer), other + len(reference)
        for order in range(ORDERS):
            grams = _grams(answer, order + 1)
            common[order] += (grams & _grams(reference, order + 1)).total()
            total[order] += grams.total()
    if not own or not other:
        return None
    shares = [some / of if of else 0.0 for some, of in zip(common, total, strict=True)]
    if min(shares) <= 0:
        return 0.0
    mean = math.exp(sum(math.log(share) / ORDERS for share in shares))
    ratio = own / other
    return mean * (1.0 if ratio > 1 else math.exp(1 - 1 / ratio))


def meteor_mean(answers: Sequence[str], references: Sequence[str]) -> float:
    """Return the mean of METEOR over Jury's tokens, 0 to 1.

    Jury also stems English words and looks for English synonyms, which changes nothing in Chinese.
    """
    scores = [
        meteor(tokens(answer), tokens(reference))
        for answer, reference in zip(answers, references, strict=True)
    ]
    return sum(scores) / len(scores)


def chrf(answers: Sequence[str], references: Sequence[str]) -> float:
    """Return what Jury calls chrF of a corpus, 0 to 1: that of the first answer alone.

    It hands sacrebleu n streams of one reference each in place of one stream of n. sacrebleu then
    takes all n references for those of the first answer, keeps the one that fits it best, and never
    looks at the other answers. Raises ModelError where sacrebleu is missing.
    """
    need("sacrebleu", extra="metrics", what="chrF")
    from sacrebleu.metrics.chrf import CHRF  # noqa: PLC0415  of an extra

    score: float = CHRF().sentence_score(answers[0], list(references)).score
    return score / 100


def _grams(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[at : at + n]) for at in range(len(words) - n + 1))
