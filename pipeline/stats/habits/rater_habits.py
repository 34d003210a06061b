"""How each rater's scores lie against the others' on the same answers, and whether that drifts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.intervals import (
    RATED_QUESTIONS,
    Estimate,
    Resampling,
    Undefined,
    estimates,
)
from pipeline.stats.resampling.sums import OfSums, together
from pipeline.stats.systems.ratios import Ratio, refusal, without_interval

ROUNDING = 1e-9

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

NO_OTHERS = Undefined(
    "no_others",
    "nobody else scored the same answers; one more rater on them would be enough",
)
ONE_PLACE = Undefined("one_place", "there are too few different places to tell a change")
SAME_ORDER = Undefined(
    "same_order",
    "raters scored in the same order, so what changes in common cannot be told from the answers",
)


@dataclass(frozen=True)
class Order:
    """In what order answers were scored, so that a drift can be seen.

    `places` has shape (raters, units), NaN where not known: positions, or times. A trend is told
    for each `unit` of them; over a shorter `span` it is not told, but `too_short`. `unknown` says
    why there is none where no place is known.
    """

    places: Floats
    unit: float
    span: float
    too_short: Undefined
    unknown: Undefined


@dataclass(frozen=True)
class Drift:
    """How a rater's difference to the others changed, over `n` answers in their order.

    `thirds` are the mean differences in the first, middle and last third of these answers,
    `change` is the last less the first, `trend` the slope of a straight line.
    """

    n: int
    thirds: tuple[float | None, float | None, float | None]
    change: Estimate
    trend: Estimate


@dataclass(frozen=True)
class Habit:
    """How a rater's `n` scores that have others beside them differ from these, in points.

    `own` and `others` are the means on these answers, `difference` the first less the second: above
    0 the rater is more lenient than the others, below more severe. `drifts` are by each order.
    """

    n: int
    own: float | None
    others: float | None
    difference: Estimate
    drifts: tuple[Drift, ...]


@dataclass(frozen=True)
class Habits:
    """The raters' habits; `trends` are by each order those of all raters in common."""

    raters: tuple[Habit, ...]
    trends: tuple[Estimate, ...]


def habits(
    ratings: Ratings, *, questions: Places, orders: Sequence[Order], plan: Resampling
) -> Habits:
    """Return how each rater's scores differ from the others' on the same units.

    `ratings` has the shape (raters, units), `questions` (units,): what each unit is about, as
    places from 0. The difference is the mean, over the units that others scored too, of the own
    value less the mean of the others' values. What is good or bad about an answer thus cancels
    out, as far as the others saw it.

    The trend is the slope of the least-squares line of these differences over the places: how a
    rater drifts against the others. A drift that all raters share shows in it as far as the others
    scored the same answer at other places. The trend of all raters in common is therefore over the
    own place less the mean of the others' places, each rater with an own height: if every score
    moves by b a place, own less others' scores differ by b times own less others' places. The
    intervals are the bootstrap's over questions, all figures from the same resamples; thirds stay
    what they are in the whole.

    Undefined cases: nobody else scored the same units; an order that is not known, or where all
    places are the same; in common, an order that is the same for all; and for an interval what
    `ratios.refusal` says.

    Two raters, of whom the second gives 1 more on the last of three units: +1/3 and -1/3. The
    slope of (0, 0, 1) over (1, 2, 3) is 1/2.

    >>> order = Order(np.array([[1.0, 2, 3]] * 2), 1, 0, ONE_PLACE, ONE_PLACE)
    >>> found = habits(
    ...     Ratings(np.array([[0, 1, 1], [0, 1, 2]]), np.array([0.0, 1.0, 2.0])),
    ...     questions=np.arange(3), orders=[order], plan=Resampling(0.95, 100, seed=7),
    ... )
    >>> [round(each.difference.value, 3) for each in found.raters]
    [-0.333, 0.333]
    >>> found.raters[1].drifts[0].thirds, found.raters[1].drifts[0].trend.value
    ((0.0, 0.0, 1.0), 0.5)
    """
    apart, others = differences(ratings)
    size = int(questions.max(initial=-1)) + 1
    severity = [_severity(row, questions, size) for row in apart]
    drifts = [
        _InOrder(row, order.places[rater], order, questions, size)
        for rater, row in enumerate(apart)
        for order in orders
    ]
    trends = [_in_common(apart, order, ratings.given, questions, size) for order in orders]
    figures = [*severity, *(each for drift in drifts for each in drift.figures), *trends]
    told = iter(_told(figures, plan))
    differing = [next(told) for _ in severity]
    drifting = [each.drift(next(told), next(told)) for each in drifts]
    own = np.where(np.isnan(apart), np.nan, ratings.levels[ratings.codes])
    return Habits(
        raters=tuple(
            Habit(
                n=int(np.count_nonzero(~np.isnan(apart[rater]))),
                own=_mean(own[rater]),
                others=_mean(others[rater]),
                difference=differing[rater],
                drifts=tuple(drifting[rater * len(orders) : (rater + 1) * len(orders)]),
            )
            for rater in range(len(apart))
        ),
        trends=tuple(told),
    )


def differences(ratings: Ratings) -> tuple[Floats, Floats]:
    """Return own values less the mean of the others', and that mean; NaN where there is neither.

    Both have shape (raters, units).
    """
    return _less_others(ratings.levels[ratings.codes], ratings.given)


def _less_others(values: Floats, there: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    values = np.where(there, values, 0.0)
    count = there.sum(axis=0) - 1
    both = there & (count > 0)
    others = (values.sum(axis=0) - values) / np.maximum(count, 1)
    return np.where(both, values - others, np.nan), np.where(both, others, np.nan)


def _mean(values: Floats) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else None


@dataclass(frozen=True)
class _Figure:
    """A figure of sums over questions: `adds` has shape (c, questions).

    `n`, shape (questions,), is the number of the differences that it rests on, and `total` their
    sum, None for a figure that may vary where their mean does not.
    """

    adds: Floats
    of_sums: Callable[[Floats], Floats]
    n: Floats
    total: Floats | None
    undefined: Undefined


def _told(figures: Sequence[_Figure], plan: Resampling) -> list[Estimate]:
    said = np.any([each.n > 0 for each in figures], axis=0).astype(np.int64)
    if not said.any():
        method = plan.method("BCa", of=RATED_QUESTIONS)
        return [each.undefined.estimate(level=plan.level, method=method) for each in figures]
    sums = together([OfSums(each.adds, each.of_sums) for each in figures])
    why = [each.undefined for each in figures]
    found = estimates(sums.sampled(said, plan), plan=plan, undefined=why, of=RATED_QUESTIONS)
    return [_checked(*each, plan.level) for each in zip(found, figures, strict=True)]


def _checked(found: Estimate, figure: _Figure, level: float) -> Estimate:
    if found.value is None:
        return found
    total = figure.n * np.arange(figure.n.size) if figure.total is None else figure.total
    why = refusal(Ratio(total, figure.n, figure.undefined), level)
    return without_interval(found, why) if why else found


def _severity(apart: Floats, questions: Places, size: int) -> _Figure:
    known = ~np.isnan(apart)
    n = np.bincount(questions[known], minlength=size).astype(np.float64)
    total = np.bincount(questions[known], apart[known], size).astype(np.float64)
    adds = np.stack([total, n])
    return _Figure(adds, lambda sums: _quotient(sums[:1], sums[1:]), n, total, NO_OTHERS)


class _InOrder:
    """One rater's differences in one order."""

    def __init__(
        self, apart: Floats, places: Floats, order: Order, questions: Places, size: int
    ) -> None:
        known = ~np.isnan(apart) & ~np.isnan(places)
        self.apart, self.questions, self.size = apart[known], questions[known], size
        places, self.n = places[known], int(np.count_nonzero(known))
        rank = np.empty(self.n, dtype=np.int64)
        rank[np.argsort(places, kind="stable")] = np.arange(self.n)
        self.third = rank * 3 // max(self.n, 1)
        self.why = NO_OTHERS if np.isnan(apart).all() else order.unknown
        self.figures = self._change(), self._trend(places, order)

    def drift(self, change: Estimate, trend: Estimate) -> Drift:
        first, middle, last = (_mean(self.apart[self.third == third]) for third in range(3))
        return Drift(self.n, (first, middle, last), change, trend)

    def _change(self) -> _Figure:
        ends = [self._sums(self.third == third) for third in (2, 0)]
        return self._figure(np.concatenate(ends), _change, ONE_PLACE if self.n else self.why)

    def _trend(self, places: Floats, order: Order) -> _Figure:
        short = self.n > 0 and float(np.ptp(places)) < order.span
        x = (places - places.mean()) / order.unit if self.n else places
        told = np.full(self.n, not short)
        ofs = [self._sums(told, weights) for weights in (np.ones(self.n), x, x * x)]
        total, n = ofs[0]
        adds = np.stack([n, ofs[1][1], ofs[2][1], total, ofs[1][0]])
        why = order.too_short if short else ONE_PLACE if self.n else self.why
        return self._figure(adds, _slope, why)

    def _sums(self, told: NDArray[np.bool_], weights: Floats | None = None) -> Floats:
        """Return the sum of the differences times the weights, and of the weights, by question."""
        by = np.ones(self.n)[told] if weights is None else weights[told]
        sums = [
            np.bincount(self.questions[told], each, self.size)
            for each in (self.apart[told] * by, by)
        ]
        return np.stack(sums)

    def _figure(self, adds: Floats, of_sums: Callable[[Floats], Floats], why: Undefined) -> _Figure:
        _, n = self._sums(np.ones(self.n, dtype=np.bool_))
        return _Figure(adds, of_sums, n, None, why)


def _in_common(
    apart: Floats, order: Order, given: NDArray[np.bool_], questions: Places, size: int
) -> _Figure:
    """Return the slope of all raters, each of whom has an own height.

    A unit enters if the places of all who scored it are known.
    """
    unknown = np.isnan(order.places) & given
    places = np.where(unknown.any(axis=0), np.nan, order.places)
    known = ~np.isnan(apart) & ~np.isnan(places)
    long = [
        row.any() and float(np.ptp(at[row])) >= order.span
        for row, at in zip(known, places, strict=True)
    ]
    told = known & np.array(long)[:, None]
    start = float(places[known].min()) if known.any() else 0.0
    x, _ = _less_others((places - start) / order.unit, given)
    each = [
        [np.bincount(questions[row], by[row], size) for by in (row * 1.0, z, z * z, d, z * d)]
        for row, z, d in zip(told, x, apart, strict=True)
    ]

    def slope(sums: Floats) -> Floats:
        n, x, xx, d, xd = sums.reshape(len(apart), 5, -1).transpose(1, 0, 2)
        n = np.maximum(n, 1)
        return _quotient((xd - x * d / n).sum(axis=0), (xx - x * x / n).sum(axis=0))[None]

    why = SAME_ORDER if told.any() else order.too_short if known.any() else order.unknown
    why = NO_OTHERS if np.isnan(apart).all() else why
    adds = np.array(each, dtype=np.float64)
    return _Figure(adds.reshape(-1, size), slope, adds[:, 0].sum(axis=0), None, why)


def _change(sums: Floats) -> Floats:
    last, n_last, first, n_first = sums
    return (_quotient(last, n_last) - _quotient(first, n_first))[None]


def _slope(sums: Floats) -> Floats:
    n, x, xx, d, xd = sums
    return _quotient(n * xd - x * d, n * xx - x * x)[None]


def _quotient(part: Floats, whole: Floats) -> Floats:
    """Divide; NaN where there is nothing to divide by, but for rounding."""
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > ROUNDING)
