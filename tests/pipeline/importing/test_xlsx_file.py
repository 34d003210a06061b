"""Excel workbooks: numbers, formulas and errors as Excel shows them."""

import random
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from db.errors import FileRejected
from pipeline.importing import xlsx_file


def workbook(folder: Path, table: list[list[Any]]) -> Path:
    """A workbook that Excel has not opened: its formulas have no values."""
    book = openpyxl.Workbook()
    for row in table:
        book.worksheets[0].append(row)
    book.create_sheet("notes").append(["not read"])
    book.save(folder / "file.xlsx")
    return folder / "file.xlsx"


def test_the_first_sheet_is_read_with_its_numbers_and_row_numbers(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["id", "question"], [4394.0, "睡不着\n怎么办"], [], ["a", None]])
    assert list(xlsx_file.rows(path)) == [
        (2, {"id": 4394, "question": "睡不着\n怎么办"}),
        (4, {"id": "a", "question": None}),
    ]


def test_a_formula_counts_as_its_value(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "file.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "question"])
        sheet.write_formula(1, 0, "=4393+1", value=4394)
        sheet.write_string(1, 1, "=1+1 这样算吗\r\n_x0041_\x07")
    (row,) = xlsx_file.rows(tmp_path / "file.xlsx")
    assert row == (2, {"id": 4394, "question": "=1+1 这样算吗\r\n_x0041_\x07"})


def test_a_formula_without_its_value_and_an_error_are_bad_rows_with_their_cells(
    tmp_path: Path,
) -> None:
    path = workbook(tmp_path, [["id", "question"], [1, "=A2"], [2, "#N/A"], [3, "累"]])
    formula, error, good = xlsx_file.rows(path)
    assert (formula.row, formula.code) == (2, "formula_cell")  # type: ignore[union-attr]
    assert "in cell B2" in formula.why  # type: ignore[union-attr]
    assert error.why == "holds the error #N/A in cell B3"  # type: ignore[union-attr]
    assert good == (4, {"id": 3, "question": "累"})


def test_a_sheet_that_says_it_is_smaller_than_it_is_is_read_whole(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["id", "question"], [1, "累"]])
    small = tmp_path / "small.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(small, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'ref="A1:B2"', b'ref="A1"'))
    assert list(xlsx_file.rows(small)) == [(2, {"id": 1, "question": "累"})]


def test_what_is_no_workbook_is_told(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    path.write_text("question\n累\n", "utf-8")
    with pytest.raises(FileRejected, match="is not an XLSX workbook, or damaged, or locked"):
        list(xlsx_file.rows(path))


def test_a_damaged_workbook_is_refused_whatever_byte_is_wrong(tmp_path: Path) -> None:
    whole = workbook(tmp_path, [["id", "question"], *[[n, f"问题{n}"] for n in range(99)]])
    data = whole.read_bytes()
    chance = random.Random(5)  # noqa: S311
    refused = 0
    for turn in range(80):
        damaged = bytearray(data)
        if turn % 2:
            del damaged[chance.randrange(len(data)) :]
        for _ in range(9):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        whole.write_bytes(damaged)
        try:
            assert len(list(xlsx_file.rows(whole))) == 99
        except FileRejected:
            refused += 1
    assert refused > 70
