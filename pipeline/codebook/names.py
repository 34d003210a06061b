"""Find where a text uses the codebook's names, whatever it means by them."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pipeline.codebook.distortions import UNSAID, shipped
from pipeline.parsing.plain import plain

RULES = Path(__file__).parent / "lexicon.toml"
BETWEEN = r"[ \"'-]{0,3}"  # "应该"陈述, 全 或 无 and all-or-nothing are read as they are meant
BOUND = r"\b"
LATIN = re.compile("[a-z]")
LETTERS = re.compile("[a-z\u3400-\u9fff]")


@dataclass(frozen=True)
class Name:
    """A name in a text; `everyday` ones mean other things too."""

    label: str
    start: int
    end: int
    everyday: bool


@cache
def rules() -> dict[str, Any]:
    """Return the lexicon's rules as they stand in their file."""
    return tomllib.loads(RULES.read_text("utf-8"))


@lru_cache(maxsize=4)  # an answer is parsed, and then looked through
def names(text: str) -> Sequence[Name]:
    """Return the names in a plain text, the longest where several begin at one place."""
    return tuple(_found(text))


def _found(text: str) -> Iterator[Name]:
    known = _names()
    end = 0
    for begins in known.beginning.finditer(text):
        start = begins.start()
        if start < end:
            continue
        labels, pattern = known.by_letter[text[start]]
        match = pattern.match(text, start)
        if match:
            end = match.end()
            everyday = known.everyday.fullmatch(match[0]) is not None
            yield Name(labels[(match.lastindex or 1) - 1], start, end, everyday)


@dataclass(frozen=True)
class _Names:
    """All names, under the letter that they begin with: a text has few of these letters."""

    beginning: re.Pattern[str]
    by_letter: Mapping[str, tuple[Sequence[str], re.Pattern[str]]]
    everyday: re.Pattern[str]


@cache
def _names() -> _Names:
    forms = {_bounded(form): label for label, all_ in rules()["forms"].items() for form in all_}
    listed = {
        _pattern(name): label.id
        for label in shipped().labels
        for name in (*label.name.values(), *(a for all_ in label.aliases.values() for a in all_))
    }
    by_letter: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for form, label in (forms | listed).items():
        by_letter[LETTERS.findall(form.removeprefix(BOUND))[0]].append((form, label))
    for some in by_letter.values():
        some.sort(key=lambda each: len(LETTERS.findall(each[0])), reverse=True)
    chinese = "".join(letter for letter in by_letter if not letter.isascii())
    latin = "".join(letter for letter in by_letter if letter.isascii())
    return _Names(
        beginning=re.compile(rf"[{chinese}]|\b[{latin}]"),
        by_letter={
            letter: ([label for _, label in some], re.compile("|".join(f"({f})" for f, _ in some)))
            for letter, some in by_letter.items()
        },
        everyday=re.compile("|".join(map(_pattern_or_form, rules()["everyday"]["names"]))),
    )


def _pattern_or_form(name: str) -> str:
    return _pattern(name) if name.replace(" ", "").isalpha() else _bounded(name)


def _pattern(name: str) -> str:
    """Return a pattern for a name, with or without the spaces and quotation marks in it."""
    letters = plain(name)
    if LATIN.search(letters):
        return _bounded(BETWEEN.join(map(re.escape, re.split(r"[ -]+", letters))))
    return BETWEEN.join(map(re.escape, UNSAID.sub("", letters)))


def _bounded(form: str) -> str:
    form = re.sub(r"\((?!\?)", "(?:", form)  # the groups of the whole pattern are counted
    return rf"{BOUND}(?:{form})\b" if LATIN.search(form) else form
