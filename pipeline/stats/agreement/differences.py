"""How far a coefficient of agreement differs between two sets of ratings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.agreement.coefficients import named, undefined
from pipeline.stats.agreement.families import Which, figures
from pipeline.stats.agreement.kinds import Kinds, kinds_of, of_those_who_rated
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.drawn import estimates_of, without_resamples
from pipeline.stats.resampling.intervals import Estimate, Resampling, Samples, Undefined
from pipeline.stats.resampling.sums import OfSums, together

Floats = NDArray[np.float64]

FEWEST = 3  # raters of whom one can be left out
MOST = 100  # raters without each of whom there are intervals


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
    both are samples of their own, and are drawn apart (Efron and Tibshirani 1993, chapter 8), those
    of `b` with a seed that the plan's gives. Raters are held fixed. Where several items are about
    one question, questions are drawn in place of items, with all their items.

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
    first, second = of_those_who_rated(a), of_those_who_rated(b)
    both, questions = (_same_items if same_items else _other_items)(first, second, each, plan)
    samples = with_differences(both, [(0, 1)])
    why = [undefined(own, each) for own in (first, second)]
    why.append(why[0] if np.isnan(samples.values[0]) else why[1])
    found = estimates_of(
        samples,
        clustered=a.clustered or b.clustered,
        plan=plan,
        undefined=why,
        questions=questions,
    )
    return Difference(each.name, each.metric, *(named(estimate, each) for estimate in found))


def _same_items(a: Ratings, b: Ratings, each: Which, plan: Resampling) -> tuple[Samples, int]:
    """Return samples of both, and how many questions there are."""
    if a.codes.shape[1] != b.codes.shape[1]:
        raise ValueError(
            f"the same items are as many: not {a.codes.shape[1]} and {b.codes.shape[1]}"
        )
    scale = np.arange(max(a.q, b.q), dtype=np.float64)
    kinds = kinds_of(Ratings(np.vstack([a.codes, b.codes]), scale, a.clusters))
    of_a, of_b = np.split(kinds.ratings.codes, [len(a.codes)])
    parts = [figures(Ratings(of_a, a.levels), [each]), figures(Ratings(of_b, b.levels), [each])]
    samples = together(parts).sampled(kinds.items, plan, kinds.clusters)
    return samples, int(samples.items.sum())


def _other_items(a: Ratings, b: Ratings, each: Which, plan: Resampling) -> tuple[Samples, int]:
    """Return samples of both, and how many questions the one with fewer has."""
    other = np.random.SeedSequence([plan.seed, 1]).generate_state(1).item()
    first, second = (
        figures(kinds.ratings, [each]).sampled(
            kinds.items, replace(plan, seed=seed), kinds.clusters
        )
        for kinds, seed in ((kinds_of(a), plan.seed), (kinds_of(b), other))
    )
    of_a, of_b = _influence(first), _influence(second)
    samples = Samples(
        values=np.concatenate([first.values, second.values]),
        drawn=np.hstack([first.drawn, second.drawn]),
        without=np.concatenate([first.values, second.values])
        - np.block([[of_a, np.zeros_like(of_a)], [np.zeros_like(of_b), of_b]]),
        items=np.concatenate([first.items, second.items]),
    )
    return samples, min(int(own.items.sum()) for own in (first, second))


def _influence(samples: Samples) -> Floats:
    """Return how much an item of each kind moves the figures, on a scale that samples share.

    The acceleration of a figure of several samples is that of all these, each sample's divided by
    its n (Davison and Hinkley, Bootstrap Methods and Their Application, 1997, section 5.3).
    """
    n = max(1, samples.items.sum())
    mean = samples.items @ samples.without / n
    moved: Floats = (n - 1) / n * (mean - samples.without)
    return moved


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


def without_each(ratings: Ratings, wanted: Sequence[Which]) -> OfSums:
    """Return the wanted coefficients of all raters, then those without each who rated.

    `ratings` has one item of each kind.
    """
    return together([figures(own, wanted) for own in _each_left_out(ratings)])


def many_raters(ratings: Ratings) -> Undefined | None:
    """Return why there are too many raters for intervals without each, None where there are not."""
    raters = len(ratings.codes)
    if raters <= MOST:
        return None
    told = f"{raters:,} raters are too many for intervals without each of them"
    return Undefined("many_raters", f"{told}, {MOST} would be few enough")


def without_alone(kinds: Kinds, wanted: Sequence[Which]) -> Samples:
    """Return the figures of `without_each` without resamples, one rater after the other."""
    each = (figures(own, wanted) for own in _each_left_out(kinds.ratings))
    return without_resamples(np.concatenate([of.of_all(kinds.items) for of in each]))


def without_reported(
    ratings: Ratings, wanted: Sequence[Which], *, samples: Samples, plan: Resampling
) -> tuple[Without, ...]:
    """Return the coefficients without each rater and their changes, from samples of `without_each`.

    Of fewer than three raters who rated none can be left out, and nothing is returned. Items are
    drawn once for all, so the interval of a change is of the same resamples with and without a
    rater. Undefined cases: the coefficient without the rater; its change too, where that of all is.
    Of more than `MOST` raters there is no interval.
    """
    raters = np.flatnonzero(ratings.given.any(axis=1))
    if raters.size < FEWEST:
        return ()
    why = [undefined(own, each) for own in _each_left_out(ratings) for each in wanted]
    size = len(wanted)
    changes = [(at, at % size) for at in range(size, len(why))]
    lacking = [why[whole if np.isnan(samples.values[whole]) else at] for at, whole in changes]
    found = estimates_of(
        with_differences(samples, changes),
        clustered=ratings.clustered,
        plan=plan,
        undefined=why + lacking,
        alone=many_raters(ratings),
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
