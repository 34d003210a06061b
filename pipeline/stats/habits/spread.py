"""How a rater uses the scale, beside the other raters on the same answers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.ratings import Ratings

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """How often a rater gave each level, in all `n` times; None where that cannot be told.

    `deviation` is the standard deviation of the values, and `others_deviation` the mean of the
    other raters' on the answers that they share with this one. `most` is the place of the level
    given most often (the lowest of several), `share` its part of the own scores, and
    `others_share` its part of the others' scores on the same answers.
    """

    counts: tuple[int, ...]
    mean: float | None
    deviation: float | None
    others_deviation: float | None
    most: int | None
    share: float | None
    others_share: float | None

    @property
    def n(self) -> int:
        return sum(self.counts)


def spreads(ratings: Ratings) -> tuple[Spread, ...]:
    """Return how each rater uses the scale.

    `ratings` has the shape (raters, units). A standard deviation is the square root of the sum of
    squares divided by n - 1. Undefined cases: no scores; for a deviation fewer than two; for the
    others' part no other score on the same units.

    >>> found = spreads(Ratings(np.array([[0, 2, 2], [1, 1, -1]]), np.array([0.0, 1.0, 2.0])))
    >>> found[0].counts, found[0].most, round(found[0].share, 3), found[0].others_share
    ((1, 0, 2), 2, 0.667, 0.0)
    >>> round(found[0].deviation, 3), found[0].others_deviation
    (1.155, 0.0)
    """
    return tuple(_spread(ratings, rater) for rater in range(len(ratings.codes)))


def _spread(ratings: Ratings, rater: int) -> Spread:
    shared = ratings.of_items(ratings.given[rater])
    own = shared.codes[rater]
    counts = np.bincount(own, minlength=ratings.q)
    others = np.delete(shared.codes, rater, axis=0)
    theirs = others[others >= 0]
    deviations = [_deviation(row[row >= 0], ratings.levels) for row in others]
    known = [each for each in deviations if each is not None]
    most = int(counts.argmax()) if own.size else None
    return Spread(
        counts=tuple(counts.tolist()),
        mean=float(ratings.levels[own].mean()) if own.size else None,
        deviation=_deviation(own, ratings.levels),
        others_deviation=float(np.mean(known)) if known else None,
        most=most,
        share=None if most is None else float(counts[most] / own.size),
        others_share=float(np.mean(theirs == most)) if theirs.size else None,
    )


def _deviation(codes: NDArray[np.int64], levels: Floats) -> float | None:
    return float(levels[codes].std(ddof=1)) if codes.size > 1 else None
