"""Read a study of either kind as the scores whose agreement is wanted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from db import studies
from db.columns import StudyKind
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from pipeline import labelled, rated
from pipeline.agreement import scores
from pipeline.agreement.scores import Scores
from pipeline.labelled import LabelledStudy
from pipeline.rated import RatedStudy


@dataclass(frozen=True)
class Known:
    """What a study holds: its scores on each criterion; of a distortion study, on presence."""

    kind: StudyKind
    study: RatedStudy | LabelledStudy
    criteria: tuple[Scores, ...]

    @property
    def groups(self) -> list[str]:
        return sorted({rater.group for rater in self.study.raters if rater.group})

    @property
    def names(self) -> list[str]:
        return [each.criterion for each in self.criteria]

    def criterion(self, name: str) -> Scores:
        """Return the scores on a criterion. Raises NotKnown for one that the study has not."""
        if name not in self.names:
            has = "is asked about presence only" if self.kind == "distortion" else "has"
            listed = "" if self.kind == "distortion" else f" {', '.join(self.names)}"
            raise NotKnown(f"the study {self.study.name} has no criterion {name}; it {has}{listed}")
        return next(each for each in self.criteria if each.criterion == name)


def read(store: Store, *, study: str, group: str | None = None) -> Known:
    """Return the newest scores of all raters of a study, or of one group.

    Raises NotKnown for a study or group that there is not, NotAllowed without judgements.
    """
    with store.reading() as session:
        kind = studies.get(session, name=study).kind
    if kind == "distortion":
        votes = labelled.read(store, study=study, group=group)
        return Known(kind, votes, (scores.presence(votes),))
    found = rated.read(store, study=study, group=group)
    return Known(kind, found, tuple(scores.rated(found, each) for each in found.criteria))


def check(known: Known, wanted: Sequence[Scores]) -> None:
    """Raise NotAllowed where no criterion has anything to compare, saying what would be enough."""
    if any(_told(each) for each in wanted):
        return
    study = known.study
    named = ", ".join(each.criterion for each in wanted)
    of_group = f" of the group {study.group}" if study.group else ""
    gave = {
        rater.pseudonym
        for each in wanted
        for rater, row in zip(each.raters, each.ratings.given, strict=True)
        if row.any()
    }
    items = np.any([each.ratings.given.any(axis=0) for each in wanted], axis=0).sum()
    if not gave:
        raise NotAllowed(
            f"nobody{of_group} has given a score on {named} in the study {study.name}; agreement"
            " needs two raters who score the same item"
        )
    if len(gave) == 1:
        raise NotAllowed(
            f"only one rater{of_group}, {gave.pop()}, has given scores on {named} in the study"
            f" {study.name}; agreement needs a second one to score some of the same {items:,} items"
        )
    raise NotAllowed(
        f"no item of the study {study.name} has two scores on {named}: {len(gave):,}"
        f" raters{of_group} have scored {items:,} items, each another's; agreement needs items that"
        " two of them score"
    )


def _told(scores: Scores) -> bool:
    """Say whether raters can be compared with each other, or with themselves."""
    given, again = scores.ratings.given, scores.again.given
    return bool((given.sum(axis=0) > 1).any() or (given & again).any())
