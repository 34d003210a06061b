"""Every supported file is read alike, and what is none is told in one sentence."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.errors import BadRow, FileRejected
from pipeline.importing.fields import Fields
from pipeline.importing.files import read_rows
from pipeline.importing.question_rows import NAMES, Answers, question_row

Record = dict[str, Any]
COLUMNS = ["questionID", "question", "description", "keywords", "tags", "answers"]


def as_json(path: Path, records: list[Record]) -> None:
    path.write_text(json.dumps(records, ensure_ascii=False), "utf-8")


def as_object(path: Path, records: list[Record]) -> None:
    path.write_text(json.dumps({"version": 1, "data": records}), "utf-8")


def as_lines(path: Path, records: list[Record]) -> None:
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    path.write_bytes("\r\n".join(lines).encode())


def as_table(path: Path, records: list[Record]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",")
        writer.writerow(COLUMNS)
        writer.writerows(map(cells, records))


def as_workbook(path: Path, records: list[Record]) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([COLUMNS, *map(cells, records)]):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)


def cells(record: Record) -> list[str]:
    return [
        record.get("questionID", ""),
        record["question"],
        record.get("description", ""),
        ",".join(record["keywords"]),
        json.dumps(record["tags"]),
        json.dumps(record["answers"], ensure_ascii=False),
    ]


WRITERS: dict[str, Callable[[Path, list[Record]], None]] = {
    "list.json": as_json,
    "object.json": as_object,
    "lines.jsonl": as_lines,
    "table.csv": as_table,
    "table.tsv": as_table,
    "table.xlsx": as_workbook,
}

TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60
).filter(lambda text: not text.isspace())
WORD = st.text(st.sampled_from("情绪睡眠人际 abc😀"), min_size=1, max_size=6).map(str.strip)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "question": TEXT,
            "keywords": st.lists(WORD.filter(bool), max_size=3, unique=True),
            "tags": st.lists(WORD.filter(bool), max_size=2, unique=True),
            "answers": st.lists(TEXT, max_size=3, unique=True),
        },
        optional={
            "questionID": st.from_regex(r"[A-Za-z0-9_.\-]{1,12}", fullmatch=True),
            "description": TEXT,
        },
    ),
    min_size=1,
    max_size=5,
)


def parsed(path: Path) -> list[tuple[Any, ...]]:
    fields = Fields(NAMES)
    return [question_row(row, fields)[1:] for row in read_rows(path)]


@given(records=RECORDS)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_questions_written_in_any_format_are_read_back_the_same(
    tmp_path: Path, records: list[Record]
) -> None:
    expected = [
        (
            record.get("questionID"),
            record["question"],
            record.get("description"),
            record["keywords"],
            record["tags"],
            Answers(record["answers"]),
        )
        for record in records
    ]
    for name, write in WRITERS.items():
        write(tmp_path / name, records)
        assert [row[:-1] for row in parsed(tmp_path / name)] == expected, name


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(path: Path) -> str:
    """The one sentence that a file is refused with."""
    with pytest.raises(FileRejected) as caught:
        list(read_rows(path, bad=[]))
    assert caught.value.message.startswith(("there is no file", str(path)))
    assert "\n" not in caught.value.message
    return caught.value.message.replace(str(path), "FILE")


@pytest.mark.parametrize("name", ["none.json", "none.csv", "none.xlsx"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    assert refused(tmp_path / name) == "there is no file FILE"


def test_a_folder_is_told_from_a_file(tmp_path: Path) -> None:
    assert refused(tmp_path) == "FILE is a folder; name a file"


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.csv", "a.tsv"])
@pytest.mark.parametrize("content", ["", " \r\n\n"])
def test_an_empty_file_is_told(tmp_path: Path, name: str, content: str) -> None:
    assert refused(put(tmp_path, name, content)) == "FILE is empty"


@pytest.mark.parametrize(
    ("name", "content"), [("a.json", "[]"), ("a.json", '{"data": []}'), ("a.csv", "question\r\n")]
)
def test_a_file_without_rows_is_told(tmp_path: Path, name: str, content: str) -> None:
    assert refused(put(tmp_path, name, content)) == "FILE holds no rows"


def test_an_ending_that_is_no_format_is_told_with_those_that_are(tmp_path: Path) -> None:
    assert ".csv, .json, .jsonl, .ndjson, .tsv, .xlsx" in refused(put(tmp_path, "a.docx", "x"))
    assert "save it as .xlsx" in refused(put(tmp_path, "a.xls", "x"))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.symlink_to("/proc/self/mem")
    assert refused(path) == "FILE cannot be read: Input/output error"


def test_endings_count_in_any_case(tmp_path: Path) -> None:
    assert list(read_rows(put(tmp_path, "A.JSON", '[{"a": 1}]'))) == [(1, {"a": 1})]


def test_a_bad_row_is_put_aside_for_who_asks_for_it_and_else_rejects_the_file(
    tmp_path: Path,
) -> None:
    path = put(tmp_path, "a.csv", "question\n睡不着\n一,二\n累\n")
    bad: list[BadRow] = []
    assert [row.number for row in read_rows(path, bad=bad)] == [2, 4]
    assert [(each.row, each.code) for each in bad] == [(3, "too_many_cells")]
    with pytest.raises(FileRejected, match=r"row 3 of .* has 2 cells, but the header has 1"):
        list(read_rows(path))


def test_a_very_long_text_is_read_whole(tmp_path: Path) -> None:
    long = "长" * 300_000
    for name, content in {
        "a.csv": f"question\n{long}\n",
        "a.jsonl": json.dumps({"question": long}),
        "a.json": json.dumps([{"question": long}]),
    }.items():
        (row,) = read_rows(put(tmp_path, name, content))
        assert row.values["question"] == long


def test_csv_is_what_the_csv_module_writes_with_any_ending_of_lines(tmp_path: Path) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r").writerows([["a", "b"], ["x\r\ny", 'he said "hi", ok']])
    (row,) = read_rows(put(tmp_path, "a.csv", buffer.getvalue()))
    assert row.values == {"a": "x\r\ny", "b": 'he said "hi", ok'}
