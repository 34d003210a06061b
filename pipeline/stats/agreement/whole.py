"""All that is told of the agreement of raters on one scale, from the same resamples of items."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.stats.agreement.categories import CategoryKappa, categories_reported, category_kappas
from pipeline.stats.agreement.coefficients import Coefficient, reported, which
from pipeline.stats.agreement.concordance import Concordance, kendall_w
from pipeline.stats.agreement.differences import (
    Without,
    many_raters,
    without_alone,
    without_each,
    without_reported,
)
from pipeline.stats.agreement.families import Which, figures
from pipeline.stats.agreement.kinds import kinds_of, of_those_who_rated
from pipeline.stats.agreement.pairs import (
    Pair,
    cohen_kappas,
    kappas_alone,
    light_kappa,
    many_pairs,
    pairs_reported,
)
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.intervals import Resampling
from pipeline.stats.resampling.sums import sampled_together


@dataclass(frozen=True)
class Agreement:
    """How far raters agree; raters are told by their places.

    `coefficients` are of all raters, `categories` of each value of the scale against the others,
    `pairs` of every two raters, `without` of all but one. `concordance` is of ranks, None of
    values without order.
    """

    coefficients: tuple[Coefficient, ...]
    categories: tuple[CategoryKappa, ...]
    pairs: tuple[Pair, ...]
    without: tuple[Without, ...]
    concordance: Concordance | None


def agreement(
    ratings: Ratings,
    *,
    weights: str,
    ordered: bool,
    leading: Sequence[Which],
    plan: Resampling,
) -> Agreement:
    """Return all that is told of agreement; see `coefficients_of`, `pairs`, `without_reported`.

    `weights` are one of those of `agreement_weights`; `ordered` says that the values of the scale
    have an order and distances; `leading` are the coefficients that are told without each rater.
    Items, or questions that hold several, are drawn once for all, and the same ones as by
    `coefficients_of` and `pairs` alone. What many raters make too much to resample, their pairs and
    what is told without each of them, has a value and no interval.

    Undefined cases: those of each figure, with its reason.

    Raters who gave 0, 0, 1, 1 and 0, 1, 1, 1:

    >>> from pipeline.stats.ratings import ratings
    >>> found = agreement(
    ...     ratings([[0, 0, 1, 1], [0, 1, 1, 1]], levels=(0, 1)), weights="linear", ordered=True,
    ...     leading=[Which("gwet_ac1", "identity")], plan=Resampling(0.95, 100, seed=7),
    ... )
    >>> found.coefficients[0].estimate.value, found.pairs[0].kappa.value, found.without
    (0.75, 0.5, ())
    """
    kinds = kinds_of(ratings)
    wanted = which(weights=weights, ordered=ordered)
    pairs_alone, others_alone = many_pairs(ratings), many_raters(ratings)
    parts = [
        figures(of_those_who_rated(kinds.ratings), wanted),
        category_kappas(kinds.ratings),
        *([] if pairs_alone else [cohen_kappas(kinds.ratings)]),
        *([] if others_alone else [without_each(kinds.ratings, leading)]),
    ]
    of_all, of_categories, *rest = sampled_together(parts, kinds.items, plan, kinds.clusters)
    of_pairs = kappas_alone(kinds) if pairs_alone else rest.pop(0)
    of_others = without_alone(kinds, leading) if others_alone else rest.pop()
    return Agreement(
        coefficients=(
            *reported(ratings, wanted, samples=of_all, plan=plan),
            light_kappa(ratings, samples=of_pairs, plan=plan),
        ),
        categories=categories_reported(ratings, samples=of_categories, plan=plan),
        pairs=pairs_reported(ratings, ordered=ordered, samples=of_pairs, plan=plan),
        without=without_reported(ratings, leading, samples=of_others, plan=plan),
        concordance=kendall_w(ratings) if ordered else None,
    )
