"""Name the places of a page that links lead to."""

import re
from collections.abc import Iterable
from html import escape

from pipeline.report.document.naming import printable

CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
NOT_IN_A_NAME = re.compile(r"[^\w.-]+")


class Anchors:
    """A place for each id, with no character that a link would have to write in another way."""

    def __init__(self, prefix: str, ids: Iterable[str]) -> None:
        self._of: dict[str, str] = {}
        taken: set[str] = set()
        for id_ in ids:
            stem = f"{prefix}{NOT_IN_A_NAME.sub('-', printable(id_))}"
            name, number = stem, 2
            while name in taken:
                name, number = f"{stem}--{number}", number + 1
            taken.add(name)
            self._of[id_] = name

    def __getitem__(self, id_: str) -> str:
        return self._of[id_]

    def __contains__(self, id_: str) -> bool:
        return id_ in self._of


def shown(text: str) -> str:
    """Return a text as a page shows it as it is.

    >>> shown('a < "b"')
    'a &lt; &quot;b&quot;'
    """
    return escape(printable(text))


def language(text: str) -> str:
    """Return the attribute that tells a page's reader a text that is mostly Chinese, or nothing.

    >>> language("过度概括，即以偏概全"), language("overgeneralization (过度概括)")
    (' lang="zh-Hans"', '')
    """
    many = len(CHINESE.findall(text))
    return ' lang="zh-Hans"' if many and many * 5 >= len(text.strip()) else ""
