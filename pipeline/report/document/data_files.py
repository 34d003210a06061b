"""Write a document's figures as data: a CSV file a table, and one JSON file of everything."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from typing import Any

from pipeline.report.document.blocks import Block, Column, Document, Picture, Source, Table
from pipeline.report.document.naming import labels, stems
from pipeline.tidy import defused, number_text

Value = int | float | str | None
GROUP, IDS = "group", "figure_ids"
SOURCE_COLUMNS = tuple(field.name for field in fields(Source))


def tables(document: Document) -> dict[str, bytes]:
    """Return each table's file: unrounded figures, and the ids of those in a row."""
    names = stems(document)
    return {
        f"tables/{names[block.id]}.csv": _csv(_headings(block), _rows(block))
        for block in document.blocks
        if isinstance(block, Table)
    }


def sources(document: Document) -> bytes:
    """Return the file of all figures, a row each: what it is, and how to compute it again."""
    rows = (
        [_one_value(getattr(source, name)) for name in SOURCE_COLUMNS]
        for source in document.sources
    )
    return _csv(SOURCE_COLUMNS, rows)


def everything(document: Document) -> bytes:
    """Return the document as JSON, unrounded: its blocks as they stand, its figures by id."""
    named, files = labels(document), stems(document)
    whole = {
        "title": document.title,
        "subtitle": document.subtitle,
        "notice": document.notice,
        "blocks": [_block(block, named, files) for block in document.blocks],
        "figures": {source.id: _source(source) for source in document.sources},
    }
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _block(block: Block, named: dict[str, str], files: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": type(block).__name__.lower(), **asdict(block)}
    if isinstance(block, Table | Picture):
        found |= {"label": named[block.id], "file": files[block.id]}
    return found


def _source(source: Source) -> dict[str, Any]:
    """Return a figure as the contract has it, where it can be told and where not."""
    found = asdict(source)
    del found["id"]
    if source.value is None:
        found = {name: found[name] for name in found if name not in {"low", "high", "level"}}
    if not source.code:
        del found["code"], found["reason"]
    return found


def _headings(table: Table) -> list[str]:
    titled = [GROUP] if any(group.title for group in table.groups) else []
    return [*titled, *(name for column in table.columns for name in _names(column)), IDS]


def _names(column: Column) -> tuple[str, ...]:
    over = f"{column.over}: " if column.over else ""
    return column.names or (f"{over}{column.heading}",)


def _rows(table: Table) -> Iterator[list[Value]]:
    titled = any(group.title for group in table.groups)
    for group in table.groups:
        for cells in group.rows:
            row: list[Value] = [group.title] if titled else []
            for column, cell in zip(table.columns, cells, strict=True):
                row += _values(column, cell.text, cell.values)
            yield [*row, "|".join(cell.id for cell in cells if cell.id)]


def _values(column: Column, text: str, values: Sequence[Value]) -> list[Value]:
    """Return as many values as the column has names; words stand in the first."""
    names = _names(column)
    found = [*(values or (text,))]
    if len(found) > len(names):
        raise ValueError(f"{len(found)} values in the column {', '.join(names)}")
    return found + [None] * (len(names) - len(found))


def _one_value(value: Any) -> Value:
    if isinstance(value, dict):
        return "; ".join(f"{column}={_choice(kept)}" for column, kept in value.items())
    found: Value = value
    return found


def _choice(kept: str | tuple[str, ...]) -> str:
    return kept if isinstance(kept, str) else "|".join(kept)


def _csv(headings: Sequence[str], rows: Iterator[list[Value]]) -> bytes:
    """Return UTF-8 with a BOM, which Excel needs, and no cell that it would run as a formula."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(map(defused, headings))
    writer.writerows([_text(value) for value in row] for row in rows)
    return file.getvalue().encode("utf-8-sig", "backslashreplace")


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return number_text(float(value))
    return defused(value) if isinstance(value, str) else str(value)
