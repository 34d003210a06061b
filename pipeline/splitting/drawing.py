"""Draw which texts are for testing: by chance, each stratum at its share."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Text:
    """A text: how many questions have it, and what counts of it for the strata."""

    questions: int
    stratum: tuple[str, ...]


def size(share: Decimal, of: int) -> int:
    """Return how many questions a share is, half a question rounded up: the paper's 2,233.

    >>> size(Decimal("0.1"), 22_327), size(Decimal("0.5"), 3)
    (2233, 2)
    """
    return int((share * of).quantize(Decimal(1), ROUND_HALF_UP))


def draw(texts: Sequence[Text], *, sizes: Mapping[str, int], rest: str, seed: int) -> list[str]:
    """Return the subset of each text: those of `sizes`, filled one after the other, or the `rest`.

    `random.Random(seed).sample(range(len(texts)), len(texts))` is the order in which the texts are
    taken. One that has more questions than a subset has room for is passed over, so no subset is
    ever larger than its size; it is smaller only where nothing is left that fits.
    """
    count = len(texts)
    order = random.Random(seed).sample(range(count), k=count)  # noqa: S311 - replayable
    subsets = [rest] * count
    for subset, wanted in sizes.items():
        room = _shares([texts[place] for place in order], wanted)
        for only_by_stratum in (True, False):
            left = sum(room.values())
            for place in order:
                text = texts[place]
                fits = text.questions <= (room[text.stratum] if only_by_stratum else left)
                if subsets[place] == rest and fits:
                    subsets[place] = subset
                    room[text.stratum] -= text.questions
                    left -= text.questions
    return subsets


def _shares(texts: Sequence[Text], wanted: int) -> Counter[tuple[str, ...]]:
    """Return each stratum's part of so many questions: by the largest remainders, whole ones.

    Of equal remainders the stratum counts that comes first, which is chance where the texts are in
    a drawn order: many a rare stratum has the same.
    """
    frequencies: Counter[tuple[str, ...]] = Counter()
    for text in texts:
        frequencies[text.stratum] += text.questions
    total = frequencies.total()
    exact = {stratum: Fraction(wanted * n, total) for stratum, n in frequencies.items()}
    parts = Counter({stratum: int(share) for stratum, share in exact.items()})
    by_remainder = sorted(exact, key=lambda stratum: int(exact[stratum]) - exact[stratum])
    for stratum in by_remainder[: wanted - parts.total()]:
        parts[stratum] += 1
    return parts
