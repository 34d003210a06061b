"""Find the headings and numbers by which an answer marks its parts."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "headings.toml"
LONGEST = {"zh": 16, "en": 45}
NUMBER = r"""
    (?P<step>第[一二三四五六1-6][步点部]分?|step[ ]?\d|part[ ]?\d)[ ]*[.、:,)-]?
    | (?P<round>[①②③④⑤⑥])
    | (?P<brackets>\((?:[一二三四五六]|[1-6])\))[ ]*[.、]?
    | (?P<chinese>[一二三四五六])[、.]
    | (?P<digit>[1-6])(?:[.、)](?!\d)|️?⃣)
"""
# A heading begins a line, or follows a sentence; its title ends at a colon, or at the line's end.
HEADING = re.compile(
    rf"""
    [ \t>]* (?P<bullet>[-*•·–]\s+)?
    (?P<hash>\#{{1,6}}[ ]*)? (?P<bold>\*\*|__)? [ ]*
    (?:(?:{NUMBER})[ ]*)?
    (?P<bold2>\*\*)? (?P<bracket>[【\[])?
    (?P<title>[^\n:。!?;*【】\[\]]{{2,45}}?)
    (?P<close>[】\]])? [ ]*
    (?P<end>:?\*\*[ ]*:?|__[ ]*:?|:(?!//)|[ ]+[-—–]+[ ]|[ ]*(?=\n|\Z)|(?<=[】\]]))
    [ \t]*""",
    re.VERBOSE,
)
# What ends every heading, and how far from its beginning: looked for first, as it is cheap.
ENDING, FARTHEST = re.compile(r"[:\n*_\]】]| [-—–]"), 70
ITEM = re.compile(rf"[ \t]*(?:\*\*)?(?:{NUMBER})[ ]*", re.VERBOSE)
ORDER = "一二三四五六"
ROUND = "①②③④⑤⑥"
CHINESE = re.compile("[\u3400-\u9fff]")
# Who says "I advise" or "ask yourself" before a colon gives no heading, unless a noun ends it.
SPOKEN = re.compile(r"[我你他她咱,，、\"']|自己|\b(?:i|me|my|you|your|he|she|they|we)\b")
NOUN = re.compile(
    "的(?:方法|建议|策略|行动|步骤|鼓励|祝福|想法|念头|信念|感受|误区|陷阱|反思|问题)$"
)


@dataclass(frozen=True)
class Heading:
    """A heading from `start` to `end`, where what it heads begins; `style` is how it is marked."""

    start: int
    end: int
    part: str
    style: str


@dataclass(frozen=True)
class Number:
    """A number of a list at the top of an answer, from `start` to `end`."""

    start: int
    end: int


@cache
def _titles() -> list[tuple[str, re.Pattern[str]]]:
    parts = tomllib.loads(WORDS.read_text("utf-8"))["part"]
    return [(part["name"], re.compile("|".join([*part["zh"], *part["en"]]))) for part in parts]


def headings(text: str, starts: Sequence[int]) -> list[Heading]:
    """Return the headings of a plain text, if there are those of two parts or more.

    `starts` are the places where its sentences and lines begin.

    Where headings are marked in several styles, those of the style count that names the most
    parts: the bold words in a list of exercises head nothing.
    """
    styles: dict[str, list[Heading]] = defaultdict(list)
    for found in _candidates(text, starts):
        styles[found.style].append(found)
    if not styles:
        return []
    best = max(styles.values(), key=lambda each: len({heading.part for heading in each}))
    return best if len({heading.part for heading in best}) > 1 else []


def _candidates(text: str, starts: Sequence[int]) -> Iterator[Heading]:
    near_the_end = len(text) - FARTHEST
    likely = (
        start
        for start in starts
        if start > near_the_end or ENDING.search(text, start, start + FARTHEST)
    )
    for match in filter(None, (HEADING.match(text, start) for start in likely)):
        title, style = match["title"].strip(), _style(match)
        part = part_named(title)
        if part and _is_title(title, style):
            yield Heading(match.start(), match.end(), part, style)


def _is_title(title: str, style: str) -> bool:
    if len(title) > LONGEST["zh" if CHINESE.search(title) else "en"] or title[-1] in ".,":
        return False
    return style != "colon" or not SPOKEN.search(title) or NOUN.search(title) is not None


def _style(match: re.Match[str]) -> str:
    bullet = "bullet " if match["bullet"] else ""
    return bullet + _mark(match)


def _mark(match: re.Match[str]) -> str:
    for number in ("step", "round", "brackets", "chinese", "digit"):
        if match[number]:
            return number
    for mark in ("hash", "bold", "bold2", "bracket"):
        if match[mark]:
            return mark
    return "line" if match["end"].isspace() or not match["end"] else "colon"


def part_named(title: str) -> str | None:
    return next((part for part, words in _titles() if words.search(title)), None)


def numbers(text: str, starts: Sequence[int]) -> Sequence[Number]:
    """Return the numbers of the first list in a plain text that counts 1, 2, 3 and on.

    `starts` are the places where its sentences and lines begin. A list inside one of the items is
    not looked at.
    """
    found: list[Number] = []
    kind = ""
    for match in filter(None, (ITEM.match(text, start) for start in starts)):
        style, value = _number(match)
        if value == len(found) + 1 and style == (kind or style):
            found.append(Number(match.start(), match.end()))
            kind = style
    return found if len(found) > 2 else []


def _number(match: re.Match[str]) -> tuple[str, int]:
    kind = next(name for name, value in match.groupdict().items() if value)
    digits = re.search(rf"[1-6{ORDER}{ROUND}]", match[kind])
    character = digits[0] if digits else "0"
    for order in (ORDER, ROUND):
        if character in order:
            return kind, order.index(character) + 1
    return kind, int(character)
