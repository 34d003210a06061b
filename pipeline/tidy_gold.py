"""The tidy gold file: how one cell says which distortions are there."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from db.columns import Presence
from pipeline.codebook.distortions import folded
from pipeline.tidy import is_showable, split_at

LONGEST_NAME = 200
WORDS: dict[Presence, tuple[str, ...]] = {  # the first of each is the one that is written
    "no": (
        "none", "no", "none present", "absent", "Non-distorted", "Not distorted", "No Distortion",
        "无", "没有", "否", "非扭曲", "非扭曲表述", "无扭曲", "无认知扭曲", "无歪曲", "无认知歪曲",
    ),
    "cannot_tell": ("cannot_tell", "can't tell", "无法判断"),
    "yes": ("present", "yes", "Distorted", "有", "是"),
}  # fmt: skip
PRESENCE_OF = {folded(word): presence for presence, words in WORDS.items() for word in words}
NUMBER = re.compile(r"[+-]?\d+(\.\d*)?|true|false", re.IGNORECASE)
ESCAPED = re.compile(r"\\([\\|])")
LISTS = ("[", "{")  # a list that was written out is no name


class Answer(NamedTuple):
    """What is said of an item; labels are names as they came, and only "yes" has any."""

    presence: Presence
    labels: tuple[str, ...] = ()


def answer_text(presence: Presence, labels: Iterable[str] = ()) -> str:
    r"""Return an answer as one cell: labels joined by `|`, or a word where there are none.

    A name that would be read as something else has a backslash before it.

    >>> answer_text("yes", ["mind_reading", "a|b", "1"]), answer_text("yes"), answer_text("no")
    ('mind_reading|a\\|b|\\1', 'present', 'none')
    """
    return "|".join(map(_escaped, labels)) or WORDS[presence][0]


def _escaped(name: str) -> str:
    mark = "\\" if folded(name) in PRESENCE_OF or NUMBER.fullmatch(name) else ""
    return mark + _whole(name)


def _whole(name: str) -> str:
    return name.replace("\\", "\\\\").replace("|", "\\|")


def answer_of(text: str) -> Answer:
    r"""Undo `answer_text`. Raises ValueError with what is wrong, to go on from "row 5".

    >>> answer_of("mind_reading|a\\|b|\\1").labels, answer_of("Non-distorted").presence
    (('mind_reading', 'a|b', '1'), 'no')
    """
    if text.lstrip().startswith(LISTS):
        raise ValueError("has a list that is written out; join labels by | instead")
    parts = [part.strip() for part in split_at(text, "|")]
    return _answer(part for part in parts if part)


def answer_of_names(names: Iterable[str]) -> Answer:
    """Return the answer that a list of names is; an empty list says that none is there."""
    parts = [_whole(name.strip()) for name in names]
    return _answer(parts) if parts else Answer("no")


def _answer(parts: Iterable[str]) -> Answer:
    words, labels = [], []
    for part in parts:
        if folded(part) in PRESENCE_OF:
            words.append(part)
        else:
            labels.append(_name(part))
    return combined(words, labels)


def combined(words: Iterable[str], labels: Iterable[str]) -> Answer:
    """Return what labels and some of WORDS say together. Raises ValueError where they cannot."""
    named = tuple(dict.fromkeys(labels))
    presences = list(dict.fromkeys(PRESENCE_OF[folded(word)] for word in words))
    if len(presences) > 1 or (named and presences):
        both = " and ".join([*(WORDS[presence][0] for presence in presences), *named])
        raise ValueError(f"has the answer {both[:100]}, which cannot all be so")
    if not named and not presences:
        raise ValueError("names no label; for 'none is there' write none")
    return Answer(next(iter(presences), "yes"), named)


def _name(part: str) -> str:
    escaped = part.startswith("\\") and part[1:2] not in ("\\", "|")
    name = ESCAPED.sub(r"\1", part[1:] if escaped else part)
    if not escaped and NUMBER.fullmatch(name):
        raise ValueError(f"has the number {name[:20]} where names of labels should be")
    return checked_name(name)


def checked_name(name: str) -> str:
    """Return a label's name. Raises ValueError for one that cannot be shown or written."""
    if not 1 <= len(name) <= LONGEST_NAME or not is_showable(name):
        raise ValueError(f"has a label that is not one line of at most {LONGEST_NAME} characters")
    if name.startswith(LISTS):
        raise ValueError("has a list that is written out; join labels by | instead")
    return name
