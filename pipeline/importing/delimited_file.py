"""Read the rows of a CSV or TSV file."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from db.errors import BadRow, FileRejected
from pipeline.importing.decoding import text_of
from pipeline.importing.rows import Row, rows_of_table

LONGEST_CELL = 100_000_000
DELIMITERS = {".csv": ",;\t", ".tsv": "\t", ".txt": "\t"}
SAID = re.compile(r'"?sep=([^\r\n"])"?\r?\n', re.IGNORECASE)
QUOTED = re.compile(r'"[^"]*"')


def rows(path: Path) -> Iterator[Row | BadRow]:
    """Yield the rows under the header; a line break inside quotes does not end a row.

    The delimiter of a CSV file is what its header has most of: a comma, a semicolon or a tab. A
    first line such as `sep=;`, which Excel obeys and does not show, says it instead.
    """
    return rows_of_table(path, _cells(path, text_of(path)))


def _cells(path: Path, text: str) -> Iterator[tuple[int, list[str]] | BadRow]:
    csv.field_size_limit(LONGEST_CELL)
    said = SAID.match(text)
    delimiter = said[1] if said else _most_frequent(DELIMITERS[path.suffix.lower()], text)
    table = io.StringIO(text[said.end() :] if said else text, newline="")
    reader = csv.reader(table, delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        line = reader.line_num + (2 if said else 1)
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


def _most_frequent(delimiters: str, text: str) -> str:
    header = QUOTED.sub("", text.partition("\n")[0])
    return max(delimiters, key=header.count)
