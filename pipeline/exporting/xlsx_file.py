"""Write a table as an Excel workbook of one sheet, in which no text is run as a formula."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError, FileSizeError
from xlsxwriter.worksheet import Worksheet

from db.errors import NotWritten
from pipeline.tidy import Kind, instant_text, number_text

TOO_LONG = -2  # what xlsxwriter returns for a text that Excel would cut


def write(path: Path, columns: Mapping[str, Kind], rows: Iterator[tuple[Any, ...]]) -> int:
    """Write row by row; what Excel cannot hold raises NotWritten."""
    options = {"constant_memory": True, "tmpdir": str(path.parent)}
    count = 0
    try:
        with xlsxwriter.Workbook(path, options) as book:
            sheet = book.add_worksheet("ratings")
            sheet.freeze_panes(1, 0)
            for column, name in enumerate(columns):
                sheet.write_string(0, column, name)
            for count, row in enumerate(rows, start=1):
                for column, cell in enumerate(row):
                    _write_cell(sheet, count, column, cell)
    except (FileCreateError, FileSizeError) as error:
        raise OSError(None, str(error)) from error
    return count


def _write_cell(sheet: Worksheet, row: int, column: int, cell: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int) or (isinstance(cell, float) and _survives(cell)):
        sheet.write_number(row, column, cell)
    else:
        _write_text(sheet, row, column, cell)


def _survives(number: float) -> bool:
    return float(f"{number:.16G}") == number  # the digits that a workbook keeps


def _write_text(sheet: Worksheet, row: int, column: int, cell: Any) -> None:
    if isinstance(cell, float):
        text = number_text(cell)
    else:
        text = cell if isinstance(cell, str) else instant_text(cell)
    if sheet.write_string(row, column, text) == TOO_LONG:
        raise NotWritten(
            f"row {row + 1} holds a text of {len(text):,} characters, and an Excel cell"
            " 32,767 at most; choose --format csv or parquet"
        )
