"""CSV and TSV files: rows as a spreadsheet counts them, quotation marks that are right."""

from pathlib import Path
from typing import Any

import pytest

from db.errors import BadRow, FileRejected
from pipeline.importing import delimited_file


def rows(folder: Path, text: str, name: str = "file.csv") -> list[Any]:
    path = folder / name
    path.write_text(text, "utf-8", newline="")
    return list(delimited_file.rows(path))


def refused(folder: Path, text: str) -> str:
    with pytest.raises(FileRejected) as caught:
        rows(folder, text)
    return caught.value.message.removeprefix(f"{folder / 'file.csv'} ")


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    text = 'id,question\r\n1,"two\r\nlines"\r\n\r\n2,累\r\n'
    assert rows(tmp_path, text) == [
        (2, {"id": "1", "question": "two\r\nlines"}),
        (4, {"id": "2", "question": "累"}),
    ]


@pytest.mark.parametrize(
    ("name", "mark"), [("a.csv", ","), ("a.csv", ";"), ("a.csv", "\t"), ("a.tsv", "\t")]
)
def test_the_header_tells_the_delimiter(tmp_path: Path, name: str, mark: str) -> None:
    text = f"id{mark}question\n1{mark}又累，又困\n"
    assert rows(tmp_path, text, name) == [(2, {"id": "1", "question": "又累，又困"})]


def test_commas_do_not_split_a_tab_separated_row(tmp_path: Path) -> None:
    text = "question,or title\tid\na,b\t1\n"
    assert rows(tmp_path, text, "a.tsv") == [(2, {"question,or title": "a,b", "id": "1"})]


def test_cells_that_are_missing_at_the_end_are_none_and_empty_ones_beyond_it_are_no_harm(
    tmp_path: Path,
) -> None:
    assert rows(tmp_path, "id, question ,\n1\n2,b,,\n") == [
        (2, {"id": "1", "question": None}),
        (3, {"id": "2", "question": "b"}),
    ]


def test_an_unquoted_comma_makes_a_bad_row(tmp_path: Path) -> None:
    assert rows(tmp_path, "id,question\n1,a,b\n2,c\n") == [
        BadRow(2, "too_many_cells", "has 3 cells, but the header has 2"),
        (3, {"id": "2", "question": "c"}),
    ]


def test_a_wrongly_quoted_row_is_bad_and_the_next_one_is_read(tmp_path: Path) -> None:
    bad, good = rows(tmp_path, 'id,question\n1,"he said "hi""\n2,c\n')
    assert (bad.row, bad.code) == (2, "bad_quotes")
    assert bad.why.startswith("(line 2) is wrongly quoted")
    assert good == (3, {"id": "2", "question": "c"})


def test_a_quotation_mark_that_is_never_closed_rejects_the_file(tmp_path: Path) -> None:
    text = 'id,question\n1,"two\nlines"\n2,"cut\n3,d\n'
    assert refused(tmp_path, text) == (
        "opens a quotation mark in row 3 (line 4) and never closes it; is the file complete?"
    )


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "id,question, id\n1,a,2\n") == (
        "has two columns id; rename one of them"
    )


@pytest.mark.parametrize("line", ["sep=;\r\n", "SEP=;\n", '"sep=;"\n'])
def test_a_line_that_says_the_delimiter_is_obeyed_and_is_no_row(tmp_path: Path, line: str) -> None:
    text = f'{line}id;"a,b,c"\n1;x,y\n'
    assert rows(tmp_path, text) == [(2, {"id": "1", "a,b,c": "x,y"})]
    bad = next(iter(rows(tmp_path, f'{line}id;b\n1;"x"y"\n')))
    assert "(line 3)" in bad.why


def test_a_delimiter_inside_quotes_does_not_count(tmp_path: Path) -> None:
    assert rows(tmp_path, 'id;"a,b,c"\n1;2\n') == [(2, {"id": "1", "a,b,c": "2"})]
