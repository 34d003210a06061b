"""JSON files: lists, objects with a list, one object a line."""

from pathlib import Path

import pytest

from db.errors import BadRow, FileRejected
from pipeline.importing import json_file


def put(folder: Path, text: str, name: str = "file.json") -> Path:
    path = folder / name
    path.write_text(text, "utf-8", newline="")
    return path


def refused(path: Path) -> str:
    with pytest.raises(FileRejected) as caught:
        list(json_file.rows(path))
    return caught.value.message.removeprefix(f"{path} ")


def test_records_are_counted_from_one(tmp_path: Path) -> None:
    assert list(json_file.rows(put(tmp_path, '[{"a": 1},\r\n {"a": 2}]'))) == [
        (1, {"a": 1}),
        (2, {"a": 2}),
    ]


def test_a_record_that_is_no_object_is_a_bad_row(tmp_path: Path) -> None:
    assert list(json_file.rows(put(tmp_path, '["睡不着", {"a": 2}]'))) == [
        BadRow(1, "not_an_object", "is not an object with named fields"),
        (2, {"a": 2}),
    ]


def test_lines_are_numbered_as_they_stand_in_the_file(tmp_path: Path) -> None:
    text = '{"a": 1}\n\n{"a": \u2028}\n{"a": "\u2028\x85"}\r\n[1]\n'
    one, three, four, five = json_file.rows_of_lines(put(tmp_path, text, "file.jsonl"))
    assert (one, four) == ((1, {"a": 1}), (4, {"a": "\u2028\x85"}))
    assert three == BadRow(3, "not_json", "is not JSON: Expecting value (column 7)")
    assert five == BadRow(5, "not_an_object", "is not an object with named fields")


def test_one_form_under_the_other_ending_is_read_too(tmp_path: Path) -> None:
    lines = put(tmp_path, '{"a": 1}\r\n{"a": 2}\r\n')
    assert [row[0] for row in json_file.rows(lines)] == [1, 2]
    listed = put(tmp_path, ' [{"a": 1},\n{"a": 2}]', "file.jsonl")
    assert [row[0] for row in json_file.rows_of_lines(listed)] == [1, 2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1} {"b": 2}]', "is not JSON at line 1, column 11: Expecting ',' delimiter"),
        ('[{"a": 1},\n{"a" 2}]', "is not JSON at line 2, column 6: Expecting ':' delimiter"),
        ("question,id\n", "is not JSON at line 1, column 1: Expecting value"),
        ('[{"a": 1},\n', "is JSON without its end (line 2, column 1); is the file complete?"),
        ('[{"a": "x', "is JSON without its end (line 1, column 8); is the file complete?"),
        ('"a"', "holds neither a list nor an object with a list"),
        ('{"a": [1], "b": [2]}', "holds several lists (a, b); leave one"),
        (
            '{"question": "q", "answers": []}',
            "holds one object; put the records into a list: [{…}, {…}]",
        ),
        ("[" * 100_000, "nests lists or objects too deeply"),
        (f"[{'1' * 5_000}]", "holds a number with too many digits"),
    ],
)
def test_what_is_not_a_list_of_records_is_told(tmp_path: Path, text: str, message: str) -> None:
    assert refused(put(tmp_path, text)) == message


def test_a_table_under_the_wrong_ending_is_told_at_once(tmp_path: Path) -> None:
    path = put(tmp_path, "question,id\nx,1\n", "file.jsonl")
    with pytest.raises(FileRejected, match="its first line does not open an object"):
        list(json_file.rows_of_lines(path))
