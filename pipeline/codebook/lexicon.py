"""Find the distortions that an answer names, by names and rules alone."""

import re
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

HERE = Path(__file__).parent
CLAUSE_ENDS = re.compile(r"[,。;!?:()\n—]|\.(?=\s|$)")
CITED = re.compile(r"\"[^\"]*\"")  # what the help-seeker said is neither negation nor advice
LETTERS_A_WORD = 6
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
    inside = [name for name in found if start <= name.start and name.end <= end]
    plainly = [name for name in inside if not name.everyday and _stands(_place(name, letters))]
    return [
        Found(name.label, name.start, name.end)
        for name in inside
        if name in plainly or (name.everyday and _is_named(name, letters, plainly))
    ]


def _thought(parts: Iterable[Mapping[str, Any]]) -> tuple[int, int] | None:
    return next(((part["start"], part["end"]) for part in parts if part["part"] == "thought"), None)


def _stands(place: _Place) -> bool:
    return not (_negated(place) or _advised(place) or _asked(place) or _general(place))


def _is_named(name: Name, text: str, plainly: Sequence[Name]) -> bool:
    """Tell whether a word that means other things too is meant as a name here."""
    place = _place(name, text)
    if not _stands(place):
        return False
    beside = any(place.first <= other.start < place.last for other in plainly)
    return place.quoted or beside or _is_meant(place)


def _place(name: Name, text: str) -> _Place:
    first, last, sentence_before = _sentence(name, text)
    before, rest = CITED.sub(_blank, text[first : name.start]), text[name.end : last]
    begins = [match.end() for match in CLAUSE_ENDS.finditer(before)]
    stop = CLAUSE_ENDS.search(rest)
    after = rest[: stop.start()] if stop else rest
    return _Place(
        first=first,
        last=last,
        before=before[begins[-1] :] if begins else before,
        after=after,
        following=rest[len(after) :],
        sentence=text[first:last],
        sentence_before=sentence_before,
        quoted=before.endswith(('"', "'", "(")) and rest.startswith(('"', "'", ")", "式")),
    )


def _sentence(name: Name, text: str) -> tuple[int, int, str]:
    """Return where the name's sentence begins and ends, and the sentence before it."""
    starts, last = [0], len(text)
    for match in SENTENCE_ENDS.finditer(text):
        if match.start() >= name.end:
            last = match.end()
            break
        starts.append(match.end())
    return starts[-1], last, text[starts[-2] : starts[-1]] if len(starts) > 1 else ""


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
