"""What a run that scores answers is asked for, and how it says how far it is."""

from dataclasses import dataclass, field

from db.selections import Selection
from pipeline.analysis import LEVEL
from pipeline.metrics.metric import Language, Options
from pipeline.stats.resampling.intervals import Resampling

STAGE = "score"
RESAMPLES = 1_000
TRIALS = 10_000  # of a test: with fewer, no p would be small enough for Holm over many tests


@dataclass(frozen=True)
class Scoring:
    """Whose answers to score, against whose, by which metrics: by all where none is named.

    `language` is that of the texts, None where they are to tell it. `options` has what some
    metrics need besides. `jury` asks for what the paper's toolkit computes too.
    """

    systems: tuple[str, ...]
    reference: str | None = None
    metrics: tuple[str, ...] = ()
    selection: Selection = field(default_factory=Selection)
    language: Language | None = None
    options: Options = field(default_factory=Options)
    plan: Resampling = field(default_factory=lambda: Resampling(LEVEL, RESAMPLES, 0))
    jury: bool = False


@dataclass(frozen=True)
class Progress:
    """How many scores are computed, of how many that are missing, and by which metric now."""

    metric: str
    done: int
    of: int
