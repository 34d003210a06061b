"""Wrap text to a number of places, of which a Chinese character takes two."""

import re
from collections.abc import Iterator

from pipeline.cli.columns import width

CLOSING = "，。、；：？！）》」』”’…,.;:?!)]}"  # none of them begins a line
OPENING = "（《「『“‘([{"  # none of them ends one
# A word, or one character that a line may break on both sides of; what closes stays with it.
PIECES = re.compile(
    rf"\s+|[{re.escape(OPENING)}]*(?:[!-~\u00a1-\u024f]+|.)[{re.escape(CLOSING)}]*", re.DOTALL
)


def wrapped(text: str, places: int) -> Iterator[str]:
    """Yield the lines of a text; a line of its own stays one, and an empty one is kept.

    >>> list(wrapped("睡不着，怎么办？ Try it.", 8))
    ['睡不着，', '怎么办？', 'Try it.']
    """
    for line in text.splitlines():
        yield from _of_line(line.expandtabs(4), max(places, 2))


def _of_line(line: str, places: int) -> Iterator[str]:
    current = ""
    for piece in _pieces(line, places):
        if width(current) + width(piece.rstrip()) > places and current.strip():
            yield current.rstrip()
            current = ""
        current += piece if current else piece.lstrip()
    yield current.rstrip()


def _pieces(line: str, places: int) -> Iterator[str]:
    """Yield the pieces that a line is made of, none wider than the line."""
    for piece in PIECES.findall(line):
        if width(piece) <= places or piece.isspace():
            yield piece
            continue
        yield from _cut(piece, places)


def _cut(piece: str, places: int) -> Iterator[str]:
    current = ""
    for character in piece:
        if current and width(current) + width(character) > places:
            yield current
            current = ""
        current += character
    yield current
