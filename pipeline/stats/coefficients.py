"""The coefficients of agreement of any number of raters, with any gaps, on one scale."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.alpha import NO_PAIRS, ONE_VALUE, Metric, alpha_of_counts
from pipeline.stats.chance import chance_corrected, percent_agreement
from pipeline.stats.conger import conger_kappa
from pipeline.stats.icc import ICC, icc
from pipeline.stats.intervals import RATED_ITEMS, Estimate, Resampling, Undefined, bootstrap
from pipeline.stats.kinds import Kinds, by_count, by_rater, of_those_who_rated, value_counts
from pipeline.stats.ratings import Ratings
from pipeline.stats.weights import agreement_weights

Floats = NDArray[np.float64]
Figures = Callable[[Floats], Floats]

IDENTITY = "identity"
NO_RATINGS = Undefined(
    "no_ratings", "nobody gave a rating; two raters of the same items are enough"
)
ONE_RATER = Undefined(
    "one_rater", "only one rater gave ratings; a second one of the same items is enough"
)
NO_VARIANCE = Undefined("no_variance", "the ratings do not vary, so no part of it is between items")


@dataclass(frozen=True)
class Which:
    """A coefficient: its name, with the metric or the weights that it takes values apart by."""

    name: str
    metric: str


@dataclass(frozen=True)
class Coefficient:
    """A coefficient of agreement with its interval.

    `standard_error` is that of a formula, None where none is given. `undefined_share` is the share
    of resamples that leave it undefined. `items` are those that it rests on, `left_out` others
    that somebody rated.
    """

    name: str
    metric: str
    estimate: Estimate
    standard_error: float | None
    undefined_share: float
    items: int
    left_out: int


def which(*, weights: str, ordered: bool) -> tuple[Which, ...]:
    """Return the coefficients that `coefficients` gives, in their order."""
    schemes = list(dict.fromkeys([IDENTITY, weights])) if ordered else [IDENTITY]
    metrics = ["nominal", "ordinal", "interval"] if ordered else ["nominal"]
    return (
        *(Which("percent_agreement", scheme) for scheme in schemes),
        *(Which("krippendorff_alpha", metric) for metric in metrics),
        Which("gwet_ac1", IDENTITY),
        *([Which("gwet_ac2", weights)] if ordered else []),
        *(Which("fleiss_kappa", scheme) for scheme in schemes),
        *(Which("conger_kappa", scheme) for scheme in schemes),
        *(Which("brennan_prediger", scheme) for scheme in schemes),
        *(Which(name, "interval") for name in ICC if ordered),
    )


def coefficients(
    ratings: Ratings, *, weights: str = "quadratic", ordered: bool = True, plan: Resampling
) -> tuple[Coefficient, ...]:
    """Return the coefficients of agreement of ratings, each with its interval over items.

    >>> from pipeline.stats.ratings import ratings
    >>> found = coefficients(
    ...     ratings([[0, 0, 2], [0, 2, 2]], levels=(0, 2)), plan=Resampling(0.95, 100, seed=7)
    ... )
    >>> {each.name: round(each.estimate.value, 6) for each in found}["fleiss_kappa"]
    0.333333
    """
    rated = of_those_who_rated(ratings)
    wanted = which(weights=weights, ordered=ordered)
    of_raters = [each for each in wanted if each.name in BY_RATER]
    others = [each for each in wanted if each.name not in BY_RATER]
    found = {
        **_estimates(rated, by_count(rated), others, plan),
        **_estimates(rated, by_rater(rated), of_raters, plan),
    }
    return tuple(_coefficient(rated, each, found[each]) for each in wanted)


def _estimates(
    rated: Ratings, kinds: Kinds, wanted: Sequence[Which], plan: Resampling
) -> dict[Which, Estimate]:
    why = [undefined(rated, each) for each in wanted]
    of = figures(kinds.ratings, wanted)
    found = bootstrap(of, kinds.items, plan=plan, undefined=why, of=RATED_ITEMS)
    return dict(zip(wanted, found, strict=True))


def _coefficient(rated: Ratings, each: Which, estimate: Estimate) -> Coefficient:
    items = int(_used(rated, each).sum())
    others = int(rated.given.any(axis=0).sum()) - items
    return Coefficient(
        each.name, each.metric, estimate, None, estimate.undefined_share, items, others
    )


def _used(rated: Ratings, each: Which) -> NDArray[np.bool_]:
    """Return which items a coefficient rests on."""
    ratings = rated.given.sum(axis=0)
    used: NDArray[np.bool_] = ratings >= (max(2, len(rated.codes)) if each.name in ICC else 2)
    return used


def undefined(rated: Ratings, each: Which) -> Undefined:
    """Return why a coefficient would be undefined for the ratings of raters who gave any."""
    if not rated.codes.size:
        return NO_RATINGS
    if len(rated.codes) == 1:
        return ONE_RATER
    used = int(_used(rated, each).sum())
    if each.name not in ICC:
        return ONE_VALUE if used else NO_PAIRS
    if used > 1:
        return NO_VARIANCE
    items = "no item was" if not used else "only one item was"
    reason = f"{items} rated by all {len(rated.codes)} raters; this needs two"
    return Undefined("no_complete_items", reason)


def figures(ratings: Ratings, wanted: Sequence[Which]) -> Figures:
    """Return the function of weights that gives the wanted coefficients of each sample.

    `ratings` has one item of each of k kinds. The function takes shape (b, k), how many items of
    each kind each of b samples has, and returns (b, f).
    """
    parts = [FAMILIES[each.name](ratings, each) for each in wanted]
    return lambda samples: np.hstack([part(samples) for part in parts])


def _percent(ratings: Ratings, each: Which) -> Figures:
    return percent_agreement(value_counts(ratings), agreement_weights(each.metric, ratings.levels))


def _alpha(ratings: Ratings, each: Which) -> Figures:
    alphas = alpha_of_counts(value_counts(ratings), ratings.levels, cast("Metric", each.metric))
    return lambda samples: alphas(samples)[:, None]


def _by_chance(name: str) -> Callable[[Ratings, Which], Figures]:
    def of(ratings: Ratings, each: Which) -> Figures:
        weights = agreement_weights(each.metric, ratings.levels)
        return chance_corrected(value_counts(ratings), weights, name=name)

    return of


def _conger(ratings: Ratings, each: Which) -> Figures:
    return conger_kappa(ratings, agreement_weights(each.metric, ratings.levels))


def _icc(ratings: Ratings, each: Which) -> Figures:
    place = list(ICC).index(each.name)
    return lambda samples: icc(ratings)(samples)[:, place : place + 1]


FAMILIES: Mapping[str, Callable[[Ratings, Which], Figures]] = {
    "percent_agreement": _percent,
    "krippendorff_alpha": _alpha,
    "gwet_ac1": _by_chance("gwet"),
    "gwet_ac2": _by_chance("gwet"),
    "fleiss_kappa": _by_chance("fleiss_kappa"),
    "brennan_prediger": _by_chance("brennan_prediger"),
    "conger_kappa": _conger,
    **dict.fromkeys(ICC, _icc),
}
BY_RATER = {"conger_kappa", *ICC}
