"""What the rules were measured to find, as it was when these rules were written."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.analysis import LEVEL
from pipeline.stats.resampling.intervals import Estimate, wilson

FILE = Path(__file__).with_name("measured.toml")


class Count(NamedTuple):
    """How many of some questions the rules are right about."""

    right: int
    of: int

    @property
    def share(self) -> Estimate:
        return wilson(self.right, self.of, level=LEVEL)


@dataclass(frozen=True)
class Measured:
    """How right the rules are about some questions that a person has labelled.

    `danger` are the questions in danger, and `kinds` those of each kind; `safe` are the others,
    and `beside` those that have something of danger about them: a figure of speech, a denial, ….
    """

    name: str
    danger: Count
    safe: Count
    kinds: Mapping[str, Count]
    beside: Mapping[str, Count]

    @property
    def recall(self) -> Estimate:
        return self.danger.share

    @property
    def specificity(self) -> Estimate:
        return self.safe.share

    @property
    def precision(self) -> Estimate:
        falsely = self.safe.of - self.safe.right
        return wilson(self.danger.right, self.danger.right + falsely, level=LEVEL)


@cache
def measured() -> tuple[Measured, ...]:
    """Return the figures of each part of the labelled questions."""
    return tuple(_part(name, counts) for name, counts in _data()["parts"].items())


def measured_rules() -> str:
    """Return the version of the rules that the figures are of."""
    version: str = _data()["rules"]
    return version


def _part(name: str, counts: Mapping[str, Any]) -> Measured:
    return Measured(
        name=name,
        danger=Count(*counts["danger"]),
        safe=Count(*counts["safe"]),
        kinds={kind: Count(*count) for kind, count in counts["kinds"].items()},
        beside={what: Count(*count) for what, count in counts["beside"].items()},
    )


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))
