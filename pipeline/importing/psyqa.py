"""Know PsyQA's records by their shape, and its answers in which several posts are glued."""

import re
from pathlib import Path
from typing import Any

NAME = "psyqa"
# What stood between the posts of a forum; two of these marks stand nowhere else.
BETWEEN_POSTS = re.compile("[#＃■※@<>]{2,}|[■※]")


def is_its_answer(answer: dict[str, Any]) -> bool:
    """Say whether an answer has the labels that only PsyQA's have."""
    return "has_label" in answer or "labels_sequence" in answer


def is_its_name(path: Path, source: str) -> bool:
    return any(name.casefold().startswith(NAME) for name in (path.name, source))


def glued(answer: str) -> str | None:
    """Return the marks that stand between several posts in one answer, or None.

    >>> glued("抱抱你＃■※@先睡一觉吧"), glued("我们班<2班>的事"), glued("1楼■2楼■3楼")
    ('＃■※@', None, '■')
    """
    if "■" not in answer and "※" not in answer:
        return None
    found = BETWEEN_POSTS.findall(answer)
    return found[0] if len(found) > 1 or any(len(marks) > 1 for marks in found) else None
