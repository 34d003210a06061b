"""Measure how far raters agree on one criterion: with each other, in pairs, with themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from pipeline.agreement import cautions, counts
from pipeline.agreement.cautions import Caution
from pipeline.agreement.counts import Distribution, Extent, Prevalence
from pipeline.agreement.groups import Groups, compare
from pipeline.agreement.scores import Scores
from pipeline.stats.agreement.alpha import Metric
from pipeline.stats.agreement.categories import CategoryKappa
from pipeline.stats.agreement.coefficients import Coefficient
from pipeline.stats.agreement.concordance import Concordance
from pipeline.stats.agreement.differences import Without
from pipeline.stats.agreement.families import IDENTITY, Which
from pipeline.stats.agreement.pairs import Pair
from pipeline.stats.agreement.repeats import WithThemselves, with_themselves
from pipeline.stats.agreement.whole import agreement
from pipeline.stats.planning.more_items import MoreItems, more_items
from pipeline.stats.resampling.intervals import Resampling

ENOUGH = 2  # scores of an item, for it to say something of agreement


@dataclass(frozen=True)
class RatedTwice:
    """How far a rater agrees with themselves on hidden repeats; all raters, if None."""

    rater: str | None
    metric: str
    found: WithThemselves


@dataclass(frozen=True)
class CriterionAgreement:
    """How far raters agree on a criterion; `raters` are those whom `pairs` and others number.

    `weights` are those of all weighted coefficients. `groups` is None where one group alone was
    asked for, or there are not two, `planning` where no further scores will come.
    """

    criterion: str
    ordered: bool
    weights: str
    raters: tuple[str, ...]
    extent: Extent
    distribution: Distribution
    prevalence: Prevalence | None
    coefficients: tuple[Coefficient, ...]
    categories: tuple[CategoryKappa, ...]
    concordance: Concordance | None
    pairs: tuple[Pair, ...]
    without: tuple[Without, ...]
    repeats: tuple[RatedTwice, ...]
    groups: Groups | None
    planning: MoreItems | None
    cautions: tuple[Caution, ...]

    @property
    def chief(self) -> Coefficient:
        """Return the coefficient that stands for all where there is room for one only."""
        return chosen(self.coefficients, leading(ordered=self.ordered, weights=self.weights)[0])


def leading(*, ordered: bool, weights: str) -> tuple[Which, Which]:
    """Return the two coefficients that stand for all others where there is room for two only.

    Alpha is what most readers know, and Gwet's is told even where nearly all scores are the same.
    """
    if ordered:
        return Which("krippendorff_alpha", "ordinal"), Which("gwet_ac2", weights)
    return Which("krippendorff_alpha", "nominal"), Which("gwet_ac1", IDENTITY)


def measure(
    scores: Scores, *, weights: str, plan: Resampling, running: bool, by_group: bool
) -> CriterionAgreement:
    """Return the agreement on a criterion; what cannot be told says why in its place.

    `running` says that further scores may still come, `by_group` that groups are to be compared.
    """
    extent, distribution = counts.extent(scores), counts.distribution(scores)
    planned = _to_come(scores) if running else None
    scores = scores.of(scores.ratings.given.any(axis=1) | scores.again.given.any(axis=1))
    wanted = leading(ordered=scores.ordered, weights=weights)
    found = agreement(
        scores.ratings, weights=weights, ordered=scores.ordered, leading=wanted, plan=plan
    )
    return CriterionAgreement(
        criterion=scores.criterion,
        ordered=scores.ordered,
        weights=weights,
        raters=scores.who,
        extent=extent,
        distribution=distribution,
        prevalence=counts.prevalence(distribution),
        coefficients=found.coefficients,
        categories=found.categories,
        concordance=found.concordance,
        pairs=found.pairs,
        without=found.without,
        repeats=_repeats(scores, metric=wanted[0].metric, plan=plan),
        groups=compare(scores, wanted, weights=weights, plan=plan) if by_group else None,
        planning=_plan(found.coefficients, wanted[0], extent.drawn, remaining=planned),
        cautions=tuple(cautions.of(extent, distribution, found.coefficients)),
    )


def chosen(found: Sequence[Coefficient], which: Which) -> Coefficient:
    """Return the coefficient of this name and metric."""
    return next(each for each in found if Which(each.name, each.metric) == which)


def _repeats(scores: Scores, *, metric: str, plan: Resampling) -> tuple[RatedTwice, ...]:
    """Return all raters' agreement with themselves, then that of each who scored a repeat."""
    both = (scores.ratings.given & scores.again.given).any(axis=1)
    each = [scores, *(scores.of(np.arange(both.size) == row) for row in np.flatnonzero(both))]
    return tuple(
        RatedTwice(
            None if place == 0 else own.who[0],
            metric,
            with_themselves(own.ratings, own.again, metric=cast("Metric", metric), plan=plan),
        )
        for place, own in enumerate(each)
    )


def _to_come(scores: Scores) -> int:
    """Return how many items, or questions, have no item with two scores yet, but may get one."""
    given = scores.ratings.given.sum(axis=0)
    possible = given + scores.waiting.sum(axis=0)
    about = scores.ratings.clusters
    if about is None:
        return int(((given < ENOUGH) & (possible >= ENOUGH)).sum())
    return np.setdiff1d(about[possible >= ENOUGH], about[given >= ENOUGH]).size


def _plan(
    found: Sequence[Coefficient], which: Which, drawn: int, *, remaining: int | None
) -> MoreItems | None:
    if remaining is None:
        return None
    return more_items(chosen(found, which).estimate, drawn, remaining=remaining)
