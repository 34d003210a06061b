"""The coefficients of agreement of any number of raters, with any gaps, on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from pipeline.stats.agreement.alpha import NO_PAIRS, ONE_VALUE, Metric, alpha_by_package, paired
from pipeline.stats.agreement.chance import share_of_items
from pipeline.stats.agreement.clusters import apart
from pipeline.stats.agreement.families import IDENTITY, Which, errors, figures
from pipeline.stats.agreement.icc import ICC, normal_intervals
from pipeline.stats.agreement.kinds import Kinds, kinds_of, of_those_who_rated, value_counts
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.drawn import estimates_of
from pipeline.stats.resampling.intervals import Estimate, Resampling, Samples, Undefined

NO_RATINGS = Undefined(
    "no_ratings", "nobody gave a rating; ratings of the same items by two raters are enough"
)
ONE_RATER = Undefined(
    "one_rater", "only one rater gave ratings; a second one of the same items is enough"
)
ONE_ITEM = Undefined("one_item", "one item does not tell how items differ")
NO_VARIANCE = Undefined(
    "no_variance", "items hardly differ, if at all: there is no variance to take a share of"
)


@dataclass(frozen=True)
class Coefficient:
    """A coefficient of agreement with its interval, which holds for these raters.

    `standard_error` is Gwet's, None where he has none, where it cannot be told, or where several
    items are about one question, as it takes items as independent. `undefined_share` is the share
    of resamples that leave the coefficient undefined. It rests on `items`; `left_out` have a rating
    too, but too few. `normal` is an intraclass correlation's interval if items and raters were
    drawn from normal distributions.
    """

    name: str
    metric: str
    estimate: Estimate
    standard_error: float | None
    undefined_share: float
    items: int
    left_out: int
    normal: Estimate | None = None


def which(*, weights: str, ordered: bool) -> tuple[Which, ...]:
    """Return the coefficients there are; of values without order those that ask for none."""
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


def coefficients_of(
    ratings: Ratings, wanted: Sequence[Which], *, plan: Resampling
) -> tuple[Coefficient, ...]:
    """Return the wanted coefficients of ratings, all from the same resamples of items.

    Their formulas and what they leave out are those of `alpha`, `chance`, `conger_kappa` and
    `icc`, the weights those of `agreement_weights`; alpha itself is computed by the package
    `krippendorff`. The interval is the bootstrap's over items, each with all its ratings, raters
    held fixed; where several items are about one question, over questions with all their items.
    Where no item has more than two ratings and each is about another question, percent agreement is
    a share of items and has Wilson's.

    Undefined cases, each with its reason: no ratings; one rater; no item of two ratings; the same
    value throughout, but for percent agreement; for an intraclass correlation fewer than two items
    that all raters rated, or items that do not vary. Of one item there is no interval.

    (0, 0), (0, 2), (2, 2): two pairs of three agree, and half of them would by chance.

    >>> from pipeline.stats.ratings import ratings
    >>> found, = coefficients_of(
    ...     ratings([[0, 0, 2], [0, 2, 2]], levels=(0, 2)), [Which("fleiss_kappa", "identity")],
    ...     plan=Resampling(0.95, 100, seed=7),
    ... )
    >>> round(found.estimate.value, 6)
    0.333333
    """
    kinds = kinds_of(ratings)
    of = figures(of_those_who_rated(kinds.ratings), wanted)
    samples = of.sampled(kinds.items, plan, kinds.clusters)
    return reported(ratings, wanted, samples=samples, plan=plan)


def reported(
    ratings: Ratings, wanted: Sequence[Which], *, samples: Samples, plan: Resampling
) -> tuple[Coefficient, ...]:
    """Return the wanted coefficients from samples of their figures, of raters who gave ratings."""
    rated = of_those_who_rated(ratings)
    kinds = kinds_of(rated)
    why = [undefined(rated, each) for each in wanted]
    found = estimates_of(samples, clustered=ratings.clustered, plan=plan, undefined=why)
    normal = normal_intervals(kinds, level=plan.level)
    return tuple(
        coefficient(rated, each, _told(estimate, each, rated, kinds), error, normal.get(each.name))
        for each, estimate, error in zip(wanted, found, errors(kinds, wanted), strict=True)
    )


def coefficient(
    rated: Ratings,
    each: Which,
    told: Estimate,
    error: float | None = None,
    normal: Estimate | None = None,
) -> Coefficient:
    """Return a coefficient as it is told, with the items that it rests on."""
    items = used(rated, each)
    return Coefficient(
        name=each.name,
        metric=each.metric,
        estimate=told,
        standard_error=None if told.value is None else error,
        undefined_share=told.undefined_share,
        items=items,
        left_out=int(rated.given.any(axis=0).sum()) - items,
        normal=normal,
    )


def undefined(rated: Ratings, each: Which) -> Undefined:
    """Return why a coefficient would be undefined for the ratings of raters who gave any."""
    raters, items = len(rated.codes), used(rated, each)
    if raters < 2:
        return ONE_RATER if raters else NO_RATINGS
    if each.name not in ICC:
        return ONE_VALUE if items else NO_PAIRS
    if items > 1:
        return NO_VARIANCE
    few = "only one item was" if items else "no item was"
    return Undefined("no_complete_items", f"{few} rated by all {raters} raters; two are needed")


def used(rated: Ratings, each: Which) -> int:
    """Return how many items a coefficient rests on: with two ratings, or one of every rater."""
    enough = max(2, len(rated.codes)) if each.name in ICC else 2
    return int((rated.given.sum(axis=0) >= enough).sum())


def _told(estimate: Estimate, each: Which, rated: Ratings, kinds: Kinds) -> Estimate:
    """Return an estimate with what only one name has: a figure or an interval of its own."""
    if estimate.value is None:
        pass
    elif each.name == "krippendorff_alpha":
        metric = cast("Metric", each.metric)
        value = alpha_by_package(paired(rated.codes), rated.levels, metric)
        estimate = replace(estimate, value=value)
    elif each == Which("percent_agreement", IDENTITY) and _independent(rated):
        estimate = share_of_items(value_counts(kinds.ratings), kinds.items, estimate)
    if estimate.value is not None and used(rated, each) == 1:
        estimate = replace(estimate, low=None, high=None, **vars(ONE_ITEM))
    return named(estimate, each)


def _independent(rated: Ratings) -> bool:
    """Say whether no two items that can agree are about one question."""
    return apart(rated.clusters_at(rated.given.sum(axis=0) > 1))


def named(estimate: Estimate, each: Which) -> Estimate:
    """Return an estimate of a coefficient whose method says how values differ, and its level."""
    method = f"{_differing(each)}, {100 * estimate.level:g}% {estimate.method}"
    return replace(estimate, method=method)


def _differing(each: Which) -> str:
    """Say how far values differ; three things are called ordinal.

    >>> _differing(Which("krippendorff_alpha", "ordinal")), _differing(Which("gwet_ac2", "ordinal"))
    ("Krippendorff's ordinal metric", "Gwet's ordinal weights")
    """
    if each.name == "krippendorff_alpha":
        return f"Krippendorff's {each.metric} metric"
    if each.name in ICC:
        return "complete items"
    return "Gwet's ordinal weights" if each.metric == "ordinal" else f"{each.metric} weights"
