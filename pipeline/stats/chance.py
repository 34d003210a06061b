"""Agreement of any number of raters, corrected for chance; who gave which value does not matter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.sums import OfSums

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Agreeing:
    """What items add to observed agreement and to the shares of the values.

    All have one row a kind of items: `rated` and `several`, shape (k,), whether it has a rating,
    and two or more, as 0 or 1; `agreeing`, shape (k,), the weighted share of its pairs of ratings
    that agree, 0 without a pair; `shares`, shape (k, q), of its ratings the share of each value.
    """

    rated: Floats
    several: Floats
    agreeing: Floats
    shares: Floats


def agreeing(counts: Floats, weights: Floats) -> Agreeing:
    """Return what items add, from how often each value was given to each, shape (k, q).

    An item of m ratings, a_k of them k, has the share sum_k a_k ((W a)_k - 1) / (m (m - 1)).

    >>> found = agreeing(np.array([[2.0, 1.0], [0.0, 1.0]]), np.eye(2))
    >>> found.agreeing.round(3).tolist(), found.several.tolist()
    ([0.333, 0.0], [1.0, 0.0])
    """
    each = counts.sum(axis=1)
    several = each > 1
    pairs = np.where(several, each * (each - 1), 1)
    same = (counts * (counts @ weights - 1)).sum(axis=1) / pairs
    return Agreeing(
        rated=(each > 0).astype(np.float64),
        several=several.astype(np.float64),
        agreeing=np.where(several, same, 0.0),
        shares=counts / np.maximum(each, 1)[:, None],
    )


def _brennan_prediger(shares: Floats, weights: Floats) -> Floats:
    return np.full(shares.shape[0], weights.mean())


def _fleiss(shares: Floats, weights: Floats) -> Floats:
    found: Floats = ((shares @ weights) * shares).sum(axis=1)
    return found


def _gwet(shares: Floats, weights: Floats) -> Floats:
    q = weights.shape[0]
    found: Floats = weights.sum() / max(1, q * (q - 1)) * (shares * (1 - shares)).sum(axis=1)
    return found


BY_CHANCE: Mapping[str, Callable[[Floats, Floats], Floats]] = {  # of shares (b, q), weights
    "gwet": _gwet,
    "fleiss_kappa": _fleiss,
    "brennan_prediger": _brennan_prediger,
}


def percent_agreement(counts: Floats, weights: Floats) -> OfSums:
    """Return the percent agreement of samples of items, one figure each.

    `counts` has shape (k, q), how often each value was given to each kind of item; `weights` has
    shape (q, q). It is the mean over items with two ratings or more of the share of their pairs
    that agree; each item counts once, however many ratings it has (Gwet, Handbook of Inter-Rater
    Reliability, 4th ed. 2014, chapters 2 and 3). NaN without such an item.

    Of (0, 0, 1) and (1, 1) one pair of three and one of one agree: (1/3 + 1) / 2 = 2/3.

    >>> of = percent_agreement(np.array([[2.0, 1.0], [0.0, 2.0]]), np.eye(2))
    >>> of(np.array([[1.0, 1.0]])).round(6).tolist()
    [[0.666667]]
    """
    items = agreeing(counts, weights)
    columns = np.column_stack([items.agreeing, items.several])
    return OfSums(columns, lambda sums: sums[:, :1] / sums[:, 1:])


def chance_corrected(counts: Floats, weights: Floats, *, name: str) -> OfSums:
    """Return a coefficient of samples of items, (po - pe) / (1 - pe), one figure each.

    `counts` and `weights` are those of `percent_agreement`, which is po. With p_k the mean over
    items of the share of their ratings that is k, items of one rating included, the agreement by
    chance pe is (all in Gwet 2014, chapters 4 to 6, who also gives the forms for missing ratings
    and for weights w):
    gwet: sum(w) / (q (q - 1)) sum_k p_k (1 - p_k), for AC1 and AC2 (Gwet, Br. J. Math. Stat.
    Psychol. 61, 2008). fleiss_kappa: sum_kl w_kl p_k p_l (Fleiss, Psychol. Bull. 76, 1971).
    brennan_prediger: sum(w) / q^2 (Brennan and Prediger, Educ. Psychol. Meas. 41, 1981).

    NaN without an item of two ratings, and where all ratings are the same: there is then nothing
    that could tell agreement from chance, whatever a formula gives.

    (0, 0), (0, 1), (1, 1) on two values: po is 2/3, p is 1/2 each and pe 1/2: 1/3 by all three.

    >>> counts, sample = np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 2.0]]), np.ones((1, 3))
    >>> [chance_corrected(counts, np.eye(2), name=name)(sample).item() for name in BY_CHANCE]
    [0.33333333333333326, 0.33333333333333326, 0.33333333333333326]
    """
    items = agreeing(counts, weights)
    by_chance = BY_CHANCE[name]

    def figures(sums: Floats) -> Floats:
        same, several, rated = sums[:, :3].T
        shares = sums[:, 3:] / rated[:, None]
        varied = sums[:, 3:].max(axis=1) < rated
        expected = np.where(varied, by_chance(shares, weights), 1.0)
        return corrected(same / several, expected)[:, None]

    columns = np.column_stack([items.agreeing, items.several, items.rated, items.shares])
    return OfSums(columns, figures)


def corrected(observed: Floats, expected: Floats) -> Floats:
    """Return (po - pe) / (1 - pe), NaN where chance alone makes all the same."""
    room = 1 - expected
    return np.divide(observed - expected, room, out=np.full_like(room, np.nan), where=room > 0)
