"""How far a coefficient of agreement differs between two sets of ratings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.coefficients import named, undefined
from pipeline.stats.families import Which, figures
from pipeline.stats.intervals import (
    RATED_ITEMS,
    Estimate,
    Resampling,
    Samples,
    estimates,
)
from pipeline.stats.kinds import kinds_of, of_those_who_rated
from pipeline.stats.ratings import MISSING, Ratings
from pipeline.stats.sums import OfSums, together

Floats = NDArray[np.float64]

FEWEST = 3  # raters of whom one can be left out


@dataclass(frozen=True)
class Difference:
    """A coefficient of two sets of ratings, `a` and `b`, and a - b, all from the same resamples."""

    name: str
    metric: str
    a: Estimate
    b: Estimate
    difference: Estimate


@dataclass(frozen=True)
class Without:
    """A coefficient without one rater, by their place, and its change: without less with them."""

    rater: int
    name: str
    metric: str
    estimate: Estimate
    change: Estimate


def difference(
    a: Ratings, b: Ratings, each: Which, *, same_items: bool, plan: Resampling
) -> Difference:
    """Return a coefficient of two sets of ratings, and how far the first is above the second.

    With `same_items` column i of both is the same item, rated on two criteria or by two groups,
    and each item is drawn with its ratings in both; scale and raters may differ. Else the items of
    both are different ones, and are drawn together: of n and m items n + m, each with its ratings
    in its own set. Raters are held fixed.

    Undefined cases: the coefficient of either. Raises ValueError for same items of other numbers.

    Cohen's kappas of two raters: 1/2 on four items, and 1 on two others.

    >>> from pipeline.stats.ratings import ratings
    >>> a, b = ratings([[0, 0, 1, 1], [0, 1, 1, 1]], (0, 1)), ratings([[0, 1], [0, 1]], (0, 1))
    >>> found = difference(
    ...     a, b, Which("conger_kappa", "identity"), same_items=False,
    ...     plan=Resampling(0.95, 100, seed=7),
    ... )
    >>> found.a.value, found.b.value, found.difference.value
    (0.5, 1.0, -0.5)
    """
    codes = _same_items(a, b) if same_items else _other_items(a, b)
    scale = np.arange(max(a.q, b.q), dtype=np.float64)
    kinds = kinds_of(Ratings(np.vstack(codes), scale))
    of_a, of_b = np.split(kinds.ratings.codes, [len(a.codes)])
    sets = [of_those_who_rated(own) for own in (a, b)]
    sets_of_kinds = [
        of_those_who_rated(Ratings(own, levels))
        for own, levels in ((of_a, a.levels), (of_b, b.levels))
    ]
    of = together([figures(own, [each]) for own in sets_of_kinds])
    samples = with_differences(of.sampled(kinds.items, plan), [(0, 1)])
    why = [undefined(own, each) for own in sets]
    why.append(why[0] if np.isnan(samples.values[0]) else why[1])
    found = estimates(samples, plan=plan, undefined=why, of=RATED_ITEMS)
    return Difference(each.name, each.metric, *(named(estimate, each) for estimate in found))


def _same_items(a: Ratings, b: Ratings) -> list[NDArray[np.int64]]:
    if a.codes.shape[1] != b.codes.shape[1]:
        raise ValueError(
            f"the same items are as many: not {a.codes.shape[1]} and {b.codes.shape[1]}"
        )
    return [a.codes, b.codes]


def _other_items(a: Ratings, b: Ratings) -> list[NDArray[np.int64]]:
    none_of_b = np.full((len(a.codes), b.codes.shape[1]), MISSING)
    none_of_a = np.full((len(b.codes), a.codes.shape[1]), MISSING)
    return [np.hstack([a.codes, none_of_b]), np.hstack([none_of_a, b.codes])]


def with_differences(samples: Samples, pairs: Sequence[tuple[int, int]]) -> Samples:
    """Return samples with further figures: of each pair of places the first less the second."""
    first, second = (list(places) for places in zip(*pairs, strict=True))

    def beside(of: Floats) -> Floats:
        return np.concatenate([of, of[..., first] - of[..., second]], axis=-1)

    return replace(
        samples,
        values=beside(samples.values),
        drawn=beside(samples.drawn),
        without=beside(samples.without),
    )


def leave_one_out(
    ratings: Ratings, wanted: Sequence[Which], *, plan: Resampling
) -> tuple[Without, ...]:
    """Return each wanted coefficient without each rater, and how far that changes it.

    Items are drawn once for all, so the interval of a change is that of the same resamples with
    and without a rater. Of fewer than three raters none can be left out, and nothing is returned.
    Undefined cases: the coefficient without the rater; its change too, where that of all is.

    >>> from pipeline.stats.ratings import ratings
    >>> found = leave_one_out(
    ...     ratings([[0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 1, 0]], (0, 1)),
    ...     [Which("percent_agreement", "identity")], plan=Resampling(0.95, 100, seed=7),
    ... )
    >>> [each.estimate.value for each in found], round(found[2].change.value, 6)
    ([0.25, 0.25, 1.0], 0.5)
    """
    kinds = kinds_of(ratings)
    samples = without_each(kinds.ratings, wanted).sampled(kinds.items, plan)
    return without_reported(ratings, wanted, samples=samples, plan=plan)


def without_each(ratings: Ratings, wanted: Sequence[Which]) -> OfSums:
    """Return the wanted coefficients of all raters, then those without each who rated."""
    return together([figures(own, wanted) for own in _each_left_out(ratings)])


def without_reported(
    ratings: Ratings, wanted: Sequence[Which], *, samples: Samples, plan: Resampling
) -> tuple[Without, ...]:
    """Return what `leave_one_out` does, from samples of `without_each`."""
    raters = np.flatnonzero(ratings.given.any(axis=1))
    if raters.size < FEWEST:
        return ()
    why = [undefined(own, each) for own in _each_left_out(ratings) for each in wanted]
    size = len(wanted)
    changes = [(at, at % size) for at in range(size, len(why))]
    lacking = [why[whole if np.isnan(samples.values[whole]) else at] for at, whole in changes]
    found = estimates(
        with_differences(samples, changes), plan=plan, undefined=why + lacking, of=RATED_ITEMS
    )
    return tuple(
        Without(
            rater=int(raters[at // size - 1]),
            name=wanted[whole].name,
            metric=wanted[whole].metric,
            estimate=named(found[at], wanted[whole]),
            change=named(found[at + len(changes)], wanted[whole]),
        )
        for at, whole in changes
    )


def _each_left_out(ratings: Ratings) -> list[Ratings]:
    """Return the ratings of all raters who gave any, and of all of them but each."""
    rows = np.flatnonzero(ratings.given.any(axis=1))
    return [ratings.of_raters(own) for own in (rows, *(rows[rows != row] for row in rows))]
