"""Tell which questions are by or about people in acute danger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.danger.excuses import Place, excused
from pipeline.danger.rules import Word, signs, simple, version
from pipeline.parsing.plain import plain

DANGER = "danger"  # the tag of a question whose writer, or somebody in it, is in danger
NO_DANGER = "no_danger"  # a person's word that it is none, which counts more than the rules
LEAST_LETTERS = 6  # of Latin script, below which nothing is said in English


@dataclass(frozen=True)
class Found:
    """Words that tell of danger, of which kind, and where they stand in the text."""

    kind: str
    start: int
    end: int


def in_danger(*, text: str, description: str | None, tags: Sequence[str]) -> bool:
    """Say whether a question counts as one of somebody in danger.

    It does if it has the tag "danger", or if the rules find something and nobody put the tag
    "no_danger".
    """
    if DANGER in tags:
        return True
    return NO_DANGER not in tags and tells_of_danger(text, description)


def tells_of_danger(text: str, description: str | None) -> bool:
    """Say whether the rules find anything in a question."""
    said = whole(text, description)
    if not said.isascii() and next(_standing(said, "zh"), None):
        return True
    return _has_english(said) and next(_standing(plain(said), "en"), None) is not None


def whole(text: str, description: str | None) -> str:
    """Return a question as the rules read it."""
    return f"{text}\n{description}" if description else text


def found(text: str) -> list[Found]:
    """Return what in a text tells of danger by the rules, in the text's order.

    >>> found("累死了，想死你了。可是最近真的不想活了")
    [Found(kind='suicide', start=15, end=19)]
    """
    finds = set(_standing(text, "zh"))
    if _has_english(text):
        finds |= set(_standing(plain(text), "en"))
    return sorted(finds, key=lambda each: (each.start, each.end, each.kind))


def rules_version() -> str:
    """Return what changes with the rules and with the code that applies them."""
    return version()


def _has_english(text: str) -> bool:
    """Say whether there is a word in a text, in any case, that an English sign turns on."""
    latin = text.encode("ascii", "ignore")
    if len(latin) < LEAST_LETTERS:
        return False
    return signs("en").letters.search(latin.decode().lower()) is not None


def _standing(text: str, language: str) -> Iterator[Found]:
    """Yield the signs of a language that nothing excuses."""
    known = signs(language)
    search, words = known.letters.search, known.words
    at = search(text)
    while at:
        here = at.start()
        shapes = known.shapes.get(text[here])
        if shapes is None:  # a traditional letter
            yield from _standing(simple(text), language)
            return
        for place, size in shapes:
            start = here - place
            word = text[start : start + size]
            if word in words and start >= 0 and len(word) == size:
                yield from _at(text, language, start, words[word])
        at = search(text, here + 1)


def _at(text: str, language: str, start: int, word: Word) -> Iterator[Found]:
    end = start + len(word.text)
    for sign in word.signs:
        span = sign.around(text, start, end)
        if span and not excused(Place(text, language, span.start, end), sign.kind):
            yield Found(sign.kind, span.start, span.end)
