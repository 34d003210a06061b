"""Intervals of figures over items: Wilson's for a share, the bootstrap's for anything else."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from pipeline.stats.agreement.clusters import Clusters
from pipeline.stats.resampling.drawing import draws

WILSON = "Wilson score"
ITEMS = "items"
QUESTIONS = "questions"
RATED_ITEMS = f"{ITEMS}, raters held fixed"
RATED_QUESTIONS = f"{QUESTIONS}, raters held fixed"
UNDEFINED_AT_MOST = 0.05  # of the resamples; with more, what is left no longer tells the figure's
TIE = 1e-12  # figures this near are the same number, summed in another order
BLOCK = 2**17  # numbers held at once

Weights = NDArray[np.float64]
Figures = Callable[[Weights], NDArray[np.float64]]


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval; `code` and `reason` say what could not be told.

    `value` is None where the figure is undefined, and with it `low` and `high`; these two alone
    are None where the items tell the figure, but not how it varies. `method` names all that is
    needed to compute the interval again. `undefined_share` is the share of the resamples that leave
    the figure undefined, as a coefficient is where nothing varies.
    """

    value: float | None
    low: float | None
    high: float | None
    level: float
    method: str
    code: str | None = None
    reason: str | None = None
    undefined_share: float = 0.0


@dataclass(frozen=True)
class Undefined:
    """Why a figure cannot be told."""

    code: str
    reason: str

    def estimate(self, *, level: float, method: str) -> Estimate:
        return Estimate(None, None, None, level, method, self.code, self.reason)


NO_ITEMS = Undefined("no_items", "there are no items")


@dataclass(frozen=True)
class Resampling:
    """How to resample: `level` is the interval's (0.95), `resamples` how many are drawn."""

    level: float
    resamples: int
    seed: int

    def __post_init__(self) -> None:
        _check_level(self.level)
        if self.resamples < 1:
            raise ValueError(f"{self.resamples} resamples are too few, draw at least one")

    def method(self, name: str, *, of: str = ITEMS) -> str:
        return f"bootstrap {name}, {self.resamples} resamples of {of}, seed {self.seed}"


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"the level of an interval lies between 0 and 1, not at {level}")


def wilson(successes: int, n: int, *, level: float) -> Estimate:
    """Return the share of `successes` among `n` items with Wilson's score interval.

    The ends are the shares p that a normal test of the observed one would just not reject,
    |successes / n - p| = z sqrt(p (1 - p) / n): with k successes,
    (k + z^2 / 2 -+ z sqrt(k (n - k) / n + z^2 / 4)) / (n + z^2), without a correction for
    continuity (Wilson, J. Am. Stat. Assoc. 22, 1927; Newcombe, Stat. Med. 17, 1998, method 3).
    With no success the interval begins at exactly 0, with nothing else it ends at exactly 1.

    Undefined case: no items.

    4 of 4 at z = 1.96: the lower end is 4 / (4 + 3.8415) = 0.5101.

    >>> share = wilson(4, 4, level=0.95)
    >>> share.value, round(share.low, 4), share.high
    (1.0, 0.5101, 1.0)
    """
    _check_level(level)
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} items is no share")
    if n == 0:
        return NO_ITEMS.estimate(level=level, method=WILSON)
    z = float(ndtri(0.5 + level / 2))
    middle = successes + z * z / 2
    half = z * float(np.sqrt(successes * (n - successes) / n + z * z / 4))
    low = (middle - half) / (n + z * z) if successes else 0.0
    high = (middle + half) / (n + z * z) if successes < n else 1.0
    return Estimate(successes / n, low, high, level, WILSON)


@dataclass(frozen=True)
class Samples:
    """What f figures are for the items themselves, for resamples of them, and without one of them.

    `values` has shape (f,), `drawn` (resamples, f). `without` has shape (h, f): the figures
    without one item of each kind that there is, and `items`, shape (h,), how many there are of it.
    """

    values: NDArray[np.float64]
    drawn: NDArray[np.float64]
    without: NDArray[np.float64]
    items: NDArray[np.int64]


def bootstrap(
    figures: Figures,
    kinds: NDArray[np.int64],
    *,
    plan: Resampling,
    undefined: Sequence[Undefined],
    of: str = ITEMS,
) -> tuple[Estimate, ...]:
    """Return figures over items, each with its bootstrap interval, all from the same resamples.

    `kinds` has shape (k,): how many items there are of each kind, items of one kind being those
    that no figure tells apart. `figures` takes weights of shape (b, k), how many items of each
    kind each of b samples has, and returns shape (b, f): the f figures of each sample, NaN where
    one is undefined. `undefined` says for each figure why it is so if it is for the items
    themselves. `of` says in the method what is resampled: not always items, and where people
    rated them, that these are held fixed.

    Items are drawn with replacement, as many as there are. The interval is BCa, bias-corrected
    and accelerated, the acceleration by the jackknife over items (Efron, J. Am. Stat. Assoc. 82,
    1987; Efron and Tibshirani, An Introduction to the Bootstrap, 1993, formulas 14.9 to 14.15).
    Resamples that equal the figure count half as below it. Quantiles are interpolated between
    resamples (Hyndman and Fan 1996, type 7). Where BCa cannot be computed, as a figure that is
    the same whichever item is left out has no acceleration, the interval is the percentile one,
    and its method says why.

    Resamples in which a figure is undefined are left out of its interval; the method says how
    many, `undefined_share` which share. Undefined cases: the figure itself (no interval either);
    the figure in more than 5 % of the resamples, or the same in all of them (no interval).

    The share of ones among 0, 0, 1, 1: without one item it is 2/3 or 1/3, evenly around 1/2, so
    the acceleration is 0. Of 16 resamples one has ones only and one has none, which is more than
    2.5 %, so the 95 % interval reaches from 0 to 1.

    >>> share, = bootstrap(
    ...     lambda weights: weights[:, 1:] / weights.sum(axis=1, keepdims=True),
    ...     np.array([2, 2]),
    ...     plan=Resampling(level=0.95, resamples=2000, seed=7),
    ...     undefined=[NO_ITEMS],
    ... )
    >>> share.value, share.low, share.high
    (0.5, 0.0, 1.0)
    >>> share.method
    'bootstrap BCa, 2000 resamples of items, seed 7'
    """
    if not kinds.sum():
        return tuple(
            why.estimate(level=plan.level, method=plan.method("BCa", of=of)) for why in undefined
        )
    return estimates(sampled(figures, kinds, plan), plan=plan, undefined=undefined, of=of)


def sampled(
    figures: Figures,
    kinds: NDArray[np.int64],
    plan: Resampling,
    clusters: Clusters | None = None,
) -> Samples:
    """Return the figures of the resamples of `bootstrap`, for whoever wants more than intervals.

    With `clusters` of the items these are drawn whole, and left out whole.
    """
    if clusters is not None:
        whole = clusters
        return sampled(lambda weights: figures(whole.items(weights)), clusters.counts, plan)
    with np.errstate(invalid="ignore"):  # nothing of nothing is undefined
        return Samples(
            values=figures(kinds[None].astype(np.float64))[0],
            drawn=np.concatenate([figures(block) for block in resampled(kinds, plan)]),
            without=np.concatenate([figures(block) for block in _one_left_out(kinds)]),
            items=kinds[kinds > 0],
        )


def estimates(
    samples: Samples, *, plan: Resampling, undefined: Sequence[Undefined], of: str = ITEMS
) -> tuple[Estimate, ...]:
    """Return the intervals of `bootstrap` from what `sampled` found."""
    found = []
    columns = samples.values.tolist(), samples.drawn.T, samples.without.T, undefined
    for value, drawn, without, why in zip(*columns, strict=True):
        lost = float(np.isnan(drawn).mean())
        if np.isnan(value):
            bare = why.estimate(level=plan.level, method=plan.method("BCa", of=of))
            found.append(replace(bare, undefined_share=lost))
        else:
            found.append(_interval(value, drawn, (without, samples.items), plan, of))
    return tuple(found)


def resampled(kinds: NDArray[np.int64], plan: Resampling) -> Iterator[Weights]:
    """Yield the resamples in blocks of shape (b, k): how many items of each kind each has."""
    held = np.flatnonzero(kinds)
    draw = draws(kinds[held])
    size = max(1, BLOCK // max(1, kinds.size))
    rng = np.random.default_rng(plan.seed)
    for start in range(0, plan.resamples, size):
        drawn = draw(rng, min(size, plan.resamples - start))
        if held.size < kinds.size:
            block = np.zeros((len(drawn), kinds.size))
            block[:, held] = drawn
            drawn = block
        yield drawn


def _one_left_out(kinds: NDArray[np.int64]) -> Iterator[Weights]:
    held = np.flatnonzero(kinds)
    size = max(1, BLOCK // kinds.size)
    for start in range(0, held.size, size):
        some = held[start : start + size]
        block = np.repeat(kinds[None].astype(np.float64), some.size, axis=0)
        block[np.arange(some.size), some] -= 1
        yield block


def _interval(
    value: float,
    drawn: NDArray[np.float64],
    left_out: tuple[NDArray[np.float64], NDArray[np.int64]],
    plan: Resampling,
    of: str,
) -> Estimate:
    nothing = np.isnan(drawn)
    defined = drawn[~nothing] if nothing.any() else drawn
    lost = drawn.size - defined.size
    bare = Estimate(
        value, None, None, plan.level, plan.method("BCa", of=of), undefined_share=lost / drawn.size
    )
    share = f"in {lost} of {drawn.size} resamples ({lost / drawn.size:.1%})"
    if lost > UNDEFINED_AT_MOST * drawn.size:
        reason = f"the figure is undefined {share}, too many for an interval"
        return replace(bare, code="undefined_in_resamples", reason=reason)
    if np.ptp(defined) <= TIE:
        reason = "the figure is the same in all resamples, so how it varies cannot be told"
        return replace(bare, code="no_spread", reason=reason)
    tail = (1 - plan.level) / 2
    tails: tuple[float, float] | str = _bca_tails(value, defined, left_out, tail)
    method = bare.method
    if isinstance(tails, str):
        why = tails.replace("item", "question") if of.startswith(QUESTIONS) else tails
        method = plan.method(f"percentile (no BCa: {why})", of=of)
        tails = (tail, 1 - tail)
    if lost:
        method += f", undefined {share}"
    low, high = np.quantile(defined, tails)
    return replace(bare, low=float(low), high=float(high), method=method)


def _bca_tails(
    value: float,
    drawn: NDArray[np.float64],
    left_out: tuple[NDArray[np.float64], NDArray[np.int64]],
    tail: float,
) -> tuple[float, float] | str:
    """Return the two quantiles to take, or why there are none."""
    without, items = left_out
    if np.isnan(without).any():
        return "without one of the items the figure is undefined"
    apart = np.average(without, weights=items) - without
    if np.abs(apart).max() <= TIE:
        return "the figure is the same whichever item is left out"
    acceleration = float(items @ apart**3) / (6 * float(items @ apart**2) ** 1.5)
    above = drawn - value
    below = (np.count_nonzero(above < -TIE) + np.count_nonzero(above <= TIE)) / 2  # ties count half
    if below in {0, drawn.size}:
        return "all resamples lie on one side of the figure"
    bias = float(ndtri(below / drawn.size))
    ends = bias + np.array([ndtri(tail), ndtri(1 - tail)])
    if (1 - acceleration * ends).min() <= 0:
        return "one item weighs too much for an acceleration"
    low, high = ndtr(bias + ends / (1 - acceleration * ends))
    return float(low), float(high)
