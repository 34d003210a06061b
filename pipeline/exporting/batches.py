"""Take rows in batches, so that a long table is never in memory as a whole."""

from collections.abc import Iterator
from itertools import islice
from typing import Any


def in_batches(rows: Iterator[tuple[Any, ...]], *, of: int) -> Iterator[list[tuple[Any, ...]]]:
    while batch := list(islice(rows, of)):
        yield batch
