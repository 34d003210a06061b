"""Give the app's texts in one language."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


class Translate(Protocol):
    """Returns the text under a dotted key, its placeholders filled in."""

    def __call__(self, key: str, **values: object) -> str: ...


@cache
def translator(language: Language) -> Translate:
    """Return the texts of one language. A key that is not there is a mistake: KeyError."""
    path = Path(__file__).with_name(f"{language}.toml")
    texts = dict(_flat(tomllib.loads(path.read_text("utf-8"))))

    def t(key: str, **values: object) -> str:
        return texts[key].format(**values)

    return t


def language_of(locale: str | None) -> Language:
    """Return the language for a browser's locale: English where it asks for it, else Chinese."""
    return "en" if (locale or "").lower().startswith("en") else "zh"


def _flat(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
