"""Tell which questions are by or about people in acute danger."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from pipeline.parsing.plain import plain

DANGER = "danger"  # the tag of a question whose writer, or somebody in it, is in danger
NO_DANGER = "no_danger"  # a person's word that it is none, which counts more than the rules
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Found:
    """Words that tell of danger, of which kind, and where they stand in the text."""

    kind: str
    start: int
    end: int


def in_danger(*, text: str, description: str | None, tags: Sequence[str]) -> bool:
    """Say whether a question counts as one of somebody in danger.

    It does if it has the tag "danger", or if the rules find something and nobody put the tag
    "no_danger".
    """
    if DANGER in tags:
        return True
    return NO_DANGER not in tags and bool(found(f"{text}\n{description or ''}"))


def found(text: str) -> list[Found]:
    """Return what in a text tells of danger by the rules, in the text's order."""
    letters = plain(text)
    matches = (
        (kind, match) for kind, signs in _signs().items() for match in signs.finditer(letters)
    )
    return sorted(
        (Found(kind, match.start(), match.end()) for kind, match in matches),
        key=lambda each: each.start,
    )


@cache
def _signs() -> dict[str, re.Pattern[str]]:
    rules = tomllib.loads((HERE / "rules.toml").read_text("utf-8"))
    return {kind: re.compile("|".join(rule["signs"])) for kind, rule in rules.items()}


@cache
def rules_version() -> str:
    """Return what changes with the rules and with the code that applies them."""
    files = sorted([*HERE.glob("rules.*"), HERE / "danger.py"])
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
