"""Lay out rows in columns, for texts in which a Chinese character takes two places."""

from collections.abc import Sequence
from unicodedata import combining, east_asian_width


def width(text: str) -> int:
    """Return how many places a terminal needs for a text.

    >>> width("abc"), width("系统A")
    (3, 5)
    """
    return sum(
        0 if combining(character) else 1 + (east_asian_width(character) in "WF")
        for character in text
    )


def aligned(rows: Sequence[Sequence[str]], *, left: int = 1) -> list[str]:
    """Return one line a row; the first `left` columns stand on the left, numbers on the right.

    >>> aligned([["系统", "n"], ["a", "500"]])
    ['系统    n', 'a     500']
    """
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            _padded(cell, places, left=column < left)
            for column, (cell, places) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _padded(cell: str, places: int, *, left: bool) -> str:
    space = " " * (places - width(cell))
    return cell + space if left else space + cell
