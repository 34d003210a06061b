"""Take the keys of a prompt's file one by one, each of the type that it must have."""

from collections.abc import Mapping, Sequence
from typing import Any
from unicodedata import normalize

from db.errors import FileRejected


class Fields:
    """One table of a prompt's file; `name` is where in the file it stands, "" at the top.

    Raises FileRejected, in one sentence with the file and the key, for what is missing or wrong.
    """

    def __init__(self, file: str, table: Mapping[str, Any], *, name: str = "") -> None:
        self.file, self.name = file, name
        self._table = table
        self._known: list[str] = []

    def text(self, key: str, *, why: str) -> str:
        """Return a text that must be there; `why` says what it is for."""
        found = self.optional_text(key)
        if not found:
            raise FileRejected(f"{self.file} has no {self._called(key)}: {why}")
        return found

    def optional_text(self, key: str) -> str | None:
        """Return a text without the blanks around it and at the ends of lines, or None."""
        found = self._taken(key)
        if found is None:
            return None
        if not isinstance(found, str):
            raise self.wrong(key, "is a text in quotation marks")
        lines = normalize("NFC", found).replace("\r\n", "\n").split("\n")
        return "\n".join(line.rstrip() for line in lines).strip() or None

    def one_of(self, key: str, choices: Sequence[str]) -> str:
        found = self.text(key, why=f"it is one of {', '.join(choices)}")
        if found not in choices:
            raise self.wrong(key, f"is one of {', '.join(choices)}, not {found}")
        return found

    def number(self, key: str) -> int | None:
        found = self._taken(key)
        if found is not None and type(found) is not int:
            raise self.wrong(key, "is a whole number")
        return found

    def window(self, key: str) -> tuple[int, int] | None:
        """Return two whole numbers, the second not less than the first, or None."""
        found = self._taken(key)
        if found is None:
            return None
        two = isinstance(found, list) and [type(each) for each in found] == [int, int]
        if not two or not 0 < found[0] <= found[1]:
            raise self.wrong(key, "is two whole numbers, the least and the most, as [350, 750]")
        return (found[0], found[1])

    def texts(self, key: str) -> tuple[str, ...] | None:
        found = self._taken(key)
        if found is None:
            return None
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise self.wrong(key, "is a list of texts in quotation marks")
        return tuple(found)

    def table(self, key: str) -> "Fields | None":
        found = self._taken(key)
        if found is None:
            return None
        if not isinstance(found, dict):
            raise self.wrong(key, f"is a table: [{self._called(key)}]")
        return Fields(self.file, found, name=self._called(key))

    def tables(self, key: str) -> list["Fields"]:
        """Return the tables of a list, none where the key is missing; one may stand alone."""
        found = self._taken(key)
        several = [found] if isinstance(found, dict) else [] if found is None else found
        if not isinstance(several, list) or not all(isinstance(each, dict) for each in several):
            raise self.wrong(key, f"is a list of tables: [[{self._called(key)}]]")
        return [Fields(self.file, each, name=self._called(key)) for each in several]

    @property
    def keys(self) -> list[str]:
        return list(self._table)

    def end(self) -> None:
        """Refuse the keys that nobody took."""
        for key in self._table:
            if key not in self._known:
                known = ", ".join(self._known)
                raise FileRejected(
                    f"{self.file} has a key {self._called(key)}, which means nothing here;"
                    f" there are {known}"
                )

    def wrong(self, key: str, should: str) -> FileRejected:
        return FileRejected(f"{self.file} is wrong at {self._called(key)}: this {should}")

    def _called(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key

    def _taken(self, key: str) -> Any:
        self._known.append(key)
        return self._table.get(key)
