"""What every format asks of a table's columns: their heads, their sides, their widths."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from unicodedata import east_asian_width

from pipeline.report.document.blocks import Column, Table


def on_left(column: Column, at: int) -> bool:
    """Return whether a table's column of this place stands on the left, as words do."""
    return column.text or at == 0


def heads(columns: Sequence[Column]) -> Iterator[tuple[str, range]]:
    """Yield the headings that neighbours share, "" for none, with the places of the columns.

    Nothing is yielded for a table without such headings.
    """
    if any(column.over for column in columns):
        start = 0
        for over, neighbours in groupby(columns, key=lambda column: column.over):
            places = range(start, start + len(list(neighbours)))
            start = places.stop
            yield over, places


def widths(table: Table) -> list[int]:
    """Return the width of each column's longest cell or heading; a Chinese character takes two."""
    return [
        max([_width(column.heading), *(_width(row[at].text) for row in table.rows())])
        for at, column in enumerate(table.columns)
    ]


def wrapped(table: Table, found: list[int], *, line: int, room: int) -> list[int]:
    """Return the widths with those columns of words made narrower that a line has no room for.

    Only columns wider than `room` give way, each in proportion, none below it.
    """
    wordy = [
        at for at, column in enumerate(table.columns) if on_left(column, at) and found[at] > room
    ]
    over = sum(found) + 2 * (len(found) - 1) - line
    if not wordy or over <= 0:
        return found
    asked = sum(found[at] for at in wordy)
    return [
        max(room, width * max(asked - over, 0) // asked) if at in wordy else width
        for at, width in enumerate(found)
    ]


def _width(text: str) -> int:
    return sum(1 + (east_asian_width(mark) in "WF") for mark in text)
