"""Tell which questions have the same text, whatever each of them is called."""

import re
from collections.abc import Collection, Sequence
from unicodedata import normalize

from pipeline.passages import passage

UNSAID = re.compile(r"[\W_]+")
TELLING = 30  # letters; a shorter description ("如题", "我该怎么办") may be anyone's


def keys(text: str | None, description: str | None) -> tuple[str, ...]:
    """Return what a question has in common with every other one of the same text.

    That is its passage, and its description where it is long enough to be nobody else's: a post
    that came again under another title. Only letters and digits count: no blanks, marks, case or
    width of letters. Texts that differ in a word are different ones.

    >>> keys("我总是担心，怎么办？", "ＡＢ 三天了") == keys("我总是担心 怎么办", "ab三天了。")
    True
    >>> keys(None, None)
    ()
    """
    whole, more = passage(text, description), _said(description or "")
    found = (f"whole {_said(whole) or whole}",) if whole else ()
    return (*found, f"description {more}") if len(more) >= TELLING else found


def _said(text: str) -> str:
    return UNSAID.sub("", normalize("NFKC", text).casefold())


def grouped(texts: Sequence[Collection[str]]) -> list[list[int]]:
    """Return the places of texts in groups: together are those that share a key, or a third does.

    >>> grouped([("a",), ("b",), ("c", "a"), (), ("c",)])
    [[0, 2, 4], [1], [3]]
    """
    above = list(range(len(texts)))
    first: dict[str, int] = {}
    for place, of_text in enumerate(texts):
        for key in of_text:
            one, other = _top(above, first.setdefault(key, place)), _top(above, place)
            above[max(one, other)] = min(one, other)
    groups: dict[int, list[int]] = {}
    for place in range(len(texts)):
        groups.setdefault(_top(above, place), []).append(place)
    return list(groups.values())


def _top(above: list[int], place: int) -> int:
    while above[place] != place:
        above[place] = above[above[place]]
        place = above[place]
    return place
