"""Write a dataset's records as Parquet and JSON Lines side by side."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from pipeline.exporting.dataset.records import SCHEMA

ROWS_AT_ONCE = 5000  # a row group; a dataset is never in memory as a whole


def names(split: str) -> tuple[str, str]:
    """Return where a split's two files stand in the folder."""
    return f"data/{split}.parquet", f"jsonl/{split}.jsonl"


def write(place: Path, split: str, records: Iterator[dict[str, Any]]) -> int:
    """Write both files of a split, and return how many records they hold."""
    columns, lines = (place / name for name in names(split))
    for path in (columns, lines):
        path.parent.mkdir(exist_ok=True)
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    count = 0
    with (
        parquet.ParquetWriter(columns, SCHEMA) as writer,
        lines.open("w", encoding="utf-8", newline="\n") as file,
    ):
        while batch := list(islice(records, ROWS_AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(batch, schema=SCHEMA))
            file.writelines(f"{encode(record)}\n" for record in batch)
            count += len(batch)
    return count
