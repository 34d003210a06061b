"""Say what is wrong with an answer: as a code, to a person, and to the model that is to mend it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

WORDS = Path(__file__).parent / "problems.toml"
SHOWN = 40  # characters of an answer that are cited


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: `why` is a clause about the answer, `ask` says to the model what to mend."""

    code: str
    why: str
    ask: str


class Finding(NamedTuple):
    """A problem's code, and what its sentences cite."""

    code: str
    cited: Mapping[str, str]


def finding(code: str, **cited: object) -> Finding:
    return Finding(code, {name: str(value) for name, value in cited.items()})


def quoted(text: str) -> str:
    """Return the beginning of what is cited, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"


def worded(found: Finding, *, language: str) -> Problem:
    words = _words()[found.code]
    why, ask = (words[key].format_map(found.cited) for key in ("why", language))
    return Problem(found.code, why, ask)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(WORDS.read_text("utf-8"))
