"""Know PsyQA's records by their shape, and its answers in which several posts are glued."""

import re
from pathlib import Path
from typing import Any

NAME = "psyqa"
LABELS = ("labels_sequence", "has_label")  # which only PsyQA's answers have
MARKS = "#＃■※@<>"  # what stood between the posts of a forum
BETWEEN_POSTS = re.compile(f"[{MARKS}]{{2,}}|[＃■※]")


def is_its_answer(answer: dict[str, Any]) -> bool:
    return any(label in answer for label in LABELS)


def is_its_name(path: Path, source: str) -> bool:
    return any(name.casefold().startswith(NAME) for name in (path.name, source))


def glued(answer: str) -> str | None:
    """Return the marks that stand between several posts in one answer, or None.

    >>> glued("抱抱你＃■※先睡一觉吧"), glued("我们班<2班>的事"), glued("1楼■2楼■3楼")
    ('＃■※', None, '■')
    """
    if not any(map(answer.__contains__, MARKS)):
        return None
    found = BETWEEN_POSTS.findall(answer)
    return found[0] if len(found) > 1 or any(len(marks) > 1 for marks in found) else None
