"""Write a table as an Excel workbook of one sheet, in which no text is run as a formula.

Texts are defused as in CSV: a workbook saved as CSV stays safe, and the import undoes both alike.
"""

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError, FileSizeError
from xlsxwriter.worksheet import Worksheet

from db.errors import NotWritten
from pipeline.tidy import Kind, defused, instant_text, number_text

TOO_LONG = -2  # what xlsxwriter returns for a text that Excel would cut


def write(path: Path, columns: Mapping[str, Kind], rows: Iterator[tuple[Any, ...]]) -> int:
    """Write row by row; what Excel cannot hold raises NotWritten."""
    options = {"constant_memory": True, "tmpdir": str(path.parent)}
    packed = _Packed()
    try:
        with xlsxwriter.Workbook(packed, options) as book:
            count = _fill(book.add_worksheet("data"), columns, rows)
    except (FileCreateError, FileSizeError) as error:
        inner = error.args[0]
        raise inner if isinstance(inner, OSError) else OSError(None, str(error)) from error
    path.write_bytes(packed.getbuffer())
    return count


class _Packed(BytesIO):
    """The archive that a workbook is, in memory.

    One that a full disk has cut short ends itself when it is thrown away, and would say on stderr
    that it cannot; so what it writes to takes it, and is never closed.
    """

    def close(self) -> None:
        pass


def _fill(sheet: Worksheet, columns: Mapping[str, Kind], rows: Iterator[tuple[Any, ...]]) -> int:
    count = 0
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(columns):
        sheet.write_string(0, column, defused(name))
    for count, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            _write_cell(sheet, count, column, cell)
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
        text = defused(cell) if isinstance(cell, str) else instant_text(cell)
    if sheet.write_string(row, column, text) == TOO_LONG:
        raise NotWritten(
            f"row {row + 1} holds a text of {len(text):,} characters, and an Excel cell"
            " 32,767 at most; choose --format csv or parquet"
        )
