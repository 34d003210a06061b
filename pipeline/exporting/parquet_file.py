"""Write a table as Parquet, with a type for each column."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from pipeline.exporting.batches import in_batches
from pipeline.tidy import Kind

ROWS_AT_ONCE = 50_000  # a row group; small ones make a large and slow file
TYPES: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "instant": pa.timestamp("us", tz="UTC"),
    "boolean": pa.bool_(),
}


def write(path: Path, columns: Mapping[str, Kind], rows: Iterator[tuple[Any, ...]]) -> int:
    schema = pa.schema([(name, TYPES[kind]) for name, kind in columns.items()])
    count = 0
    with parquet.ParquetWriter(path, schema) as writer:
        for batch in in_batches(rows, of=ROWS_AT_ONCE):
            arrays = [
                pa.array(column, type=field.type)
                for column, field in zip(zip(*batch, strict=True), schema, strict=True)
            ]
            writer.write_table(pa.table(arrays, schema=schema))
            count += len(batch)
    return count
