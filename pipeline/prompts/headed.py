"""Write an answer's parts under headings, and find them again under the same headings."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

BRACKETS = {"zh": "【{}】", "en": "[{}]"}
# What models put around a heading, however they were told to write it.
BEFORE = r"^[ \t>#*_•-]*+(?:(?:\d|[一二三四五六七八九])[.、)）][ \t]*+)?[*_]*+[【\[「（(《]?"
AFTER = r"(?:[】\]」）)》][ \t]*[*_]*[:：]?[*_]*|[*_]*[ \t]*[:：][*_]*|[*_]*[ \t]*$)[ \t]*"


def heading(name: str, *, language: str) -> str:
    """Return a part's name as a heading, which stands on a line of its own.

    >>> heading("验证和共情", language="zh")
    '【验证和共情】'
    """
    return BRACKETS[language].format(name)


def with_headings(texts: Mapping[str, str], *, language: str) -> str:
    """Return an answer in which each text stands under its name."""
    return "\n\n".join(f"{heading(name, language=language)}\n{texts[name]}" for name in texts)


def headed(answer: str, names: Mapping[str, str]) -> list[dict[str, Any]]:
    r"""Return the parts of an answer that stand under their names, in its order.

    `names` gives the heading of each part. A part under a second heading of its name is left out,
    and so is what stands before the first heading.

    >>> headed("**Hope:** Go on.\n\n[Plan]\nRest.", {"hope": "Hope", "plan": "Plan"})
    [{'part': 'hope', 'start': 10, 'end': 16}, {'part': 'plan', 'start': 25, 'end': 30}]
    """
    found = list(_pattern(tuple(names.values())).finditer(answer))
    ids = {name.casefold(): id_ for id_, name in names.items()}
    spans: dict[str, dict[str, Any]] = {}
    for match, start in pairwise([*found, None]):
        if match is None:
            break
        until = start.start() if start else len(answer)
        inside = answer[match.end() : until]
        begins = match.end() + len(inside) - len(inside.lstrip())
        part = ids[match["name"].casefold()]
        if inside.strip():
            ends = begins + len(inside.strip())
            spans.setdefault(part, {"part": part, "start": begins, "end": ends})
    return list(spans.values())


@lru_cache(maxsize=16)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    name = f"[ \\t]*+(?P<name>{'|'.join(map(re.escape, longest_first))})[ \\t]*+"
    return re.compile(BEFORE + name + AFTER, re.MULTILINE | re.IGNORECASE)
