"""Read one cell of a ratings file: a name, a whole number, an instant, a text."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from pipeline.tidy import flags_of, is_showable, restored

LONGEST_NAME = 300
LARGEST = 2**31 - 1  # of PostgreSQL's integer column
WHOLE = re.compile(r"([+-]?\d+)(?:\.0*)?")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
YES_NO = {"": False, "false": False, "no": False, "0": False, "true": True, "yes": True, "1": True}
CACHED = 20_000


class CellRefused(Exception):
    """A cell that cannot be read; `why` goes on from the column's name and the cell."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


class Cells:
    """The readers of each column's cells; files of a spreadsheet hold `defused` texts.

    A reader works out equal cells once.
    """

    def __init__(self, *, defused: bool) -> None:
        self._restored: Callable[[str], str] = restored if defused else str
        name, text = _cached(self._name), _cached(self._text)
        self.readers: Mapping[str, Callable[[Any], Any]] = {
            "study": name,
            "item": name,
            "question_id": name,
            "system": name,
            "rater": name,
            "rater_group": name,
            "criterion": name,
            "value": _cached(whole),
            "comment": text,
            "flags": _cached(self._flags),
            "position": _cached(count_from_0),
            "seconds": _cached(seconds),
            "revision": _cached(count_from_1),
            "submitted_at": _cached(instant),
            "is_repeat": _cached(yes_no),
            "is_calibration": _cached(yes_no),
        }

    def header(self, column: str) -> str:
        return self._restored(column).strip()

    def _text(self, cell: Any) -> str | None:
        text = self._restored(cell) if isinstance(cell, str) else _number_as_text(cell)
        if UNSTORABLE.search(text):
            raise CellRefused("not_a_text", "holds a character that cannot be stored")
        return text or None

    def _name(self, cell: Any) -> str | None:
        name = (self._text(cell) or "").strip()
        if len(name) > LONGEST_NAME:
            raise CellRefused("too_long", f"is longer than {LONGEST_NAME} characters")
        if not is_showable(name):
            raise CellRefused("not_a_name", "holds a line break or a character that is not shown")
        return name or None

    def _flags(self, cell: Any) -> str | None:
        text = self._text(cell)
        try:
            flags_of(text or "")
        except ValueError as error:
            raise CellRefused("bad_flags", "has a flag without a name") from error
        return text


def _cached(reader: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lru_cache(maxsize=CACHED, typed=True)(reader)


def _number_as_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        raise CellRefused("not_a_text", "is not a text")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def whole(cell: Any) -> int | None:
    """Read a whole number; 2.0 is one, 1.5 and "abc" are not. An empty cell is None."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, bool | datetime | date):
        raise CellRefused("not_whole", "is not a whole number")
    found = WHOLE.fullmatch(_number_as_text(cell).strip())
    if not found:
        raise CellRefused("not_whole", "is not a whole number; a missing value is an empty cell")
    number = int(found[1])
    if abs(number) > LARGEST:
        raise CellRefused("not_whole", "is too large")
    return number


def count_from_0(cell: Any) -> int | None:
    return _at_least(0, whole(cell))


def count_from_1(cell: Any) -> int | None:
    return _at_least(1, whole(cell))


def _at_least(least: int, number: int | None) -> int | None:
    if number is not None and number < least:
        raise CellRefused("too_small", f"is less than {least}")
    return number


def seconds(cell: Any) -> float | None:
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    try:
        number = float(cell)
    except (TypeError, ValueError) as error:
        raise CellRefused("not_a_number", "is not a number") from error
    if not math.isfinite(number) or number < 0:
        raise CellRefused("not_a_number", "is not a time in seconds")
    return abs(number)  # no negative zero


def instant(cell: Any) -> datetime | None:
    """Read a date and time; one without a time zone is in UTC."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    try:
        at = datetime.fromisoformat(cell.strip() if isinstance(cell, str) else cell.isoformat())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (AttributeError, ValueError, OverflowError) as error:
        raise CellRefused(
            "not_an_instant", "is not a date and time such as 2026-05-01T12:30:00Z"
        ) from error


def yes_no(cell: Any) -> bool:
    text = "" if cell is None else _as_word(cell)
    if text not in YES_NO:
        raise CellRefused("not_yes_no", "is neither true nor false")
    return YES_NO[text]


def _as_word(cell: Any) -> str:
    return str(cell if isinstance(cell, bool) else _number_as_text(cell)).strip().lower()
