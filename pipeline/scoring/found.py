"""What scoring finds: each system's values, their differences, and what does not count."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.metrics.metric import Language
from pipeline.stats.resampling.intervals import Estimate, Resampling, Undefined


@dataclass(frozen=True)
class LeftOut:
    """Answers that do not count: not kept, second samples, and those without a reference.

    `reasons` says what was found first in the answers that are set aside or refused.
    `without_reference` ones count for no metric that needs one, and never as 0.
    """

    set_aside: int
    refused: int
    reasons: Mapping[str, int]
    other_samples: int
    without_reference: int


@dataclass(frozen=True)
class SystemAnswers:
    """A system's answers: `n` are held against a reference, of `answers` that count.

    `trained_on` says of how many questions in a split's train part that the model was fine-tuned.
    """

    system: str
    answers: int
    n: int
    left_out: LeftOut
    trained_on: Mapping[str, int]


@dataclass(frozen=True)
class SystemValue:
    """A metric's value for a system, of `n` answers; `unscored` counts others by the reason."""

    system: str
    n: int
    estimate: Estimate
    unscored: Mapping[str, int]


@dataclass(frozen=True)
class Difference:
    """The value of `a` less that of `b`, both over the `n_pairs` questions that both have.

    `p` is of the test named in `test`, `p_holm` adjusted for the family of all tests made.
    """

    a: str
    b: str
    n_pairs: int
    estimate: Estimate
    p: float | None
    p_holm: float | None
    test: str | None


@dataclass(frozen=True)
class MetricFound:
    """One metric's values and differences; `why` says why it could not run, None where it did.

    `added` scores were computed now, `known` ones before. Of these `windowed` are of texts that an
    encoder read in several windows, as they were too long for one.
    """

    name: str
    signature: str | None
    why: Undefined | None
    values: tuple[SystemValue, ...] = ()
    differences: tuple[Difference, ...] = ()
    added: int = 0
    known: int = 0
    windowed: int = 0


@dataclass(frozen=True)
class OfJury:
    """What Jury would have told of a system, 0 to 1; None where it has no token to count.

    `first` is the question whose answer alone makes its chrF.
    """

    system: str
    n: int
    bleu: float | None
    meteor: float
    chrf: float
    first: str


@dataclass(frozen=True)
class Found:
    """All that was found; `n` questions are those that all systems, and the reference, answer.

    `other_language` counts texts that are not in the language by which all are cut.
    """

    n: int
    reference: str | None
    language: Language
    other_language: int
    systems: tuple[SystemAnswers, ...]
    metrics: tuple[MetricFound, ...]
    tests: int
    plan: Resampling
    jury: tuple[OfJury, ...]
