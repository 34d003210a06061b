"""The scores on one criterion, from a study of either kind, as agreement takes them."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from db.labels import PRESENCES
from db.ratings import Rater
from pipeline.labelled import LabelledStudy
from pipeline.rated import Criterion, RatedStudy
from pipeline.stats.ratings import MISSING, Ratings

PRESENCE = "presence"


@dataclass(frozen=True)
class Scores:
    """Who gave what to which item, one row a rater and one column an item.

    `again` are the scores of the same raters on the hidden repeat of the same item. `absent` are
    those that were to be given and are not, `waiting` those of them that may still come, shape
    (raters, items). `names` are the levels' as they are shown. Levels without order, as "yes" and
    "no", are compared as equal or not.
    """

    criterion: str
    ordered: bool
    names: tuple[str, ...]
    raters: tuple[Rater, ...]
    ratings: Ratings
    again: Ratings
    absent: NDArray[np.bool_]
    waiting: NDArray[np.bool_]

    @property
    def missing(self) -> int:
        return int(self.absent.sum())

    @property
    def who(self) -> tuple[str, ...]:
        """Return the raters' pseudonyms."""
        return tuple(rater.pseudonym for rater in self.raters)

    def of(self, raters: ArrayLike) -> "Scores":
        """Return the scores of some raters, shape (raters,) of true or false, on all items."""
        rows = np.asarray(raters, dtype=np.bool_)
        return replace(
            self,
            raters=tuple(rater for rater, kept in zip(self.raters, rows, strict=True) if kept),
            ratings=self.ratings.of_raters(rows),
            again=self.again.of_raters(rows),
            absent=self.absent[rows],
            waiting=self.waiting[rows],
        )

    def of_group(self, group: str) -> "Scores":
        return self.of([rater.group == group for rater in self.raters])


def rated(study: RatedStudy, criterion: Criterion) -> Scores:
    """Return the scores on a criterion of a rating study."""
    ratings, absent = study.ratings(criterion), study.missing(criterion)
    return Scores(
        criterion=criterion.id,
        ordered=True,
        names=tuple(map(str, criterion.levels)),
        raters=study.raters,
        ratings=ratings,
        again=study.repeat_ratings(criterion),
        absent=absent,
        waiting=absent & np.isnan(study.times),  # else it is answered with "cannot judge"
    )


def presence(study: LabelledStudy) -> Scores:
    """Return what labellers said of a distortion's presence, in three answers without order."""
    absent = study.assigned & (study.votes.presence == MISSING)
    return Scores(
        criterion=PRESENCE,
        ordered=False,
        names=tuple(answer.replace("_", " ") for answer in PRESENCES),
        raters=study.raters,
        ratings=study.votes.answers,
        again=study.again.answers,
        absent=absent,
        waiting=absent,
    )
