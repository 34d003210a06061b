"""What is asked of a split, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Trait = Literal["source", "keyword", "danger", "distortions"]


@dataclass(frozen=True)
class Splitting:
    """A split to draw, by its name; the shares are of all questions that it holds.

    `stratify` names what is to be as frequent in each subset as in all, `detector` who found the
    distortions. Only questions of `source`, and that `system` has answered, are drawn, where they
    are named. `extend` gives the questions a place that came in since it was drawn.
    """

    name: str
    test: Decimal = Decimal("0.1")
    validation: Decimal = Decimal(0)
    seed: int = 0
    source: str | None = None
    system: str | None = None
    stratify: Sequence[Trait] = ()
    detector: str | None = None
    extend: bool = False

    @property
    def traits(self) -> list[Trait]:
        """What it is stratified by, each once, in one order."""
        return sorted(set(self.stratify))

    def settings(self, detector: str | None) -> dict[str, Any]:
        """Return what a split of this name is known again by."""
        return {
            "name": self.name,
            "test": float(self.test),
            "validation": float(self.validation),
            "seed": self.seed,
            "source": self.source,
            "system": self.system,
            "stratify": self.traits,
            "detector": detector,
        }


@dataclass(frozen=True)
class Stratum:
    """Questions that are alike in the traits that count, and how many are in each subset."""

    traits: Sequence[str]
    subsets: Mapping[str, int]


@dataclass(frozen=True)
class SameTexts:
    """How many questions have the text of another one, and how many texts these are."""

    texts: int
    questions: int


@dataclass(frozen=True)
class SplitDone:
    """A split as it is now: `subsets` counts its questions.

    `added` ones got their places just now, `known` ones had them. `new` ones have none: they came
    in since, or (`between` of them) have the texts of two subsets.
    """

    name: str
    seed: int
    subsets: Mapping[str, int]
    added: int
    known: int
    new: int
    between: int
    same_texts: SameTexts
    traits: Sequence[Trait]
    strata: Sequence[Stratum]
