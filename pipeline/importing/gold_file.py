"""Read the rows of a gold file, also of one without a header: lines of a text, a tab, 0 or 1."""

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from db.errors import BadRow
from pipeline.importing import delimited_file, parquet_file
from pipeline.importing.decoding import text_of
from pipeline.importing.files import read_rows
from pipeline.importing.gold_columns import KNOWN
from pipeline.importing.rows import Row

TEXTS = (".csv", ".tsv", ".txt")
ALSO = {".txt": delimited_file.rows, ".parquet": parquet_file.rows}
FLAGGED = re.compile(r"(?s)(.*)\t[ ]*([01])\s*")
QUOTED = re.compile(r'(?s)"((?:[^"]|"")*)"')


class GoldFile(NamedTuple):
    """The rows of a file; one without a header has the fields `text` and `gold`."""

    rows: list[Row]
    headerless: bool


def read(path: Path, *, bad: list[BadRow]) -> GoldFile:
    """Return the rows of a file; those that cannot be read as rows are put into `bad`.

    Raises FileRejected for a file that cannot be read.
    """
    lines = _lines(path)
    if not _is_headerless([line for _, line in lines]):
        return GoldFile(list(read_rows(path, bad=bad, also=ALSO)), headerless=False)
    rows = []
    for number, line in lines:
        row = _row(number, line)
        if isinstance(row, Row):
            rows.append(row)
        else:
            bad.append(row)
    return GoldFile(rows, headerless=True)


def _lines(path: Path) -> list[tuple[int, str]]:
    """Return a text file's lines that hold anything, under their numbers."""
    if path.suffix.lower() not in TEXTS or not path.is_file():
        return []
    try:
        text = text_of(path)
    except OSError:
        return []  # the reader of tables tells what is wrong
    return [(n, line.rstrip("\r")) for n, line in enumerate(text.split("\n"), 1) if line.strip()]


def _is_headerless(lines: list[str]) -> bool:
    """Say whether most lines end with a tab and 0 or 1, and the first names no known column.

    Where lines have more tabs, a text may hold some; where most of them do, they are columns.
    """
    if not lines or any(cell.strip().casefold() in KNOWN for cell in lines[0].split("\t")):
        return False
    tabs = Counter(line.count("\t") for line in lines if FLAGGED.fullmatch(line))
    return 2 * tabs.total() > len(lines) and 2 * tabs[1] > tabs.total()


def _row(number: int, line: str) -> Row | BadRow:
    found = FLAGGED.fullmatch(line)
    if found is None:
        end = line.rpartition("\t")[2].strip()[:20] if "\t" in line else ""
        there = f"{end!r} stands there" if end else "nothing stands there"
        why = f"has no 0 or 1 after its last tab: {there} (a header names columns text and gold)"
        return BadRow(number, "not_0_or_1", why)
    text = _unquoted(found[1])
    if not text.strip():
        return BadRow(number, "no_text", "has no text before its tab")
    return Row(number, {"text": text, "gold": found[2]})


def _unquoted(text: str) -> str:
    """Undo the quoting of a table's writer, which only a text with a quotation mark or tab has."""
    found = QUOTED.fullmatch(text)
    if found and ('""' in found[1] or "\t" in found[1]):
        return found[1].replace('""', '"')
    return text
