"""What an automatic metric is: it takes answers, and gives each its score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Pair:
    """An answer and the reference it is held against; `parts` are those of the five it shows.

    `reference` is empty where the metric needs none.
    """

    answer: str
    reference: str = ""
    parts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scored:
    """An answer's own score, and the counts whose sums give that of many, if no mean does."""

    value: float
    statistics: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Unscored:
    """Why an answer has no score: a code, and a reason that fits after "n answers: "."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Options:
    """How metrics are to be made: the texts' language, and the models of those that need one.

    `bertscore_model` and `bleurt_model` are a folder, or the name of a model in the local cache;
    `bertscore_layer` is the layer to compare, None for the published one.
    """

    language: Language = "zh"
    bertscore_model: str | None = None
    bertscore_layer: int | None = None
    bleurt_model: str | None = None
    device: str = "auto"


class Metric(Protocol):
    """One metric, ready to score.

    `name` is the one by which it is asked for, and `signature` says all that its values depend on,
    versions too: scores of one signature can be compared, and are never computed twice. `batch` is
    how many pairs `score` is given at most before what it returns is stored.
    """

    @property
    def name(self) -> str: ...
    @property
    def signature(self) -> str: ...
    @property
    def needs_reference(self) -> bool: ...
    @property
    def batch(self) -> int: ...

    def score(self, pairs: Sequence[Pair]) -> list[Scored | Unscored]:
        """Return what becomes of each pair, in their order."""
        ...
