"""Read the fields of a row under any of their names: texts, ids, lists."""

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from db.errors import FileRejected, NotAllowed

LONGEST_TEXT = 100_000
LONGEST_ID = 200
LONGEST_NAME = 100
BETWEEN_WORDS = re.compile("[,，、;；|\n]")


class FieldRefused(Exception):
    """A field that cannot be read; `why` goes on from "row 5"."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


class Fields:
    """Finds the fields of rows by names written in any case; of several names the first counts."""

    def __init__(self, names: Mapping[str, tuple[str, ...]]) -> None:
        self._names = names
        self._places: dict[tuple[str, ...], list[tuple[str, list[str]]]] = {}

    def given(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a row gives of each field; what is missing or blank is left out."""
        keys = tuple(values)
        places = self._places.get(keys)
        if places is None:
            places = self._places[keys] = self._found(keys)
        given: dict[str, Any] = {}
        for field, there in places:
            for key in there:
                if field not in given and not is_missing(values[key]):
                    given[field] = values[key]
        return given

    def require(self, path: Path, *names: str) -> None:
        """Raise FileRejected if rows were read, and none had a field of these names."""
        written = {name.casefold() for name in names}
        if self._places and not any(key.strip().casefold() in written for key in self._keys):
            wanted = " or ".join(f"'{name}'" for name in names)
            there = ", ".join(self._keys) or "none"
            raise FileRejected(f"{path} has no field {wanted}; its fields are {there}")

    @property
    def others(self) -> list[str]:
        """What rows so far held besides the fields."""
        known = {name.casefold() for names in self._names.values() for name in names}
        return [key for key in self._keys if key.strip().casefold() not in known]

    @property
    def _keys(self) -> list[str]:
        return list(dict.fromkeys(key for keys in self._places for key in keys))

    def _found(self, keys: tuple[str, ...]) -> list[tuple[str, list[str]]]:
        written = {key.strip().casefold(): key for key in keys}
        found = [
            (field, [written[name.casefold()] for name in names if name.casefold() in written])
            for field, names in self._names.items()
        ]
        return [(field, there) for field, there in found if there]


def is_missing(value: Any) -> bool:
    """Say whether a value is nothing: null, blank, or a table's "not a number"."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or (isinstance(value, float) and math.isnan(value))


def text(value: Any, field: str) -> str:
    """Return a text as it stands, or a number as it would be written."""
    if isinstance(value, str):
        return _storable(value, field)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    kind = type(value).__name__
    what = {"dict": "an object", "list": "a list", "bool": "true or false"}.get(kind, f"a {kind}")
    raise FieldRefused("not_a_text", f"has {what} as its {field}, where a text should be")


def _storable(value: str, field: str) -> str:
    if len(value) > LONGEST_TEXT:
        raise FieldRefused("too_long", f"has a {field} of more than {LONGEST_TEXT:,} characters")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        why = f"has half a character (a lone surrogate) in its {field}"
        raise FieldRefused("not_a_text", why) from error
    if "\0" in value:
        raise FieldRefused("not_a_text", f"has a NUL character in its {field}")
    return value


def identifier(value: Any, field: str) -> str:
    name = text(value, field).strip()
    if len(name) > LONGEST_ID or not name.isprintable():
        why = f"has a {field} that is not one line of at most {LONGEST_ID} characters"
        raise FieldRefused("not_an_id", why)
    return name


def one_line(name: str, what: str) -> str:
    """Return a name that a user gave. Raises NotAllowed for one that cannot be a name."""
    plain = name.strip()
    if not 1 <= len(plain) <= LONGEST_NAME or not plain.isprintable():
        raise NotAllowed(f"a {what} needs a name of 1 to {LONGEST_NAME} characters on one line")
    return plain


def words(value: Any, field: str) -> list[str]:
    """Return the words of a list, or of a text that separates them by commas and the like."""
    if isinstance(value, str):
        listed = listed_in(value)
        if listed is None:  # its pieces are texts as much as it is
            pieces = map(str.strip, BETWEEN_WORDS.split(_storable(value, field)))
            return list(dict.fromkeys(filter(None, pieces)))
        value = listed
    found = value if isinstance(value, list) else [value]
    return list(
        dict.fromkeys([text(word, field).strip() for word in found if not is_missing(word)])
    )


def listed_in(cell: str) -> list[Any] | None:
    """Return the list that a table's cell holds as JSON, or None where it holds something else."""
    found = json_in(cell) if cell.lstrip().startswith("[") else None
    if isinstance(found, list) and all(isinstance(each, str | dict | None) for each in found):
        return found
    return None


def json_in(cell: str) -> Any:
    """Return what a cell holds as JSON, or None."""
    try:
        return json.loads(cell)
    except (RecursionError, ValueError):
        return None
