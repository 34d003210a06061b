"""Spell out cues, and find them in a text by their first two characters."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from operator import add
from typing import NamedTuple

GAP = "…"
REACH = 10  # what a gap may hold
STOPS = ",。;!?:\n"


@dataclass(frozen=True)
class Cue:
    """One spelling of a cue: `tail` follows `head` after a gap, unless it is empty."""

    head: str
    tail: str
    part: int
    worth: float

    def end_in(self, text: str, start: int) -> int:
        """Return where the cue ends whose head is at `start`, or 0 if its tail does not follow."""
        end = start + len(self.head)
        if not self.tail:
            return end
        at = text.find(self.tail, end, end + REACH + len(self.tail))
        if at < 0 or any(stop in text[end:at] for stop in STOPS):
            return 0
        return at + len(self.tail)


class Hit(NamedTuple):
    """A cue that a text holds, from `start` on."""

    start: int
    part: int
    worth: float


class Cues:
    """Cues to look for, each under its first two characters."""

    def __init__(self, cues: Iterable[Cue]) -> None:
        by_start: dict[str, list[Cue]] = defaultdict(list)
        for cue in cues:
            by_start[cue.head[:2]].append(cue)
        for some in by_start.values():
            some.sort(key=lambda cue: len(cue.head), reverse=True)
        self._by_start: Mapping[str, list[Cue]] = dict(by_start)

    def hits(self, text: str) -> Iterator[Hit]:
        """Yield the cues in a plain text; those of one part do not overlap."""
        ends: dict[int, int] = defaultdict(int)
        known = self._by_start
        beginning = enumerate(map(known.get, map(add, text, text[1:])))
        for start, cues in [(start, cues) for start, cues in beginning if cues]:
            if text[start].isascii() and start and text[start - 1].isalpha():
                continue
            for cue in cues:
                if start >= ends[cue.part] and text.startswith(cue.head, start):
                    end = cue.end_in(text, start)
                    if end:
                        ends[cue.part] = end
                        yield Hit(start, cue.part, cue.worth)


def spellings(cue: str) -> list[str]:
    """Return what a cue may be spelled like: (a|b) is one of several, ? may be left out.

    >>> spellings("(试|尝)试看?")
    ['试试看', '试试', '尝试看', '尝试']
    """
    choices: list[list[str]] = []
    place = 0
    while place < len(cue):
        if cue[place] == "(":
            close = cue.index(")", place)
            choices.append(cue[place + 1 : close].split("|"))
            place = close
        elif cue[place] == "?":
            choices[-1] = [*choices[-1], ""]
        else:
            choices.append([cue[place]])
        place += 1
    return ["".join(chosen) for chosen in product(*choices)]
