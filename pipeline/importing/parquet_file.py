"""Read the rows of a Parquet file."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from db.errors import FileRejected
from pipeline.importing.rows import Row


def rows(path: Path) -> Iterator[Row]:
    """Yield the rows, numbered from 2 as if the column's names were row 1."""
    if not path.is_file():
        raise FileRejected(f"there is no file {path}")
    try:
        with parquet.ParquetFile(path) as file:
            if not file.metadata.num_rows:
                raise FileRejected(f"{path} holds no rows")
            batches = (batch.to_pylist() for batch in file.iter_batches())
            for number, values in enumerate(chain.from_iterable(batches), start=2):
                yield Row(number, values)
    except (pa.ArrowException, OSError) as error:
        raise FileRejected(f"{path} cannot be read as Parquet; is it complete?") from error
