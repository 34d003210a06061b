"""Read a TOML table value by value; what is wrong is told with its place."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from unicodedata import category

from db.errors import FileRejected

LANGUAGES = ("zh", "en")
LONGEST_SHOWN = 60
LINES = dict.fromkeys(map(ord, "\n\r\t"), " ")  # the control characters that a text needs


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
        if _has_control(value.translate(LINES)):
            raise self.wrong(f"{key} holds a control character; leave it out")
        return value.strip()

    def line(self, key: str) -> str:
        text = self.text(key)
        if _has_control(text):
            raise self.wrong(f"{key} must be on one line")
        return text

    def whole(self, key: str, *, low: int, high: int) -> int:
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.wrong(
                f"{key} must be a whole number from {low} to {high}, not {_shown(value)}"
            )
        return value

    def number(self, key: str, *, low: float, high: float) -> float:
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(f"{key} must be a number, not {_shown(value)}")
        if not low <= value <= high:
            raise self.wrong(f"{key} must be from {low:g} to {high:g}, not {_shown(value)}")
        return float(value)

    def names(self, key: str) -> tuple[str, ...]:
        """Take a list of texts, each of them once."""
        value = self._take(key)
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            raise self.wrong(f'{key} must be a list of texts, for example ["a", "b"]')
        names = tuple(name.strip() for name in value)
        if any(map(_has_control, names)):
            raise self.wrong(f"each of {key} must be on one line, without control characters")
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
            raise self.wrong(f"{key} must be a table, not {_shown(value)}")
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
            name = key if key.isprintable() else _shown(key)
            raise self.wrong(f"there is no key {name} here; {meant}")

    def wrong(self, what: str) -> FileRejected:
        return FileRejected(f"{self.place}: {what}")

    def _take(self, key: str) -> Any:
        self._known[key] = None
        if key not in self.values:
            raise self.wrong(f"{key} is missing")
        return self.values.pop(key)


def _has_control(text: str) -> bool:
    return any(category(letter) == "Cc" for letter in text)


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except ValueError:
        return "a number of too many digits"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
