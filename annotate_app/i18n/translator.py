"""Give the app's texts in one language."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True)
class Translate:
    """The texts of one language, under dotted keys. A key that is not there is a mistake."""

    words: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its placeholders filled in."""
        return self.words[key].format(**values)

    def texts(self, *sections: str) -> dict[str, str]:
        """Return the texts of these sections, for a component that fills them in itself."""
        return {k: text for k, text in self.words.items() if k.partition(".")[0] in sections}


@cache
def translator(language: Language) -> Translate:
    """Return the texts of one language."""
    path = Path(__file__).with_name(f"{language}.toml")
    return Translate(dict(_flat(tomllib.loads(path.read_text("utf-8")))))


def language_of(locale: str | None) -> Language:
    """Return the language for a browser's locale: English where it asks for it, else Chinese."""
    return "en" if (locale or "").lower().startswith("en") else "zh"


def _flat(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
