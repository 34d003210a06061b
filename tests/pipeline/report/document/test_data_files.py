"""The report's figures as data: unrounded, safe in a spreadsheet, each with its way back."""

import csv
import io
import json

import pytest

from pipeline.report.document import data_files
from pipeline.report.document.blocks import Cell, Column, Document, Group, Table
from pipeline.tidy import restored
from tests.pipeline.report.document import sample

DOCUMENT = sample.document()


def rows(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_table_keeps_its_figures_unrounded_with_their_ids() -> None:
    table = rows(data_files.tables(DOCUMENT)["tables/t5.csv"])
    assert [row["system"] for row in table] == [*sample.SYSTEMS, "none"]
    first = {source.id: source for source in DOCUMENT.sources}[table[0]["figure_ids"].split("|")[0]]
    assert float(table[0]["relevance mean"]) == first.value
    assert float(table[0]["relevance low"]) == first.low
    assert float(table[0]["relevance high"]) == first.high
    assert table[0]["group"] == "of 100 questions"
    assert table[4]["relevance mean"] == ""


def test_figures_csv_says_how_to_compute_each_again() -> None:
    figures = {row["id"]: row for row in rows(data_files.sources(DOCUMENT))}
    assert figures.keys() == {source.id for source in DOCUMENT.sources}
    found = figures["n.scores"]
    assert found["command"] == "cbt results --study paper --json"
    assert found["at"] == "/criteria/relevance/systems/0/mean"
    assert found["rows"] == "criterion=relevance; system=S1|S2"
    undefined = figures["t5.relevance.none.mean"]
    assert (undefined["value"], undefined["code"]) == ("", "no_scores")


def test_everything_is_one_object_with_the_contracts_figures() -> None:
    whole = json.loads(data_files.everything(DOCUMENT))
    assert [block["kind"] for block in whole["blocks"][:3]] == ["heading", "paragraph", "note"]
    table = next(block for block in whole["blocks"] if block.get("id") == "t5")
    assert (table["label"], table["file"]) == ("Table 1", "t5")
    figures = whole["figures"]
    for source in DOCUMENT.sources:
        assert figures[source.id]["value"] == source.value
    undefined = figures["t5.relevance.none.mean"]
    assert undefined["reason"] == "nobody scored it"
    assert "low" not in undefined
    assert "code" not in figures["n.scores"]


def test_what_a_spreadsheet_would_run_is_defused_in_cells_and_headings() -> None:
    texts = ("=1+1", "+1", "-1", "@x", "\tx", *sample.HOSTILE)
    table = Table(
        "a", "", tuple(Column(text) for text in texts), (Group((tuple(map(Cell, texts)),)),)
    )
    content = data_files.tables(Document("t", "s", "n", (table,)))["tables/a.csv"]
    (row,) = rows(content)
    for heading, text in list(row.items())[:-1]:
        assert not text.startswith(("=", "+", "-", "@", "\t"))
        assert restored(text) == restored(heading)
    assert [restored(text) for text in row.values()][:-1] == list(texts)


def test_a_cell_with_more_figures_than_its_column_has_names_is_refused() -> None:
    table = Table("a", "", (Column("interval"),), (Group(((Cell("0 to 1", (0, 1)),),)),))
    with pytest.raises(ValueError, match="2 values in the column interval"):
        data_files.tables(Document("t", "s", "n", (table,)))


def test_what_is_not_a_number_is_never_written() -> None:
    cell = Cell("?", (float("nan"),))
    table = Table("a", "", (Column("x"),), (Group(((cell,),)),))
    with pytest.raises(ValueError, match="JSON"):
        data_files.everything(Document("t", "s", "n", (table,)))
