"""How two coefficients of agreement differ, and how one changes without a rater."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.coefficients import Figures, Which, figures, undefined
from pipeline.stats.intervals import (
    RATED_ITEMS,
    Estimate,
    Resampling,
    Samples,
    estimates,
    sampled,
)
from pipeline.stats.kinds import by_rater, of_those_who_rated
from pipeline.stats.ratings import Ratings

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
    """A coefficient without one rater, by their place, and its change, without less with."""

    rater: int
    name: str
    metric: str
    estimate: Estimate
    change: Estimate


def difference(
    a: Ratings, b: Ratings, each: Which, *, same_items: bool, plan: Resampling
) -> Difference:
    """Return a coefficient of two sets of ratings and how far the first is above the second.

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
    why = [undefined(first, each), undefined(second, each)]
    samples = (_paired if same_items else _independent)(first, second, each, plan)
    lacking = why[0] if np.isnan(samples.values[0]) else why[1]
    found = estimates(samples, plan=plan, undefined=[*why, lacking], of=RATED_ITEMS)
    return Difference(each.name, each.metric, *found)


def _paired(a: Ratings, b: Ratings, each: Which, plan: Resampling) -> Samples:
    if a.codes.shape[1] != b.codes.shape[1]:
        raise ValueError(
            f"ratings of the same items have as many: {a.codes.shape[1]} and {b.codes.shape[1]}"
        )
    scale = np.arange(max(a.q, b.q), dtype=np.float64)
    kinds = by_rater(Ratings(np.vstack([a.codes, b.codes]), scale))
    rows = len(a.codes)
    of_a = figures(Ratings(kinds.ratings.codes[:rows], a.levels), [each])
    of_b = figures(Ratings(kinds.ratings.codes[rows:], b.levels), [each])
    return _beside(sampled(_side_by_side([of_a, of_b]), kinds.items, plan), [(0, 1)])


def _independent(a: Ratings, b: Ratings, each: Which, plan: Resampling) -> Samples:
    other = np.random.SeedSequence([plan.seed, 1]).generate_state(1).item()
    first, second = (
        sampled(figures(kinds.ratings, [each]), kinds.items, replace(plan, seed=seed))
        for kinds, seed in ((by_rater(a), plan.seed), (by_rater(b), other))
    )
    rows = [np.ones((len(own.without), 1)) for own in (first, second)]
    without = np.vstack(
        [
            np.hstack([first.without, rows[0] * second.values]),
            np.hstack([rows[1] * first.values, second.without]),
        ]
    )
    both = Samples(
        values=np.concatenate([first.values, second.values]),
        drawn=np.hstack([first.drawn, second.drawn]),
        without=without,
        items=np.concatenate([first.items, second.items]),
    )
    return _beside(both, [(0, 1)])


def _side_by_side(parts: Sequence[Figures]) -> Figures:
    return lambda samples: np.hstack([part(samples) for part in parts])


def _beside(samples: Samples, pairs: Sequence[tuple[int, int]]) -> Samples:
    """Return samples with the differences of pairs of figures as further figures."""
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
    """Return each wanted coefficient without each rater; nothing of fewer than three raters.

    >>> from pipeline.stats.ratings import ratings
    >>> found = leave_one_out(
    ...     ratings([[0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 1, 0]], (0, 1)),
    ...     [Which("percent_agreement", "identity")], plan=Resampling(0.95, 100, seed=7),
    ... )
    >>> [each.estimate.value for each in found]
    [0.25, 0.25, 1.0]
    """
    raters = np.flatnonzero(ratings.given.any(axis=1))
    if raters.size < FEWEST:
        return ()
    rated = ratings.of_raters(raters)
    kinds = by_rater(rated)
    why = [undefined(own, each) for own in _each_without(rated) for each in wanted]
    of = _side_by_side([figures(own, wanted) for own in _each_without(kinds.ratings)])
    size = len(wanted)
    changes = [(at, at % size) for at in range(size, len(why))]
    samples = _beside(sampled(of, kinds.items, plan), changes)
    found = estimates(samples, plan=plan, undefined=[*why, *why[size:]], of=RATED_ITEMS)
    of_sets, changed = found[size : len(why)], found[len(why) :]
    return tuple(
        Without(int(raters[at // size]), wanted[at % size].name, wanted[at % size].metric, own, by)
        for at, (own, by) in enumerate(zip(of_sets, changed, strict=True))
    )


def _each_without(ratings: Ratings) -> list[Ratings]:
    """Return the ratings of all raters, and of all but each."""
    rows = np.arange(len(ratings.codes))
    return [ratings, *(ratings.of_raters(rows != row) for row in rows)]
