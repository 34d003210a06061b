"""Find out in which shape a gold file gives its answers: 0 and 1, labels, or a matrix."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from db.errors import BadRow, FileRejected
from pipeline.codebook.distortions import folded, resolve
from pipeline.importing.fields import is_missing
from pipeline.importing.rows import Row
from pipeline.tidy import can_be_criterion
from pipeline.tidy_gold import PRESENCE_OF, checked_name

Kind = Literal["0/1", "labels", "matrix", "headerless"]

NAMES = {
    "id": ("id", "item", "item_id", "idx"),
    "question_id": ("question_id", "questionID"),
    "text": ("text",),
    "gold": ("gold",),
    "pred": ("pred",),
    "how": ("how",),
}
KNOWN = frozenset(name.casefold() for names in NAMES.values() for name in names)
FLAGS = {"0": False, "0.0": False, "false": False, "1": True, "1.0": True, "true": True}
NUMBER = re.compile(r"[+-]?\d+([.,]\d*)?")
PREFIXED = re.compile(r"(gold|pred)[_:](.+)", re.IGNORECASE)
ROWS_NAMED = 20
SHAPES = (
    "a gold file has id, question_id or text, and then a column gold (0 and 1, or labels joined by"
    " |) or two or more label columns of 0 and 1; or it has lines of a text, a tab, and 0 or 1,"
    " without a header"
)


@dataclass(frozen=True)
class Columns:
    """Where a file has its answers, or predictions: one column, or one for each label."""

    kind: Kind
    places: tuple[tuple[str, str], ...]  # what each column says, and its name in the file

    @property
    def labels(self) -> list[str]:
        """The labels that the columns of a matrix stand for, in their order."""
        named = [name for name, _ in self.places if folded(name) not in PRESENCE_OF]
        return named if self.kind == "matrix" else []


@dataclass(frozen=True)
class Layout:
    """How a file is read; `ignored` columns are not."""

    gold: Columns
    pred: Columns | None
    ignored: list[str]


def layout_of(path: Path, rows: Sequence[Row], *, headerless: bool = False) -> Layout:
    """Return how a file's rows are read. Raises FileRejected for an unknown or a mixed shape."""
    if headerless:
        return Layout(Columns("headerless", (("gold", "gold"),)), None, [])
    cells = _cells(rows)
    plain = {name.strip().casefold(): name for name in cells}
    if not any(name in plain for key in ("id", "question_id", "text") for name in _named(key)):
        raise _unknown(path, cells, "has no column id, question_id or text")
    matrix = _matrix(cells)
    gold = _of(path, "gold", plain, cells, matrix)
    if gold is None:
        raise _unknown(path, cells, _what_is_missing(matrix["gold"]))
    pred = _of(path, "pred", plain, cells, matrix)
    read = {place for columns in (gold, pred) if columns for _, place in columns.places}
    ignored = [name for name in cells if name not in read and name.strip().casefold() not in KNOWN]
    return Layout(gold, pred, ignored)


def flag(cell: Any) -> bool | None:
    """Read 0 or 1; a cell that holds something else is None."""
    if isinstance(cell, int | float):
        return bool(cell) if cell in (0, 1) else None
    return FLAGS.get(cell.strip().casefold()) if isinstance(cell, str) else None


def _named(field: str) -> list[str]:
    return [name.casefold() for name in NAMES[field]]


def _cells(rows: Sequence[Row]) -> dict[str, list[tuple[int, Any]]]:
    """Return each column's cells that hold something, under the numbers of their rows."""
    found: dict[str, list[tuple[int, Any]]] = {}
    for row in rows:
        for name, cell in row.values.items():
            there = found.setdefault(name, [])
            if not is_missing(cell):
                there.append((row.number, cell))
    return found


def _matrix(cells: Mapping[str, Sequence[tuple[int, Any]]]) -> dict[str, list[tuple[str, str]]]:
    """Return the columns that hold mostly 0 and 1, of answers and of predictions."""
    found: dict[str, list[tuple[str, str]]] = {"gold": [], "pred": []}
    for place, column in cells.items():
        name = place.strip()
        if name.casefold() in KNOWN or not can_be_criterion(name):
            continue
        flags = sum(flag(cell) is not None for _, cell in column)
        if 2 * flags > len(column):
            prefixed = PREFIXED.fullmatch(name)
            of, label = (prefixed[1].lower(), prefixed[2].strip()) if prefixed else ("gold", name)
            found[of].append((label, place))
    return found


def _of(
    path: Path,
    field: str,
    plain: Mapping[str, str],
    cells: Mapping[str, Sequence[tuple[int, Any]]],
    matrix: Mapping[str, list[tuple[str, str]]],
) -> Columns | None:
    """Return where the gold, or the predictions, are; None where there are none."""
    places = matrix[field]
    if field not in plain:
        return _checked(path, places) if len(places) > 1 else None
    labels = [place for label, place in places if _is_label(label) or label != place]
    if labels:
        raise FileRejected(
            f"{path} mixes two shapes: it has a column {field}, and label columns of 0 and 1"
            f" ({_listed(labels)}); keep one of the two"
        )
    column = cells[plain[field]]
    return Columns(_kind(path, field, column), ((field, plain[field]),))


def _is_label(name: str) -> bool:
    return resolve(name) is not None or folded(name) in PRESENCE_OF


def _checked(path: Path, places: Sequence[tuple[str, str]]) -> Columns:
    twice = [name for name, n in Counter(folded(label) for label, _ in places).items() if n > 1]
    for label, place in places:
        try:
            checked_name(label)
        except ValueError as error:
            raise FileRejected(f"{path} has a column {place[:40]!r}, which {error}") from error
        if folded(label) in twice:
            raise FileRejected(f"{path} has two columns for the label {label}; keep one")
    return Columns("matrix", tuple(places))


def _kind(path: Path, field: str, column: Sequence[tuple[int, Any]]) -> Kind:
    """Return whether a column holds 0 and 1, or labels: what most of its cells are."""
    kinds = Counter(_kind_of(cell) for _, cell in column)
    if kinds["number"] > max(kinds["flag"], kinds["name"]):
        rows = list(_others(column, field))
        raise FileRejected(
            f"the column {field} of {path} holds numbers that are neither 0 nor 1 (first in row"
            f" {rows[0].row}), and labels are given by their names; {SHAPES}",
            rows,
        )
    if not (kinds["flag"] or kinds["name"] or kinds["word"]):
        raise FileRejected(f"the column {field} of {path} is empty; {SHAPES}")
    if kinds["flag"] and kinds["flag"] == kinds["name"]:
        raise FileRejected(
            f"the column {field} of {path} holds as many names as 0 and 1; {SHAPES}",
            list(_others(column, field)),
        )
    return "0/1" if kinds["flag"] > kinds["name"] else "labels"


def _kind_of(cell: Any) -> str:
    if flag(cell) is not None:
        return "flag"
    if isinstance(cell, int | float) or (isinstance(cell, str) and NUMBER.fullmatch(cell.strip())):
        return "number"
    return "word" if isinstance(cell, str) and folded(cell) in PRESENCE_OF else "name"


def _others(column: Sequence[tuple[int, Any]], field: str) -> Iterator[BadRow]:
    for number, cell in column:
        if flag(cell) is None:
            yield BadRow(number, "not_0_or_1", f"has the {field} {str(cell)[:40]!r}, no 0 or 1")


def _what_is_missing(places: Sequence[tuple[str, str]]) -> str:
    if len(places) == 1:
        return (
            f"has no column gold, and only one of 0 and 1, {places[0][1]}, which is not taken for"
            " the gold: call it gold if it is"
        )
    return "has neither a column gold nor label columns of 0 and 1"


def _unknown(path: Path, cells: Mapping[str, Any], lacks: str) -> FileRejected:
    return FileRejected(f"{path} {lacks}; its columns are {_listed(list(cells))}; {SHAPES}")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:40]) for name in names[:ROWS_NAMED])
    return shown + (f" and {len(names) - ROWS_NAMED} more" if len(names) > ROWS_NAMED else "")
