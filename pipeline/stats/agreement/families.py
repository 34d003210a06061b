"""Coefficients by name: how each is computed from sums over items, beside its like."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import cast

from pipeline.stats.agreement.alpha import Metric, alpha_sums
from pipeline.stats.agreement.chance import CHANCE, chance, chance_errors
from pipeline.stats.agreement.conger import conger_error, conger_kappa
from pipeline.stats.agreement.icc import ICC, icc
from pipeline.stats.agreement.kinds import Kinds, value_counts
from pipeline.stats.agreement.weights import agreement_weights
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.sums import OfSums, together

IDENTITY = "identity"

Errors = Sequence[float | None]


@dataclass(frozen=True)
class Which:
    """A coefficient, by its name and by the metric or weights that tell how far values differ."""

    name: str
    metric: str


@dataclass(frozen=True)
class Family:
    """`size` figures that share their sums; `errors` gives their standard errors, where it can."""

    size: int
    of: Callable[[Ratings, str], OfSums]
    errors: Callable[[Kinds, str], Errors] | None = None


def figures(ratings: Ratings, wanted: Sequence[Which]) -> OfSums:
    """Return the wanted coefficients of samples; `ratings` has one item of each kind."""
    families = _families(wanted)
    parts = [family.of(ratings, metric) for family, metric in families]
    starts = accumulate((family.size for family, _ in families), initial=0)
    start_of = dict(zip(families, starts, strict=False))
    rows = [
        start_of[PLACES[each.name].family, each.metric] + PLACES[each.name].row for each in wanted
    ]
    found = together(parts)
    return OfSums(found.adds, lambda sums: found.figures(sums)[rows])


def errors(kinds: Kinds, wanted: Sequence[Which]) -> list[float | None]:
    """Return Gwet's standard error of each wanted coefficient, None where there is none.

    They are for independent items, so there is none where several are about one question.
    """
    if kinds.clusters is not None:
        return [None] * len(wanted)
    found = {
        (family, metric): family.errors(kinds, metric) if family.errors else [None] * family.size
        for family, metric in _families(wanted)
    }
    places = [(PLACES[each.name], each.metric) for each in wanted]
    return [found[place.family, metric][place.row] for place, metric in places]


def _families(wanted: Sequence[Which]) -> list[tuple[Family, str]]:
    return list(dict.fromkeys((PLACES[each.name].family, each.metric) for each in wanted))


def _chance(ratings: Ratings, metric: str) -> OfSums:
    return chance(value_counts(ratings), agreement_weights(metric, ratings.levels))


def _chance_errors(kinds: Kinds, metric: str) -> Errors:
    weights = agreement_weights(metric, kinds.ratings.levels)
    return chance_errors(value_counts(kinds.ratings), weights, kinds.items)


def _alpha(ratings: Ratings, metric: str) -> OfSums:
    return alpha_sums(value_counts(ratings), ratings.levels, cast("Metric", metric))


def _conger(ratings: Ratings, metric: str) -> OfSums:
    return conger_kappa(ratings, agreement_weights(metric, ratings.levels))


def _conger_errors(kinds: Kinds, metric: str) -> Errors:
    weights = agreement_weights(metric, kinds.ratings.levels)
    return [conger_error(kinds.ratings, weights, kinds.items)]


@dataclass(frozen=True)
class Place:
    """Which of a family's figures a coefficient is."""

    family: Family
    row: int


BY_CHANCE = Family(len(CHANCE), _chance, _chance_errors)
CORRELATIONS = Family(len(ICC), lambda ratings, _: icc(ratings))
PLACES: Mapping[str, Place] = {
    **{name: Place(BY_CHANCE, row) for row, name in enumerate(CHANCE)},
    "gwet_ac1": Place(BY_CHANCE, CHANCE.index("gwet")),
    "gwet_ac2": Place(BY_CHANCE, CHANCE.index("gwet")),
    "krippendorff_alpha": Place(Family(1, _alpha), 0),
    "conger_kappa": Place(Family(1, _conger, _conger_errors), 0),
    **{name: Place(CORRELATIONS, row) for row, name in enumerate(ICC)},
}
