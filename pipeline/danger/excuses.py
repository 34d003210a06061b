"""Tell where a sign of danger is none: a figure of speech, denied, long past, told of a story."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pipeline.danger.rules import excuse

CLAUSE_ENDS = re.compile(r"[，。；！？：、,;!?:\n…—]|\.(?=\s|$)")
SENTENCE_ENDS = re.compile(r"[。！？!?\n]|\.(?=\s|$)")
FARTHEST = 100  # characters of a sentence that are looked at on each side of a sign
NEAR = 60  # characters of a clause that are
AROUND = 12  # characters that a figure of speech may have on each side of a sign


@dataclass(frozen=True)
class Place:
    """Where a sign stands up to the end of its word, and what is said around it."""

    text: str
    language: str
    start: int
    end: int

    def excuse(self, name: str) -> re.Pattern[str]:
        return excuse(name, self.language)

    @cached_property
    def before(self) -> str:
        """The clause up to the sign."""
        return CLAUSE_ENDS.split(self.text[max(self.start - NEAR, 0) : self.start])[-1]

    @cached_property
    def after(self) -> str:
        """What follows the sign's word in its clause."""
        return CLAUSE_ENDS.split(self.text[self.end : self.end + NEAR], 1)[0]

    @cached_property
    def clause(self) -> str:
        return self.before + self.text[self.start : self.end] + self.after

    @cached_property
    def sentence(self) -> str:
        text = self.text
        before = SENTENCE_ENDS.split(text[max(self.start - FARTHEST, 0) : self.start])[-1]
        return before + SENTENCE_ENDS.split(text[self.start : self.end + FARTHEST], 1)[0]


def excused(place: Place, kind: str) -> bool:
    """Say whether what stands around the sign of a kind takes it back."""
    return _figure(place) or _denied(place) or _past(place, kind) or _told(place) or _lost(place)


def _figure(place: Place) -> bool:
    """Tell whether a figure of speech, or a word of another meaning, has the sign in it."""
    first, last = max(place.start - AROUND, 0), place.end + AROUND
    figures = place.excuse("figure").finditer(place.text, first, last)
    return any(each.start() < place.end and place.start < each.end() for each in figures)


def _denied(place: Place) -> bool:
    if not place.excuse("denied").search(place.before):
        return False
    return not (
        place.excuse("denied_twice").search(place.before)
        or place.excuse("and_yet").match(place.after)
    )


def _past(place: Place, kind: str) -> bool:
    """Tell whether it is past: what was done to somebody once, or what the text says is over."""
    if not place.excuse("then").search(place.sentence):
        return False
    if place.excuse("now").search(place.sentence) or _says("again", place.text, place.language):
        return False
    return kind == "abuse" or _says("over", place.text, place.language)


@lru_cache(maxsize=4)  # one text has many signs
def _says(name: str, text: str, language: str) -> bool:
    return bool(excuse(name, language).search(text))


def _told(place: Place) -> bool:
    """Tell whether it is told of a story, a lesson, the news or work, and not of oneself."""
    if place.excuse("own").search(place.before) or place.excuse("own_too").search(place.sentence):
        return False
    return bool(
        place.excuse("told_clause").search(place.clause)
        or place.excuse("told_before").search(place.before)
        or place.excuse("told_after").match(place.after)
        or place.excuse("told_sentence").search(place.sentence)
    )


def _lost(place: Place) -> bool:
    """Tell whether somebody has died of it: who asks has lost a person."""
    return bool(
        place.excuse("lost").match(place.after) or place.excuse("lost_before").search(place.before)
    )
