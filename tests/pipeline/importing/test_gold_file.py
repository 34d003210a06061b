"""Lines without a header are told from a table, and texts in them stay as they are."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.errors import BadRow, FileRejected
from pipeline.importing.gold_file import GoldFile, read

TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Zl", "Zp"], exclude_characters="\0\r\n\t"),
    min_size=1,
    max_size=20,
).filter(lambda text: bool(text.strip()) and not text.startswith(('"', "\ufeff")))


def file_of(path: Path, text: str, encoding: str = "utf-8") -> tuple[GoldFile, list[BadRow]]:
    path.write_bytes(text.encode(encoding))
    bad: list[BadRow] = []
    return read(path, bad=bad), bad


@pytest.mark.parametrize("name", ["a.txt", "a.tsv", "a.csv"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_lines_of_a_text_a_tab_and_a_flag_need_no_header(
    tmp_path: Path, name: str, encoding: str
) -> None:
    text = "我总是失败，什么都做不好\t1\r\n\r\n今天和朋友去爬山了\t0\r\n"
    found, bad = file_of(tmp_path / name, text, encoding)
    assert found.headerless
    assert not bad
    assert [(row.number, *row.values.values()) for row in found.rows] == [
        (1, "我总是失败，什么都做不好", "1"),
        (3, "今天和朋友去爬山了", "0"),
    ]


@given(rows=st.lists(st.tuples(TEXTS, st.sampled_from("01")), min_size=1, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_of_one_line_comes_through(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    found, bad = file_of(tmp_path / "a.txt", "".join(f"{text}\t{flag}\n" for text, flag in rows))
    assert not bad
    assert [(row.values["text"], row.values["gold"]) for row in found.rows] == rows


def test_a_text_may_hold_a_tab_or_be_quoted_as_a_table_writes_it(tmp_path: Path) -> None:
    lines = ["他说\t我不行\t1", '"他说""不行"""\t0', '"你好"\t0', '"半句\t0', "好\t1", "坏\t1"]
    found, bad = file_of(tmp_path / "a.tsv", "\n".join(lines))
    assert not bad
    assert [row.values["text"] for row in found.rows] == [
        "他说\t我不行",
        '他说"不行"',
        '"你好"',
        '"半句',
        "好",
        "坏",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "text\tgold\n好\t1\n坏\t0\n",
        "id\ttext\tgold\n1\t好\t1\n",
        "7\t好\t1\n8\t坏\t0\n",  # three columns: which is the text is not guessed
        "好,1\n坏,0\n",
    ],
)
def test_columns_are_not_taken_for_lines_without_a_header(tmp_path: Path, text: str) -> None:
    assert not file_of(tmp_path / "a.tsv", text)[0].headerless


def test_a_line_without_its_flag_is_a_bad_row_that_names_what_stands_there(tmp_path: Path) -> None:
    text = "sentence\tlabel\n好\t1\n坏\t2\n半行\n\t1\n坏\t0\n很坏\t0\n好好\t1\n"
    found, bad = file_of(tmp_path / "a.txt", text)
    assert [row.number for row in found.rows] == [2, 6, 7, 8]
    assert [(each.row, each.code) for each in bad] == [
        (1, "not_0_or_1"),
        (3, "not_0_or_1"),
        (4, "not_0_or_1"),
        (5, "no_text"),
    ]
    assert "'label' stands there (a header names columns text and gold)" in bad[0].why
    assert "'2' stands there" in bad[1].why
    assert "nothing stands there" in bad[2].why


def test_a_txt_file_may_be_a_table_too(tmp_path: Path) -> None:
    found, _ = file_of(tmp_path / "a.txt", "text\tgold\n好\t读心术|贴标签\n")
    assert found.rows[0].values == {"text": "好", "gold": "读心术|贴标签"}


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.txt", b"", "is empty"),
        ("a.csv", b"text,gold\n", "holds no rows"),
        ("a.txt", ("我很好\t1\n" * 9).encode() + b"\xff\t0\n", "damaged at byte"),
        ("a.tsv", ("這個世界沒有人會愛我\t1\n" * 9).encode("big5"), "neither UTF-8 nor GB18030"),
        ("a.txt", b"PK\x03\x04", "workbook or an archive"),
        ("a.doc", b"x", r"\.csv, \.json, .*\.txt, \.xlsx"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(
    tmp_path: Path, name: str, data: bytes, why: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(FileRejected, match=why):
        read(tmp_path / name, bad=[])
