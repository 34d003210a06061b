"""A rated study's scores on one criterion, added up by question and system."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.rated import Criterion, RatedStudy
from pipeline.stats.ratings import MISSING
from pipeline.stats.systems.comparisons import Scores
from pipeline.stats.systems.ratios import NO_SCORES, Ratio

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Tally:
    """The scores of some raters on a criterion.

    `sums` and `counts` have shape (questions, systems); `of_levels`, shape (systems, levels), says
    how often each value of the scale was given, `items`, shape (systems,), how many have a score.
    """

    levels: tuple[int, ...]
    sums: Integers
    counts: Integers
    of_levels: Integers
    items: Integers

    def scores(self, system: int) -> Scores:
        return Scores(self.sums[:, system], self.counts[:, system])

    def mean(self, system: int) -> Ratio:
        """Return the mean over all scores of a system, a ratio of sums over the questions."""
        scores = self.scores(system)
        return Ratio(scores.sums.astype(float), scores.counts.astype(float), NO_SCORES)

    def share(self, system: int) -> dict[int, float | None]:
        """Return the part of a system's scores that each value has."""
        given = self.of_levels[system].tolist()
        n = sum(given)
        return {
            level: count / n if n else None for level, count in zip(self.levels, given, strict=True)
        }


def tally(study: RatedStudy, criterion: Criterion, raters: NDArray[np.bool_]) -> Tally:
    """Add up the scores of the `raters` chosen, shape (raters,)."""
    codes = study.codes[criterion.id][raters]
    given = (codes != MISSING) & study.asked(criterion)[raters]
    values = np.array(criterion.levels)[codes]
    questions, systems = len(study.questions), len(study.systems)
    cell = study.unit_question * systems + study.unit_system

    def by_cell(of_units: Integers) -> Integers:
        # Floats hold these whole numbers exactly.
        sums = np.bincount(cell, weights=of_units, minlength=questions * systems)
        return sums.astype(np.int64).reshape(questions, systems)

    of_levels = [
        np.bincount(
            study.unit_system, weights=(given & (codes == code)).sum(axis=0), minlength=systems
        )
        for code in range(len(criterion.levels))
    ]
    return Tally(
        levels=criterion.levels,
        sums=by_cell(np.where(given, values, 0).sum(axis=0)),
        counts=by_cell(given.sum(axis=0)),
        of_levels=np.stack(of_levels, axis=1).astype(np.int64),
        items=np.bincount(study.unit_system[given.any(axis=0)], minlength=systems),
    )
