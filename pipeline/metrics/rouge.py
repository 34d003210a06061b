"""ROUGE-L: the longest common subsequence of an answer and its reference."""

from collections.abc import Sequence

from pipeline.metrics.metric import Options, Pair, Scored, Unscored
from pipeline.metrics.tokens import Tokenizer, units

VERSION = 1


def common_length(a: Sequence[str], b: Sequence[str]) -> int:
    """Return how long the longest common subsequence is.

    All of a row of the usual table is held in the bits of one number (Hyyrö, Bit-parallel
    LCS-length computation revisited, 2004).

    >>> common_length("慢慢来比较快", "慢来也快")
    3
    """
    of: dict[str, int] = {}
    for place, unit in enumerate(a):
        of[unit] = of.get(unit, 0) | 1 << place
    every = (1 << len(a)) - 1
    row = every
    for unit in b:
        met = row & of.get(unit, 0)
        row = (row + met | row - met) & every
    return len(a) - row.bit_count()


def rouge_l(answer: Sequence[str], reference: Sequence[str]) -> float:
    """Return ROUGE-L's F1, 0 to 1 (Lin, ROUGE, 2004, with beta 1): whole texts, not line by line.

    Of 6 units against 4, 3 are common in order: P = 1/2, R = 3/4, F1 = 0.6.

    >>> round(rouge_l("慢慢来比较快", "慢来也快"), 10)
    0.6
    """
    common = common_length(answer, reference)
    if not common:
        return 0.0
    precision, recall = common / len(answer), common / len(reference)
    return 2 * precision * recall / (precision + recall)


class RougeL:
    """ROUGE-L of characters in Chinese, of words in English."""

    name = "rouge-l"
    needs_reference = True
    batch = 500

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._cut = tokenizer.cut
        self.signature = f"ROUGE-L|nrefs:1|case:mixed|tok:{tokenizer.name}|f:1|version:{VERSION}"

    def score(self, pairs: Sequence[Pair]) -> list[Scored | Unscored]:
        cut = self._cut
        return [Scored(rouge_l(cut(pair.answer), cut(pair.reference))) for pair in pairs]


def made(options: Options) -> RougeL:
    return RougeL(units(options.language))
