"""METEOR by exact matches: what nltk computes without a stemmer and without WordNet."""

from collections import defaultdict
from collections.abc import Sequence

from pipeline.metrics.metric import Options, Pair, Scored, Unscored
from pipeline.metrics.tokens import CHARACTERS, Tokenizer, words

ALPHA, BETA, GAMMA = 0.9, 3.0, 0.5  # Lavie and Agarwal 2007; nltk's defaults
VERSION = 1


def meteor(answer: Sequence[str], reference: Sequence[str]) -> float:
    """Return METEOR of an answer's words against a reference's, 0 to 1.

    Words match if they are the same in lower case. From the last word on, each takes the last free
    one of its kind in the reference. With m matches in c chunks, that is runs in the same order
    without a gap, precision P and recall R: P R / (0.9 P + 0.1 R), less the share 0.5 (c / m)^3.
    Stemming and synonyms are left out: neither exists for Chinese.

    A hand value: "a b c" against "a b d": 2 matches in 1 chunk, P = R = 2/3, and so
    2/3 * (1 - 0.5 / 8) = 0.625.

    >>> meteor(["a", "b", "c"], ["a", "b", "d"])
    0.625
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(reference):
        places[word.lower()].append(place)
    matches = chunks = 0
    after, its_match = -1, -1
    for place in range(len(answer) - 1, -1, -1):
        free = places.get(answer[place].lower())
        if not free:
            continue
        match = free.pop()
        matches += 1
        if after != place + 1 or its_match != match + 1:
            chunks += 1
        after, its_match = place, match
    if not matches:
        return 0.0
    precision, recall = matches / len(answer), matches / len(reference)
    mean = (precision * recall) / (ALPHA * precision + (1 - ALPHA) * recall)
    penalty: float = GAMMA * (chunks / matches) ** BETA
    return (1 - penalty) * mean


class Meteor:
    """METEOR of words, or of characters."""

    needs_reference = True
    batch = 500

    def __init__(self, name: str, tokenizer: Tokenizer) -> None:
        self.name, self._cut = name, tokenizer.cut
        self.signature = (
            f"METEOR|nrefs:1|case:lc|tok:{tokenizer.name}|match:exact"
            f"|alpha:{ALPHA}|beta:{BETA:g}|gamma:{GAMMA}|version:{VERSION}"
        )

    def score(self, pairs: Sequence[Pair]) -> list[Scored | Unscored]:
        cut = self._cut
        return [Scored(meteor(cut(pair.answer), cut(pair.reference))) for pair in pairs]


def of_words(options: Options) -> Meteor:
    return Meteor("meteor", words(options.language, what="METEOR of words"))


def of_characters(_options: Options) -> Meteor:
    return Meteor("meteor-char", CHARACTERS)
