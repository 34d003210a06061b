"""Read the rules of rules.toml: signs by the words that they turn on, and what excuses a sign."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.parsing.plain import TABLE, plain
from pipeline.parsing.spelling import GAP, spellings

HERE = Path(__file__).parent
LANGUAGES = ("zh", "en")
# The commonest letters of questions, by which nothing is looked for if a word has another one.
COMMON = (
    "我了一不的是就说在个没上他得来都人有天到想年还么去要子着自也这会下她看可三里点过好家觉后时心那己老回十问现两怎又出跟做打"
    "手周友小开妈话事大发道学能爸二月次每把知死第前怕班真什公吃分完对实样候睡面别最笑晚朋半同给多写该被师饭孩以们越只四从然生"
    "头起全讲门房像五进吗电工哭考敢岁当机气地经很本才走理句六结行总其婆书口已眼你算换照背和业导中吧婚女儿长放错病活夜钟间楼快"
    "作高掉坐边听反室字成难文见九住挺再带慌关聊转男为群试课请假翻装今方杀慢七早接外消用让停但脑白正姐管谁始单音条舍所题记表动"
)
TOO_COMMON = 50
TRADITIONAL = "這們個還說會為來沒樣後媽過"  # and those of the words
GAPS = {"zh": "[^，。；！？,;!?\n]{0,8}", "en": "[^,.;!?\n]{0,24}"}
REACH = {"zh": 24, "en": 48}  # characters before a word that a sign may look at
NOWHERE = "(?!)"
SIGN = re.compile("(?P<before>[^«]*)«(?P<word>[^»]+)»(?P<after>.*)")


class Span(NamedTuple):
    """From where to where a sign stands in a text."""

    start: int
    end: int


@dataclass(frozen=True)
class Sign:
    """What tells of a kind of danger: something before a word, and something after it."""

    kind: str
    before: str
    after: str
    reach: int

    @cached_property
    def _before(self) -> re.Pattern[str]:
        return re.compile(f"(?:{self.before})$")

    @cached_property
    def _after(self) -> re.Pattern[str]:
        return re.compile(self.after)

    def around(self, text: str, start: int, end: int) -> Span | None:
        """Return where the sign is whose word is at `start` to `end`, or None if it is none."""
        if self.after:
            after = self._after.match(text, end)
            if after is None:
                return None
            end = after.end()
        if self.before:
            before = self._before.search(text, max(start - self.reach, 0), start)
            if before is None:
                return None
            start = before.start()
        return Span(start, end)


@dataclass(frozen=True)
class Word:
    """A word and the signs that turn on it."""

    text: str
    signs: tuple[Sign, ...]


@dataclass(frozen=True)
class Signs:
    """The signs of one language by the words that they turn on.

    `letters` finds the next letter by which there may be a word, or a traditional character, which
    no word has. `shapes` has for each letter which place it has in its words, and their lengths.
    """

    letters: re.Pattern[str]
    shapes: Mapping[str, tuple[tuple[int, int], ...]]
    words: Mapping[str, Word]


@dataclass(frozen=True)
class Kind:
    """One kind of danger, as `cbt danger rules` shows it."""

    id: str
    about: Mapping[str, str]
    signs: Mapping[str, tuple[str, ...]]


@cache
def kinds() -> tuple[Kind, ...]:
    found = _data()["kinds"].items()
    return tuple(
        Kind(id_, rule["about"], {of: tuple(rule[of]) for of in LANGUAGES}) for id_, rule in found
    )


@cache
def signs(language: str) -> Signs:
    """Return the signs of a language."""
    words: dict[str, tuple[Sign, ...]] = defaultdict(tuple)
    for kind in kinds():
        for written in kind.signs[language]:
            spelled, sign = _sign(written, kind.id, language)
            for word in spellings(spelled):
                words[word] += (sign,)
    places = dict.fromkeys(words, 0) if language == "en" else _places(words)
    by_letter: dict[str, list[str]] = defaultdict(list)
    shapes: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for word, place in places.items():
        by_letter[word[place]].append(word)
        shapes[word[place]].add((place, len(word)))
    pattern = "|".join(f"{letter}(?:{_around(of, places)})" for letter, of in by_letter.items())
    if language == "en":
        whole = f"(?<![a-z])(?:{pattern})"
    else:
        whole = "|".join([pattern, *dict.fromkeys([*TRADITIONAL, *_traditional(shapes)])])
    known = {word: Word(word, of) for word, of in words.items()}
    return Signs(re.compile(whole), {at: tuple(of) for at, of in shapes.items()}, known)


def _traditional(letters: Iterable[str]) -> list[str]:
    """Return the traditional forms of letters, and some that hardly a traditional text lacks."""
    forms = TABLE | {chr(code): letter for code, letter in _also_simple().items()}
    return [form for form, letter in forms.items() if letter in letters and form > "\u3400"]


def simple(text: str) -> str:
    """Return a text in the plain form, in which the rules are written."""
    return plain(text).translate(_also_simple())


@cache
def _also_simple() -> dict[int, str]:
    pairs = _data()["traditional"]
    return str.maketrans(dict(zip(pairs[::2], pairs[1::2], strict=True)))


def _places(words: Iterable[str]) -> dict[str, int]:
    """Return where each word has the letter to look for it by: few different ones, none common."""
    of_letter: dict[str, set[str]] = defaultdict(set)
    for word in words:
        for letter in word:
            of_letter[letter].add(word)
    needed = [letter for letter, of in of_letter.items() if letter in of]
    found: dict[str, int] = {}
    while of_letter:
        among = [letter for letter in needed if letter in of_letter] or of_letter
        best = max(among, key=lambda letter: (len(of_letter[letter]) * _rare(letter), letter))
        for word in of_letter.pop(best):
            found[word] = word.index(best)
            for letter in set(word) & of_letter.keys():
                of_letter[letter].discard(word)
        of_letter = {letter: of for letter, of in of_letter.items() if of}
    return found


def _rare(letter: str) -> float:
    """Return how rare a letter is, roughly one in how many."""
    place = COMMON.find(letter)
    return 10 if 0 <= place < TOO_COMMON else 2_500 if place < 0 else 10 * (place + 10)


def _around(words: Iterable[str], places: Mapping[str, int]) -> str:
    """Return a pattern of what stands around the words' letter, up to where one of them ends."""
    behind = [
        f"(?<={word[: place + 1]}){word[place + 1 :]}" for word in words if (place := places[word])
    ]
    first = [word[1:] for word in words if not places[word]]
    if "" in first:
        return ""
    return "|".join([*([_tree(first)] if first else []), *behind])


def _tree(endings: Iterable[str]) -> str:
    """Return a pattern of the endings by their first letters, which re tries one after another.

    >>> _tree(["了我", "了她", "我"])
    '了(?:我|她)|我'
    """
    by_first: dict[str, list[str]] = defaultdict(list)
    for ending in endings:
        if not ending:
            return ""  # what is longer begins with this one
        by_first[ending[0]].append(ending[1:])
    return "|".join(
        re.escape(first) + (f"(?:{rest})" if (rest := _tree(of)) else "")
        for first, of in by_first.items()
    )


def _sign(written: str, kind: str, language: str) -> tuple[str, Sign]:
    parts = SIGN.fullmatch(written)
    if parts is None:
        raise ValueError(f"the sign {written} has no word in «»")
    before, after = (_spelled(parts[of], language) for of in ("before", "after"))
    return parts["word"], Sign(kind, before, after, REACH[language])


def _spelled(pattern: str, language: str) -> str:
    return pattern.replace(GAP, GAPS[language])


@cache
def excuse(name: str, language: str) -> re.Pattern[str]:
    """Return what an excuse is found by: any of its texts, or none that there is."""
    texts = _data()["excuses"][name][language]
    return re.compile("|".join(_spelled(text, language) for text in texts) or NOWHERE)


def excuses() -> dict[str, dict[str, list[str]]]:
    """Return the texts of the excuses by their names and languages."""
    found: dict[str, dict[str, list[str]]] = _data()["excuses"]
    return found


@cache
def version() -> str:
    """Return what changes with the rules and with the code that applies them."""
    files = [HERE / name for name in ("danger.py", "rules.py", "rules.toml")]
    files += [HERE.parent / "parsing" / name for name in ("plain.py", "spelling.py")]
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((HERE / "rules.toml").read_text("utf-8"))
