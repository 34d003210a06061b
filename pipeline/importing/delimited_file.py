"""Read the rows of a CSV or TSV file."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from db.errors import BadRow, FileRejected
from pipeline.importing.decoding import text_of
from pipeline.importing.rows import Row, rows_of_table

LONGEST_CELL = 100_000_000
DELIMITERS = {".csv": ",;\t", ".tsv": "\t"}


def rows(path: Path) -> Iterator[Row | BadRow]:
    """Yield the rows under the header; a line break inside quotes does not end a row.

    The delimiter of a CSV file is a comma, or what its header has most of: a semicolon or a tab.
    """
    return rows_of_table(path, _cells(path, text_of(path)))


def _cells(path: Path, text: str) -> Iterator[tuple[int, list[str]] | BadRow]:
    csv.field_size_limit(LONGEST_CELL)
    header = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(DELIMITERS[path.suffix.lower()], key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        line = reader.line_num + 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                raise FileRejected(
                    f"{path} opens a quotation mark in row {number} (line {line:,}) and never"
                    " closes it; is the file complete?"
                ) from error
            why = (
                f"(line {line}) is wrongly quoted: {error}; write a quotation mark in a cell twice"
            )
            yield BadRow(number, "bad_quotes", why)
