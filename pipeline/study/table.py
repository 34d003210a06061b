"""Read a TOML table value by value; what is wrong is told with its place."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from db.errors import FileRejected

LANGUAGES = ("zh", "en")


@dataclass
class Table:
    """One table of a file; each value is taken out once, and `end` refuses what is left over."""

    place: str
    values: dict[str, Any]

    def __post_init__(self) -> None:
        self.values = dict(self.values)
        self._known: dict[str, None] = {}  # in the order asked for

    def has(self, key: str) -> bool:
        self._known[key] = None
        return key in self.values

    def text(self, key: str) -> str:
        value = self._take(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"{key} must be a text in quotes that is not empty")
        return value.strip()

    def whole(self, key: str, *, low: int, high: int) -> int:
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.wrong(f"{key} must be a whole number from {low} to {high}, not {value!r}")
        return value

    def number(self, key: str, *, low: float, high: float) -> float:
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(f"{key} must be a number, not {value!r}")
        if not low <= value <= high:
            raise self.wrong(f"{key} must be from {low:g} to {high:g}, not {value}")
        return float(value)

    def names(self, key: str) -> tuple[str, ...]:
        """Take a list of texts, each of them once."""
        value = self._take(key)
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            raise self.wrong(f'{key} must be a list of texts, for example ["a", "b"]')
        names = tuple(name.strip() for name in value)
        doubled = {name for name in names if names.count(name) > 1}
        if doubled:
            raise self.wrong(f"{key} names {sorted(doubled)[0]} more than once")
        return names

    def both(self, key: str) -> dict[str, str]:
        """Take a text that is there in each language."""
        inner = self.table(key)
        texts = {}
        for language in LANGUAGES:
            if not inner.has(language):
                raise self.wrong(f"{key} has no text in {language}")
            texts[language] = inner.text(language)
        inner.end()
        return texts

    def table(self, key: str) -> "Table":
        value = self._take(key)
        if not isinstance(value, dict):
            raise self.wrong(f"{key} must be a table, not {value!r}")
        return Table(f"{self.place}, {key}", value)

    def tables(self, key: str, *, called: str) -> list["Table"]:
        value = self._take(key)
        if not isinstance(value, list) or not all(isinstance(inner, dict) for inner in value):
            raise self.wrong(f"{key} must be tables, each beginning with [[{key}]]")
        return [Table(f"{self.place}, {called} {n}", inner) for n, inner in enumerate(value, 1)]

    def end(self) -> None:
        """Refuse keys that nobody took, as they would have no effect."""
        for key in self.values:
            near = get_close_matches(key, self._known, n=1)
            meant = f"did you mean {near[0]}?" if near else f"known are {', '.join(self._known)}"
            raise self.wrong(f"there is no key {key} here; {meant}")

    def wrong(self, what: str) -> FileRejected:
        return FileRejected(f"{self.place}: {what}")

    def _take(self, key: str) -> Any:
        self._known[key] = None
        if key not in self.values:
            raise self.wrong(f"{key} is missing")
        return self.values.pop(key)
