"""Tell how wide a table's columns are, in characters, of which a Chinese one takes two places."""

from unicodedata import east_asian_width

from pipeline.report.blocks import Table


def widths(table: Table) -> list[int]:
    """Return the width of each column's longest cell or heading."""
    return [
        max([_width(column.heading), *(_width(row[at].text) for row in table.rows())])
        for at, column in enumerate(table.columns)
    ]


def wrapped(table: Table, found: list[int], *, line: int, room: int) -> list[int]:
    """Return the widths with those columns of words made narrower that a line has no room for.

    Only columns wider than `room` give way, each in proportion, none below it.
    """
    wordy = [
        at
        for at, column in enumerate(table.columns)
        if (column.text or at == 0) and found[at] > room
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
