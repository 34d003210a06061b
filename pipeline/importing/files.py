"""Read the rows of any supported file: JSON, JSONL, CSV, TSV, XLSX."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from db.errors import BadRow, FileRejected
from pipeline.importing import delimited_file, json_file, xlsx_file
from pipeline.importing.rows import Row

Reader = Callable[[Path], Iterator[Row | BadRow]]
READERS: dict[str, Reader] = {
    ".json": json_file.rows,
    ".jsonl": json_file.rows_of_lines,
    ".ndjson": json_file.rows_of_lines,
    ".csv": delimited_file.rows,
    ".tsv": delimited_file.rows,
    ".xlsx": xlsx_file.rows,
}


def read_rows(
    path: Path, *, bad: list[BadRow] | None = None, also: Mapping[str, Reader] | None = None
) -> Iterator[Row]:
    """Yield the rows of a file; those that cannot be read as rows are put into `bad`.

    `also` are readers of endings besides the usual ones.

    A row's number is that of the record in JSON, of the line in JSONL, and of the row that a
    spreadsheet shows in CSV, TSV and XLSX, where the header is row 1. Cells of CSV and TSV are
    texts; those of XLSX also numbers, booleans, dates and None; JSON's whatever they hold.
    Raises FileRejected for a file that cannot be read, and without `bad` at the first bad row.
    """
    found = False
    for row in _read(path, {**READERS, **(also or {})}):
        found = True
        if isinstance(row, Row):
            yield row
        elif bad is None:
            raise FileRejected(f"row {row.row} of {path} {row.why}", [row])
        else:
            bad.append(row)
    if not found:
        raise FileRejected(f"{path} holds no rows")


def _read(path: Path, readers: Mapping[str, Reader]) -> Iterator[Row | BadRow]:
    reader = _reader(path, readers)
    try:
        yield from reader(path)
    except OSError as error:
        raise FileRejected(f"{path} cannot be read: {error.strerror}") from error


def _reader(path: Path, readers: Mapping[str, Reader]) -> Reader:
    if path.is_dir():
        raise FileRejected(f"{path} is a folder; name a file")
    if not path.exists():
        raise FileRejected(f"there is no file {path}")
    ending = path.suffix.lower()
    if ending == ".xls":
        raise FileRejected(f"{path} is in an old format of Excel; save it as .xlsx")
    if ending not in readers:
        raise FileRejected(
            f"{path} does not end as a file to import does: {', '.join(sorted(readers))}"
        )
    return readers[ending]
