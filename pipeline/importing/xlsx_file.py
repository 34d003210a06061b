"""Read the rows of an Excel workbook's first sheet."""

import re
import warnings
import zlib
from collections.abc import Iterable, Iterator
from itertools import repeat
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.utils.exceptions import InvalidFileException

from db.errors import BadRow, FileRejected
from pipeline.importing.rows import Row, rows_of_table

DAMAGED = (
    BadZipFile, InvalidFileException, ParseError, zlib.error, OSError,
    EOFError, AttributeError, LookupError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
# What XML cannot hold is written _xHHHH_, and a text that reads so itself as _x005F_xHHHH_.
ESCAPED = re.compile("_x005F(_x[0-9A-F]{4}_)|_x(00[01][0-9A-F]|FFF[EF])_", re.IGNORECASE)

Cells = tuple[Cell | MergedCell, ...]


def rows(path: Path) -> Iterator[Row | BadRow]:
    """Yield the rows under the header; a formula counts as the value saved with it."""
    return rows_of_table(path, _table(path))


def _table(path: Path) -> list[tuple[int, list[Any]] | BadRow]:
    path.open("rb").close()  # its own errors are told by the caller
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of decoration that openpyxl does not know
            formulas = _sheet(path, values=False) if _holds_formulas(path) else repeat(())
            return list(_rows(_sheet(path, values=True), formulas))
    except DAMAGED as error:
        raise FileRejected(
            f"{path} is not an XLSX workbook, or damaged, or locked with a password"
        ) from error


def _holds_formulas(path: Path) -> bool:
    with ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<f" in archive.read(name) for name in sheets)


def _sheet(path: Path, *, values: bool) -> Iterator[Cells]:
    book = load_workbook(path, read_only=True, data_only=values)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # a sheet may claim to be smaller than it is
        yield from sheet.iter_rows()
    finally:
        book.close()


def _rows(
    sheet: Iterable[Cells], formulas: Iterable[Cells]
) -> Iterator[tuple[int, list[Any]] | BadRow]:
    for number, (cells, written) in enumerate(zip(sheet, formulas, strict=False), start=1):
        wrong = _wrong(cells, written)
        yield BadRow(number, *wrong) if wrong else (number, [_value(cell) for cell in cells])


def _wrong(cells: Cells, written: Cells) -> tuple[str, str] | None:
    for cell in cells:
        if cell.data_type == "e":
            return "error_cell", f"holds the error {cell.value} in cell {cell.coordinate}"
    for cell, formula in zip(cells, written, strict=False):
        if formula.data_type == "f" and cell.value is None:
            return (
                "formula_cell",
                f"holds a formula without its value in cell {formula.coordinate};"
                " open and save the file in Excel, or paste values",
            )
    return None


def _value(cell: Cell | MergedCell) -> Any:
    value = cell.value
    if isinstance(value, str) and "_x" in value:
        return ESCAPED.sub(lambda found: found[1] or chr(int(found[2], 16)), value)
    return value
