"""Each format holds each kind of cell, and nothing that a spreadsheet would run."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from db.errors import NotWritten
from pipeline.exporting.formats import FORMATS, chosen
from pipeline.tidy import Kind

COLUMNS: dict[str, Kind] = {
    "name": "text",
    "=value": "integer",
    "seconds": "number",
    "at": "instant",
    "is_it": "boolean",
}
AT = datetime(2026, 5, 1, 12, 30, 0, 250_000, tzinfo=UTC)
ROWS = [
    ("=1+1", 2, 0.1 + 0.2, AT, True),
    ('好，\r\n"quoted"', None, 12.0, None, False),
    (None, None, None, None, None),
]


def written(path: Path, rows: list[tuple[Any, ...]] = ROWS) -> int:
    return chosen(None, path).write(path, COLUMNS, iter(rows))


def test_csv_opens_right_in_a_spreadsheet_and_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert written(path) == 3
    assert path.read_bytes().startswith(b"\xef\xbb\xbfname,'=value,")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1:] == [
            ["'=1+1", "2", "0.30000000000000004", "2026-05-01T12:30:00.250000Z", "true"],
            ['好，\r\n"quoted"', "", "12", "", "false"],
            ["", "", "", "", ""],
        ]


def test_json_lines_keep_types_and_say_null(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    assert written(path) == 3
    lines = path.read_text("utf-8").splitlines()
    assert json.loads(lines[0]) == {
        "name": "=1+1",
        "=value": 2,
        "seconds": 0.1 + 0.2,
        "at": "2026-05-01T12:30:00.250000Z",
        "is_it": True,
    }
    assert "好" in lines[1]
    assert set(json.loads(lines[2]).values()) == {None}


def test_parquet_has_a_type_for_each_column_even_if_all_its_cells_are_empty(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.parquet"
    assert written(path, ROWS[2:]) == 1
    assert written(path) == 3
    table = parquet.read_table(path)
    assert table.schema.types == [
        pa.string(),
        pa.int64(),
        pa.float64(),
        pa.timestamp("us", tz="UTC"),
        pa.bool_(),
    ]
    assert [tuple(row.values()) for row in table.to_pylist()] == ROWS


def test_a_workbook_holds_texts_as_texts_and_numbers_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert written(path) == 3
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    header, first, second, *_ = sheet.iter_rows()
    assert [cell.value for cell in header] == ["name", "'=value", "seconds", "at", "is_it"]
    assert [cell.data_type for cell in first] == ["s", "n", "s", "s", "b"]
    assert [cell.value for cell in first][:2] == ["'=1+1", 2]
    assert second[2].value == 12
    assert list(tmp_path.iterdir()) == [path]


def test_a_text_that_a_workbook_would_cut_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match="row 2 holds a text of 32,768 characters"):
        written(tmp_path / "a.xlsx", [("好" * 32_768, 1, 1.0, None, True)])


@pytest.mark.parametrize("name", FORMATS)
def test_rows_are_taken_one_after_the_other_and_may_be_many(tmp_path: Path, name: str) -> None:
    def rows() -> Iterator[tuple[Any, ...]]:
        for number in range(10_001):
            yield f"name {number}", number, number / 3, AT, number % 2 == 0

    path = tmp_path / "many"
    assert FORMATS[name].write(path, COLUMNS, rows()) == 10_001
    assert path.stat().st_size > 10_000


@pytest.mark.parametrize(("ending", "name"), [(".CSV", "csv"), (".ndjson", "jsonl")])
def test_the_ending_says_the_format_and_the_name_wins_over_it(ending: str, name: str) -> None:
    assert chosen(None, Path(f"a{ending}")).name == name
    assert chosen("xlsx", Path(f"a{ending}")).name == "xlsx"
