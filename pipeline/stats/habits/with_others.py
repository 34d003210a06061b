"""Agreement of one rater with all others together."""

import numpy as np

from pipeline.stats.agreement.group_agreement import BetweenGroups, between_groups
from pipeline.stats.agreement.weights import agreement_weights
from pipeline.stats.habits.rater_habits import NO_OTHERS
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.intervals import Resampling, Undefined
from pipeline.stats.systems.ratios import fewest_questions, without_interval


def with_others(ratings: Ratings, rater: int, *, plan: Resampling) -> BetweenGroups:
    """Return how far a rater's scores match those of all others, taken as one group.

    `ratings` has the shape (raters, units). It is the agreement of a group of one with the group of
    the others (`group_agreement.between_groups`): the others' scores for a unit stand for it with
    their shares, so that no majority has to be found. Kappa is weighted quadratically.

    Undefined cases: no unit with another score; for the intervals fewer units than
    `ratios.fewest_questions`.

    >>> scale = np.array([0.0, 1.0])
    >>> found = with_others(
    ...     Ratings(np.array([[0, 0, 1, 1], [0, 1, 1, 1]]), scale), 0,
    ...     plan=Resampling(level=0.95, resamples=100, seed=7),
    ... )
    >>> found.items, found.weighted.value, found.weighted.code
    (4, 0.5, 'few_items')
    """
    found = between_groups(
        ratings.of_raters(np.array([rater])),
        ratings.of_raters(np.arange(len(ratings.codes)) != rater),
        weights=agreement_weights("quadratic", ratings.levels),
        plan=plan,
    )
    if not found.items:
        none = NO_OTHERS.estimate(level=plan.level, method=found.kappa.method)
        return BetweenGroups(0, 0, none, none, none)
    fewest = fewest_questions(plan.level)
    if found.items >= fewest:
        return found
    reason = (
        f"{found.items} answers are too few for a {100 * plan.level:g}% interval,"
        f" {fewest} would be enough"
    )
    few = Undefined("few_items", reason)
    three = (found.percent_agreement, found.kappa, found.weighted)
    percent, kappa, weighted = (
        each if each.value is None else without_interval(each, few) for each in three
    )
    return BetweenGroups(found.items, found.pairs, percent, kappa, weighted)
