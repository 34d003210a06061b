"""What every reader of a file hands on: numbered rows of named values."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from db.errors import BadRow, FileRejected


class Row(NamedTuple):
    """One record of a file, under the number by which a person finds it there."""

    number: int
    values: dict[str, Any]


def rows_of_table(
    path: Path, table: Iterable[tuple[int, Sequence[Any]] | BadRow]
) -> Iterator[Row | BadRow]:
    """Name the cells of a table after its first row; rows without any cell are passed over.

    Cells that a row lacks at its end are None, as spreadsheets leave out empty ones.
    Raises FileRejected for a first row that cannot name the columns.
    """
    header: list[str] = []
    for found in table:
        if isinstance(found, BadRow):
            yield found
        elif not header:
            header = _header(path, found[1])
        else:
            number, cells = found
            spare = len(header) - len(cells)
            if spare < 0 and not _is_empty(cells[spare:]):
                why = f"has {len(cells)} cells, but the header has {len(header)}"
                yield BadRow(number, "too_many_cells", why)
            elif not _is_empty(cells):
                yield Row(number, _named(header, (*cells, *[None] * spare) if spare else cells))


def _named(header: list[str], cells: Sequence[Any]) -> dict[str, Any]:
    values = dict(zip(header, cells, strict=False))
    values.pop("", None)
    return values


def _header(path: Path, cells: Sequence[Any]) -> list[str]:
    names = [str("" if cell is None else cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise FileRejected(f"{path} has two columns {', '.join(twice)}; rename one of them")
    return names


def _is_empty(cells: Sequence[Any]) -> bool:
    return all(cell is None or cell == "" for cell in cells)
