import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import ModelError
from models.instruction_files import read
from models.instruction_formats import FORMATS, record
from models.records import Record

SAID = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)
RECORDS = st.builds(Record, SAID, SAID, SAID)
ONE = Record("你是一位治疗师。", "我睡不着。", "谢谢你说出来。")


@given(st.sampled_from(sorted(FORMATS)), RECORDS)
def test_a_record_is_the_same_after_any_format(form: str, one: Record) -> None:
    row = json.loads(json.dumps(FORMATS[form].row(one), ensure_ascii=False))
    assert record(row) == one


@pytest.mark.parametrize("form", sorted(FORMATS))
@pytest.mark.parametrize("ending", ["json", "jsonl"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "bom"])
def test_json_and_jsonl_are_read_with_a_byte_order_mark_and_without(
    form: str, ending: str, mark: str, tmp_path: Path
) -> None:
    records = [ONE, Record("a", "b\u2028c\r\nd", "e\u0085f")]
    rows = [FORMATS[form].row(each) for each in records]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    text = "\n\n".join(lines) if ending == "jsonl" else json.dumps(rows, ensure_ascii=False)
    path = tmp_path / f"file.{ending}"
    path.write_text(mark + text, "utf-8")
    assert read(path) == records


def openai(*said: tuple[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": content} for role, content in said]}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (7, "is not an object"),
        ({"text": "no format"}, "has the keys of no known format"),
        ({"instruction": "a", "input": "b", "output": " \n"}, "has an empty answer"),
        ({"instruction": "a", "output": "c"}, "has no text in input"),
        ({"instruction": "a", "input": "b", "output": "\ud83d"}, "has half of a character"),
        ({"instruction": "a", "input": "", "output": "c"}, "has an empty question"),
        ({"instruction": "a", "input": "b", "output": None}, "has no text in output"),
        ({"instruction": "a", "input": "b", "output": "c", "system": "d"}, "has a system"),
        (
            {"instruction": "a", "input": "b", "output": "c", "history": [["d", "e"]]},
            "has a history",
        ),
        (openai(("user", "a"), ("assistant", "b")), "has the messages user, assistant"),
        (
            openai(("system", "s"), *[("user", "a"), ("assistant", "b")] * 2),
            "has the messages system, user, assistant, user, assistant",
        ),
        (openai(("system", "s"), ("user", ["part"]), ("assistant", "b")), "has no text in content"),
        ({"messages": "hello"}, "has no list of messages"),
        ({"messages": ["hello"]}, "has a message without role"),
        ({"prompt": "a text", "completion": "another"}, "has no list of messages"),
    ],
)
def test_a_row_that_cannot_be_learned_is_named(row: object, why: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps([FORMATS["alpaca"].row(ONE), row]), "utf-8")
    with pytest.raises(ModelError, match=rf"bad\.json cannot be learned from: row 2 {why}"):
        read(path)


def test_of_many_bad_rows_the_first_are_named_and_all_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text("7\n" * 1003, "utf-8")
    with pytest.raises(ModelError, match=r"row 1 .* row 2 .* row 3 .* and 1,000 more"):
        read(path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "holds no record"),
        (b"[]", "holds no record"),
        (b'[{"a": 1}', "is not JSON"),
        (b'{"a": 1}\n{"a"', r"line 2 of .* is not JSON"),
        ("我".encode("gb18030"), "is not UTF-8 text"),
        (b"[" * 100_000, "is nested too deep"),
    ],
)
def test_a_file_that_holds_no_records_says_so(content: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=why):
        read(path)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read: No such file"):
        read(tmp_path / "none.json")
