"""Write a table as CSV that opens right in a spreadsheet."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.exporting.batches import in_batches
from pipeline.tidy import Kind, defused, instant_text, number_text

ROWS_AT_ONCE = 500
AS_TEXT: dict[Kind, Callable[[Any], Any]] = {
    "text": defused,
    "number": number_text,
    "instant": instant_text,
    "boolean": lambda value: "true" if value else "false",
}


class Texts(dict[Any, Any]):
    """The text of each cell of one column, worked out once for equal cells."""

    def __init__(self, as_text: Callable[[Any], Any]) -> None:
        super().__init__({None: None})
        self.as_text = as_text

    def __missing__(self, cell: Any) -> Any:
        self[cell] = text = self.as_text(cell)
        return text


def write(path: Path, columns: Mapping[str, Kind], rows: Iterator[tuple[Any, ...]]) -> int:
    """Write UTF-8 with a BOM, which Excel needs, and no cell that it would run as a formula."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(map(defused, columns))
        for batch in in_batches(rows, of=ROWS_AT_ONCE):
            count += len(batch)
            writer.writerows(zip(*_as_texts(columns, batch), strict=True))
    return count


def _as_texts(columns: Mapping[str, Kind], batch: list[tuple[Any, ...]]) -> Iterator[Iterable[Any]]:
    for kind, column in zip(columns.values(), zip(*batch, strict=True), strict=True):
        yield map(Texts(AS_TEXT[kind]).__getitem__, column) if kind in AS_TEXT else column
