"""Agreement on one value of a scale against all others."""

from dataclasses import dataclass

import numpy as np

from pipeline.stats.agreement.alpha import ONE_VALUE
from pipeline.stats.agreement.chance import CHANCE, chance
from pipeline.stats.agreement.coefficients import named, undefined
from pipeline.stats.agreement.families import IDENTITY, Which
from pipeline.stats.agreement.kinds import of_those_who_rated, value_counts
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.drawn import estimates_of
from pipeline.stats.resampling.intervals import Estimate, Resampling, Samples, Undefined
from pipeline.stats.resampling.sums import OfSums, together

ONE_CATEGORY = Undefined(
    "one_value", "nobody gave this value, or nobody another, so agreement is not told from chance"
)
FLEISS = CHANCE.index("fleiss_kappa")


@dataclass(frozen=True)
class CategoryKappa:
    """How far raters agree that an item has the value `level`, or another one."""

    level: float
    kappa: Estimate


def category_kappas(ratings: Ratings) -> OfSums:
    """Return, for each value of the scale, Fleiss' kappa of whether it was given or another.

    `ratings` has one item of each kind. With as many ratings of each item these are Fleiss' kappas
    of categories (Psychol. Bull. 76, 1971), whose mean, weighted by p (1 - p), is the kappa of all.
    Undefined cases: as of `chance`; a value that nobody gave, or everybody throughout.

    >>> of = category_kappas(Ratings(np.array([[0, 1, 2], [0, 1, 1]]), np.arange(3.0)))
    >>> of(np.ones((1, 3))).round(3).tolist()
    [[1.0, 0.333, -0.2]]
    """
    counts = value_counts(ratings)
    each = counts.sum(axis=1)
    parts = [chance(np.stack([own, each - own], axis=1), np.eye(2)) for own in counts.T]
    found = together(parts)
    return OfSums(found.adds, lambda sums: found.figures(sums)[FLEISS :: len(CHANCE)])


def categories_reported(
    ratings: Ratings, *, samples: Samples, plan: Resampling
) -> tuple[CategoryKappa, ...]:
    """Return the kappas of categories from samples of `category_kappas`."""
    fleiss = Which("fleiss_kappa", IDENTITY)
    why = undefined(of_those_who_rated(ratings), fleiss)
    each = ONE_CATEGORY if why == ONE_VALUE else why
    whys = [each] * ratings.q
    found = estimates_of(samples, clustered=ratings.clustered, plan=plan, undefined=whys)
    return tuple(
        CategoryKappa(level, named(kappa, fleiss))
        for level, kappa in zip(ratings.levels.tolist(), found, strict=True)
    )
