"""A question as it is shown: what was asked, each answer in its parts, what is known of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.columns import Presence, ResponseStatus, StudyStatus
from db.shown_questions import ShownScore
from pipeline.parts import Parted


@dataclass(frozen=True)
class Label:
    """A distortion that a detector named; `reason` is in the detector's own words."""

    id: str
    reason: str
    quotes: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """What a detector found, last of all, in an answer or in the question itself."""

    detector: str
    presence: Presence
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class Rated:
    """What one rater gave; None is "cannot judge"."""

    rater: str
    group: str | None
    value: int | None


@dataclass(frozen=True)
class Ratings:
    """What raters gave an answer on one criterion, whose scores go from `lowest` to `highest`."""

    criterion: str
    lowest: int
    highest: int
    given: tuple[Rated, ...]

    @property
    def values(self) -> list[int]:
        return [each.value for each in self.given if each.value is not None]

    @property
    def mean(self) -> float | None:
        return sum(self.values) / len(self.values) if self.values else None


@dataclass(frozen=True)
class Answer:
    """An answer of a system: the first of `samples`, or the one that the study judges.

    `said` is what it says in its parts, None where no text is stored or it is not kept and was
    not asked for.
    """

    system: str
    status: ResponseStatus
    reason: str | None
    sample: int
    samples: int
    said: Parted | None
    scores: tuple[ShownScore, ...] = ()
    ratings: tuple[Ratings, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What was asked; `withheld` is it where somebody may be in danger, until that is wanted."""

    id: int
    source: str
    external_id: str
    text: str | None
    description: str | None
    danger: bool
    withheld: bool
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class OfStudy:
    """The study whose ratings are shown."""

    name: str
    status: StudyStatus
    unblinded: bool


@dataclass(frozen=True)
class Shown:
    """A question and the answers to it; `others` are systems that answered and are not shown.

    `silent` are systems that were asked for and have no answer.
    """

    question: Asked
    study: OfStudy | None
    answers: tuple[Answer, ...]
    others: tuple[str, ...]
    silent: tuple[str, ...]
    seed: int | None = None

    @property
    def blinded(self) -> bool:
        return self.study is not None and not self.study.unblinded


@dataclass(frozen=True)
class Title:
    """A question in a list; one of somebody who may be in danger shows no text."""

    source: str
    external_id: str
    text: str | None
    danger: bool


@dataclass(frozen=True)
class Titles:
    """The first of the questions that were found, and how many there are."""

    first: Sequence[Title]
    count: int
