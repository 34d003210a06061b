"""Tell where a sign of danger is none: a figure of speech, denied, long past, told of a story."""

import re
from dataclasses import dataclass
from functools import cached_property

from pipeline.danger.rules import excuse

CLAUSE_ENDS = re.compile(r"[，。；！？：、,;!?:\n…—]|\.(?=\s|$)")
SENTENCE_ENDS = re.compile(r"[。！？!?\n]|\.(?=\s|$)")
FARTHEST = 120  # characters of a sentence that are looked at on each side of a sign
AROUND = 12  # characters that a figure of speech may have on each side of a sign


class Whole:
    """A text, and what counts for all of its signs; that is looked for once, if at all."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def over(self) -> bool:
        return bool(excuse("over").search(self.text))

    @cached_property
    def again(self) -> bool:
        return bool(excuse("again").search(self.text))


@dataclass(frozen=True)
class _Place:
    """Where a sign stands up to the end of its word, and what is said around it."""

    whole: Whole
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.whole.text

    @cached_property
    def before(self) -> str:
        """The clause up to the sign."""
        said = self.text[max(self.start - FARTHEST, 0) : self.start]
        ends = [match.end() for match in CLAUSE_ENDS.finditer(said)]
        return said[ends[-1] :] if ends else said

    @cached_property
    def after(self) -> str:
        """What follows the sign's word in its clause."""
        said = self.text[self.end : self.end + FARTHEST]
        stop = CLAUSE_ENDS.search(said)
        return said[: stop.start()] if stop else said

    @cached_property
    def clause(self) -> str:
        return self.before + self.text[self.start : self.end] + self.after

    @cached_property
    def sentence(self) -> str:
        before = self.text[max(self.start - FARTHEST, 0) : self.start]
        ends = [match.end() for match in SENTENCE_ENDS.finditer(before)]
        stop = SENTENCE_ENDS.search(self.text, self.end, self.end + FARTHEST)
        last = stop.start() if stop else self.end + FARTHEST
        return (before[ends[-1] :] if ends else before) + self.text[self.start : last]


def excused(whole: Whole, start: int, end: int, kind: str) -> bool:
    """Say whether what stands around a sign, from `start` to `end`, takes it back."""
    place = _Place(whole, start, end)
    return _figure(place) or _denied(place) or _past(place, kind) or _told(place) or _lost(place)


def _figure(place: _Place) -> bool:
    """Tell whether a figure of speech, or a word of another meaning, has the sign in it."""
    first, last = max(place.start - AROUND, 0), place.end + AROUND
    figures = excuse("figure").finditer(place.text, first, last)
    return any(each.start() < place.end and place.start < each.end() for each in figures)


def _denied(place: _Place) -> bool:
    if not excuse("denied").search(place.before):
        return False
    return not (excuse("denied_twice").search(place.before) or excuse("and_yet").match(place.after))


def _past(place: _Place, kind: str) -> bool:
    """Tell whether it is past: what was done to somebody once, or what the text says is over."""
    if not excuse("then").search(place.sentence) or excuse("now").search(place.sentence):
        return False
    return not place.whole.again and (kind == "abuse" or place.whole.over)


def _told(place: _Place) -> bool:
    """Tell whether it is told of a story, a lesson, the news or work, and not of oneself."""
    if excuse("own").search(place.before) or excuse("own_too").search(place.sentence):
        return False
    return bool(
        excuse("told_before").search(place.before)
        or excuse("told_after").match(place.after)
        or excuse("told_clause").search(place.clause)
        or excuse("told_sentence").search(place.sentence)
    )


def _lost(place: _Place) -> bool:
    """Tell whether somebody has died of it: who asks has lost a person."""
    return bool(excuse("lost").match(place.after) or excuse("lost_before").search(place.before))
