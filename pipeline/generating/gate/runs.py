"""Find what two texts have in common, word for word."""

from collections.abc import Iterator, Mapping

# Characters in a row that two independent texts of good answers hardly share: docs/generation.md
# has what was measured. A Chinese character says about as much as three letters.
ECHO: Mapping[str, int] = {"zh": 20, "en": 60}
SHORT: Mapping[str, int] = {"zh": 8, "en": 24}


class Sources:
    """Texts of which no long run should come back in answers, each under a name.

    All their pieces of `SHORT` characters are known; an answer is looked at in steps so wide that
    no run of `ECHO` characters falls between them.
    """

    def __init__(self, texts: Mapping[str, str], *, language: str) -> None:
        self._texts = texts
        self._least, self._piece = ECHO[language], SHORT[language]
        self._pieces = frozenset(
            text[start : start + self._piece]
            for text in texts.values()
            for start in range(len(text) - self._piece + 1)
        )

    def runs(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield the runs of a text that stand in a source, too, with the source's name."""
        piece, step = self._piece, self._least - self._piece + 1
        starts = range(0, len(text) - piece + 1, step)
        known = [at for at in starts if text[at : at + piece] in self._pieces]
        for name, other in self._texts.items() if known else ():
            end = 0
            for start in known:
                if start >= end and text[start : start + piece] in other:
                    first, end = _run(text, start, start + piece, other)
                    if end - first >= self._least:
                        yield name, text[first:end]


def _run(text: str, start: int, end: int, other: str) -> tuple[int, int]:
    """Widen a run as far as it stands in the other text."""
    while end < len(text) and text[start : end + 1] in other:
        end += 1
    while start and text[start - 1 : end] in other:
        start -= 1
    return start, end


def shared(text: str, other: str, *, language: str) -> float:
    """Return how much of a text stands word for word in the other, in runs that are not short.

    >>> shared("你已经很努力了，慢慢来。今天先睡。", "你已经很努力了，慢慢来。", language="zh")
    0.7058823529411765
    """
    least, place, count = SHORT[language], 0, 0
    while place <= len(text) - least:
        at = other.find(text[place : place + least])
        if at < 0:
            place += 1
            continue
        start = place
        while place < len(text) and at < len(other) and text[place] == other[at]:
            place, at = place + 1, at + 1
        count += place - start
    return count / max(1, len(text))
