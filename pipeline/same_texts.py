"""Tell which questions have the same text, whatever each of them is called."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from pipeline.passages import passage

UNSAID = re.compile(r"[\W_]+")
TELLING = 30  # letters; a shorter description ("如题", "我该怎么办") may be anyone's
RUN = 5  # letters in a row: texts are compared by all such runs that are in them
COMPARED = 40  # letters that a text must have for that
NEARLY_SAME = 0.6  # of the runs that are in either of two texts, those that are in both
SKETCH = 16  # runs by which a text is found, the same ones in each text that has them
SHARED = 3  # of those, for two texts to be compared
STOCK = 64  # texts; a run that is in more of them is everybody's
FACTORS = np.array([0x9E3779B97F4A7C15 * (2 * n + 1) % 2**64 for n in range(RUN)], dtype=np.uint64)
MIX = np.uint64(0xBF58476D1CE4E5B9)

Runs = NDArray[np.uint64]


class Asked(NamedTuple):
    """A question's title and description."""

    text: str | None
    description: str | None


def grouped(questions: Sequence[Asked]) -> list[list[int]]:
    """Return the places of questions in groups: together are those of one text.

    Two have the same text if their passages have the same letters and digits, whatever their
    blanks, marks, case and width; or if their descriptions do, where these are long enough to be
    nobody else's; or if long passages differ in a few words. So have two of which each has the
    text of a third.

    >>> grouped([Asked("怎么办？", None), Asked("睡不着", "三天了"), Asked(" 怎么办", "")])
    [[0, 2], [1]]
    """
    above = list(range(len(questions)))
    for one, other in (*_same(questions), *_nearly_same(questions)):
        first, second = sorted((_top(above, one), _top(above, other)))
        above[second] = first
    groups: dict[int, list[int]] = {}
    for place in range(len(questions)):
        groups.setdefault(_top(above, place), []).append(place)
    return list(groups.values())


def _top(above: list[int], place: int) -> int:
    while above[place] != place:
        above[place] = above[above[place]]
        place = above[place]
    return place


def _same(questions: Sequence[Asked]) -> Iterator[tuple[int, int]]:
    first: dict[str, int] = {}
    for place, question in enumerate(questions):
        for key in _keys(question):
            yield first.setdefault(key, place), place


def _keys(question: Asked) -> Iterator[str]:
    whole, more = passage(*question), _said(question.description or "")
    if whole:
        yield f"whole {_said(whole) or whole}"
    if len(more) >= TELLING:
        yield f"description {more}"


def _said(text: str) -> str:
    return UNSAID.sub("", normalize("NFKC", text).casefold())


def _nearly_same(questions: Sequence[Asked]) -> Iterator[tuple[int, int]]:
    runs = [_runs(_said(passage(*question))) for question in questions]
    found: dict[int, list[int]] = defaultdict(list)
    for place, of in enumerate(runs):
        for run in of[:SKETCH].tolist():
            found[run].append(place)
    pairs = (combinations(places, 2) for places in found.values() if len(places) <= STOCK)
    for (one, other), count in Counter(pair for several in pairs for pair in several).items():
        if count >= SHARED and _likeness(runs[one], runs[other]) >= NEARLY_SAME:
            yield one, other


def _runs(said: str) -> Runs:
    """Return a number for each run of letters in a text, ascending: chance to us, to any store not.

    None where the text is too short to be compared.
    """
    if len(said) < COMPARED:
        return np.empty(0, dtype=np.uint64)
    letters = np.frombuffer(said.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    places = np.lib.stride_tricks.sliding_window_view(letters.astype(np.uint64), RUN)
    mixed = (places * FACTORS).sum(axis=1, dtype=np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(31))) * MIX
    return np.unique(mixed ^ (mixed >> np.uint64(29)))


def _likeness(one: Runs, other: Runs) -> float:
    both = np.intersect1d(one, other, assume_unique=True).size
    return both / (one.size + other.size - both)
