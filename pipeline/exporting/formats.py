"""The formats that a table can be written in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from db.errors import NotAllowed
from pipeline.tidy import Kind


class Writer(Protocol):
    def __call__(
        self, path: Path, columns: Mapping[str, Kind], rows: Iterator[tuple[Any, ...]]
    ) -> int: ...


@dataclass(frozen=True)
class Format:
    """A format by the name that users give; `module` holds its `write`."""

    name: str
    endings: tuple[str, ...]
    about: str
    module: str
    most_rows: int | None = None

    @property
    def write(self) -> Writer:
        """The writer; it returns how many rows it wrote, and is imported only when asked for."""
        writer: Writer = import_module(f"pipeline.exporting.{self.module}").write
        return writer


FORMATS = {
    form.name: form
    for form in (
        Format("csv", (".csv",), "opens in Excel, LibreOffice, R and pandas", "csv_file"),
        Format("jsonl", (".jsonl", ".ndjson"), "one JSON object a line", "jsonl_file"),
        Format("parquet", (".parquet",), "typed columns for pandas, Polars, R", "parquet_file"),
        Format("xlsx", (".xlsx",), "an Excel workbook of one sheet", "xlsx_file", 1_048_575),
    )
}


def chosen(name: str | None, path: Path) -> Format:
    """Return the format called `name`, or else the one that the file's ending says."""
    if name is not None:
        return FORMATS[name]
    for form in FORMATS.values():
        if path.suffix.lower() in form.endings:
            return form
    known = ", ".join(ending for form in FORMATS.values() for ending in form.endings)
    raise NotAllowed(
        f"the ending of {path.name} names no format; end it in {known},"
        f" or give --format {'|'.join(FORMATS)}"
    )
