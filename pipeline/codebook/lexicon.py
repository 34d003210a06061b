"""Find the distortions that an answer names, by names and rules alone."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipeline.codebook.distortions import shipped
from pipeline.codebook.names import Name, names, rules
from pipeline.parsing.plain import plain
from pipeline.parts import parse

DETECTOR = "lexicon"  # what the store calls it
HERE = Path(__file__).parent
CLAUSE_ENDS = re.compile(r"[,。;!?:()\n—]|\.(?=\s|$)")
CITED = re.compile(r"\"[^\"]*\"")  # what the help-seeker said is neither negation nor advice
LETTERS_A_WORD = 6
FARTHEST = 400  # characters of a sentence that are looked at on each side of a name
CHINESE = re.compile("[\u3400-\u9fff]")
SENTENCE_ENDS = re.compile(r"[。!?\n]+[\"')]*|\.(?=[\s\"')]|$)[\"')]*")


@dataclass(frozen=True)
class Found:
    """A distortion that is named, and where its name stands in the text."""

    label: str
    start: int
    end: int


@dataclass(frozen=True)
class _Place:
    """What stands around a name: its clause before and after it, what follows, its sentence."""

    first: int
    last: int
    before: str
    after: str
    following: str
    sentence: str
    sentence_before: str
    quoted: bool


def named_in(text: str, parts: Sequence[Mapping[str, Any]] | None = None) -> list[Found]:
    """Return the distortions that an answer says the person's words show, in the text's order.

    Looks at the part that identifies thoughts, of `parts` or else as the text is parsed; where
    there is none, at the whole text.

    >>> named_in("这不是灾难化，更像读心术。")
    [Found(label='mind_reading', start=9, end=12)]
    """
    letters = plain(text)
    found = names(letters)
    if not found:
        return []
    start, end = _thought(parse(text) if parts is None else parts) or (0, len(text))
    ends = [match.end() for match in SENTENCE_ENDS.finditer(letters)]
    places = {
        name: _place(name, letters, ends)
        for name in found
        if start <= name.start and name.end <= end
    }
    standing = {name: place for name, place in places.items() if _stands(place)}
    plainly = [name.start for name in standing if not name.everyday]
    return [
        Found(name.label, name.start, name.end)
        for name, place in standing.items()
        if not name.everyday or place.quoted or _beside(place, plainly) or _is_meant(place)
    ]


def _thought(parts: Iterable[Mapping[str, Any]]) -> tuple[int, int] | None:
    return next(((part["start"], part["end"]) for part in parts if part["part"] == "thought"), None)


def _place(name: Name, text: str, ends: Sequence[int]) -> _Place:
    """Return what stands around a name; `ends` are those of the text's sentences."""
    index = bisect_right(ends, name.start)
    before_that, begins = (ends[i] if i >= 0 else 0 for i in (index - 2, index - 1))
    first = max(begins, name.start - FARTHEST)
    last = min(ends[index] if index < len(ends) else len(text), name.end + FARTHEST)
    before, rest = CITED.sub(_blank, text[first : name.start]), text[name.end : last]
    clauses = [match.end() for match in CLAUSE_ENDS.finditer(before)]
    stop = CLAUSE_ENDS.search(rest)
    after = rest[: stop.start()] if stop else rest
    return _Place(
        first=first,
        last=last,
        before=before[clauses[-1] :] if clauses else before,
        after=after,
        following=rest[len(after) :],
        sentence=text[first:last],
        sentence_before=text[max(before_that, begins - FARTHEST) : begins],
        quoted=before.endswith(('"', "'", "(")) and rest.startswith(('"', "'", ")", "式")),
    )


def _stands(place: _Place) -> bool:
    return not (_negated(place) or _advised(place) or _asked(place) or _general(place))


def _beside(place: _Place, plainly: Sequence[int]) -> bool:
    """Tell whether one of the other names, which begin there, is in the same sentence."""
    return bisect_left(plainly, place.first) < bisect_left(plainly, place.last)


def _negated(place: _Place) -> bool:
    rule = rules()["negation"]
    before = _pattern("negation", "none").sub(_blank, place.before)
    turns = [match.end() for match in _pattern("negation", "until").finditer(before)]
    near = _near(before[turns[-1] if turns else 0 :], rule["reach"])
    after = _pattern("negation", "after").search(place.after)
    return bool(after or _pattern("negation", "before").search(near))


def _near(before: str, reach: int) -> str:
    """Return the end of what stands before a name: `reach` characters, or words in English."""
    return before[-reach if CHINESE.search(before) else -LETTERS_A_WORD * reach :]


def _blank(match: re.Match[str]) -> str:
    return "_" * len(match[0])


def _advised(place: _Place) -> bool:
    near = _near(place.before, rules()["advice"]["reach"])
    return bool(_pattern("advice", "before").search(near))


def _asked(place: _Place) -> bool:
    if not place.sentence.rstrip("\"') \n").endswith("?"):
        return False
    if _pattern("question", "suggests").search(place.sentence):
        return False
    clause = place.before + "X" + place.after + place.following[:3]
    return not CHINESE.search(place.sentence) or bool(_pattern("question", "asks").search(clause))


def _general(place: _Place) -> bool:
    if _pattern("general", "before").search(place.before):
        return True
    begins = not place.before.strip("\"'( ")
    if begins and _pattern("general", "after").search(place.after + place.following[:6]):
        return True
    listed = _pattern("general", "list").search(place.sentence)
    return bool(listed) and not _pattern("general", "particular").search(place.sentence)


def _is_meant(place: _Place) -> bool:
    near = place.before[-rules()["everyday"]["reach"] :]
    return bool(
        _pattern("everyday", "before").search(near)
        or re.search(f"{_pattern('everyday', 'before_en').pattern} ?[\"'(]?$", place.before)
        or _pattern("everyday", "after").match(place.after.lstrip("\"'"))
        or _pattern("everyday", "after_en").match(place.after.lstrip("\"'") + place.following[:9])
        or _pattern("everyday", "near").search(place.sentence_before + place.sentence)
    )


@cache
def _pattern(kind: str, which: str) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(rules()[kind][which])})")


@cache
def version() -> str:
    """Return what changes with the rules, with the code that applies them, and with the names."""
    code = [*HERE.glob("lexicon.*"), *HERE.glob("names.py"), HERE.parent / "parts.py"]
    code += [*(HERE.parent / "parsing").glob("*.py"), *(HERE.parent / "parsing").glob("*.toml")]
    found = sha256(b"".join(path.read_bytes() for path in sorted(code)))
    for label in shipped().labels:
        names_ = (label.id, sorted(label.name.items()), sorted(label.aliases.items()))
        found.update(repr(names_).encode())
    return found.hexdigest()
