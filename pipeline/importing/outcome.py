"""What becomes of the rows of a file of texts: parsed, counted, rejected, warned of."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from db.errors import BadRow, FileRejected
from pipeline import scan
from pipeline.importing.fields import FieldRefused, Fields
from pipeline.importing.files import read_rows
from pipeline.importing.rows import Row

Parsed = TypeVar("Parsed")


class Caution(NamedTuple):
    """Something in a stored row that a person should look at before a study uses it."""

    row: int
    kind: str
    found: str


@dataclass(frozen=True)
class Counts:
    """How many rows were read, stored, stored before, and rejected."""

    read: int
    added: int
    known: int
    rejected: list[BadRow]


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Let a block keep all that it makes: looking for cycles in it takes a sixth of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def parsed_rows(
    path: Path,
    parse: Callable[[Row, Fields], Parsed],
    fields: Fields,
    *,
    required: Iterable[str],
    bad: list[BadRow],
) -> list[Parsed]:
    """Return the rows of a file that can be read; the others go to `bad`.

    Raises FileRejected for a file whose rows have none of the required fields.
    """
    parsed = []
    for row in read_rows(path, bad=bad):
        try:
            parsed.append(parse(row, fields))
        except FieldRefused as refused:
            bad.append(BadRow(row.number, refused.code, refused.why))
    fields.require(path, *required)
    return parsed


def cautions(number: int, *, asked: str, answers: Iterable[str]) -> Iterator[Caution]:
    """Yield what in a row could identify a person or break the blinding of an answer."""
    answered = "\n".join(answers)
    for found in scan.identifies_a_person(f"{asked}\n{answered}"):
        yield Caution(number, found.kind, found.found)
    for name in scan.names_a_system(answered):
        yield Caution(number, "names_system", name)


def rejection(path: Path, bad: list[BadRow], *, read: int) -> FileRejected:
    """Return the error that stops an import which does not skip bad rows."""
    are = "is" if len(bad) == 1 else "are"
    return FileRejected(
        f"{len(bad):,} of the {read:,} rows of {path} {are} wrong, so nothing was stored;"
        " mend the file, or add --skip-bad to import its other rows",
        sorted(bad, key=lambda each: each.row),
    )
