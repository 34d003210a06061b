"""Number a document's tables and pictures, alike in every format, and name their files."""

import re
from collections.abc import Iterable
from unicodedata import normalize

from pipeline.report.document.blocks import Coloured, Document, Heading, Picture, Table

HIDDEN = "\ufffd"
# Control characters, halves of pairs, and Unicode's noncharacters; tabs and ends of lines stay.
NOT_PRINTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
LONGEST_STEM = 60
RESERVED = {"con", "prn", "aux", "nul"}  # names that Windows keeps for devices


def printable(text: str) -> str:
    r"""Return a text with a mark in place of each character that no file format may hold.

    >>> printable("a\x00b\tc\nd")
    'a�b\tc\nd'
    """
    return text if text.isprintable() else NOT_PRINTED.sub(HIDDEN, text)


def lines_of(text: str) -> list[str]:
    r"""Return the lines of someone's own words.

    >>> lines_of("a\r\nb\rc")
    ['a', 'b', 'c']
    """
    return printable(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")


def one_line(text: str) -> str:
    return " ".join(printable(text).split())


def labels(document: Document) -> dict[str, str]:
    """Return for each id what a reference to it reads: "Table 3", "Figure 1", a heading's text."""
    found: dict[str, str] = {}
    tables = pictures = 0
    for block in document.blocks:
        if isinstance(block, Table):
            tables += 1
            found[block.id] = f"Table {tables}"
        elif isinstance(block, Picture | Coloured):
            pictures += 1
            found[block.id] = f"Figure {pictures}"
        elif isinstance(block, Heading):
            found[block.id] = one_line(block.text)
    return found


def example_id(table: Table) -> str:
    """Return the id of the first figure of a table, as an example of all, or nothing."""
    return next((cell.id for row in table.rows() for cell in row if cell.id), "")


def stems(document: Document) -> dict[str, str]:
    """Return the name, without its ending, of the files of each table and picture."""
    wanted = [block.id for block in document.blocks if isinstance(block, Table | Picture)]
    return distinct(wanted)


def distinct(ids: Iterable[str]) -> dict[str, str]:
    """Return a name for each id that every file system takes and that no other id has.

    >>> distinct(["t5", "a b", "a/b", "好懂", "CON"])
    {'t5': 't5', 'a b': 'a-b', 'a/b': 'a-b-2', '好懂': '好懂', 'CON': 'CON-2'}
    """
    found: dict[str, str] = {}
    taken = {*RESERVED, ""}
    for id_ in ids:
        stem = _stem(id_)
        name, number = stem, 2
        while name.casefold() in taken:
            name, number = f"{stem}-{number}", number + 1
        taken.add(name.casefold())
        found[id_] = name
    return found


def _stem(text: str) -> str:
    kept = "".join(
        mark if mark.isalnum() or mark in "._-" else "-" for mark in normalize("NFC", text)
    )
    return kept.strip("-._")[:LONGEST_STEM]
