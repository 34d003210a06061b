"""Agreement of any number of raters, corrected for chance; who gave which value does not matter."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.resampling.intervals import TIE, Estimate, wilson
from pipeline.stats.resampling.sums import OfSums

Floats = NDArray[np.float64]

CHANCE = ("percent_agreement", "gwet", "fleiss_kappa", "brennan_prediger")


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
    same = (counts * (counts @ weights - 1)).sum(axis=1)
    return Agreeing(
        rated=(each > 0).astype(np.float64),
        several=several.astype(np.float64),
        agreeing=np.where(several, same / np.maximum(each * (each - 1), 1), 0.0),
        shares=counts / np.maximum(each, 1)[:, None],
    )


def agreed(items: Agreeing) -> OfSums:
    """Return percent agreement; see `chance`. NaN without an item of two ratings.

    >>> agreed(agreeing(np.array([[2.0, 1.0], [0.0, 2.0]]), np.eye(2)))(np.ones((1, 2))).round(6)
    array([[0.666667]])
    """
    adds = np.vstack([items.agreeing, items.several])
    return OfSums(adds, lambda sums: quotient(sums[:1], sums[1:]))


def chance(counts: Floats, weights: Floats) -> OfSums:
    """Return percent agreement and its corrections for chance, in the order of `CHANCE`.

    `counts` has shape (k, q), how often each value was given to each kind of item; `weights` has
    shape (q, q), how far two values agree.

    percent_agreement is the mean over items with two ratings or more of the share of their pairs
    that agree; each item counts once, however many ratings it has. The others are
    (po - pe) / (1 - pe), po being percent agreement. With p_k the mean over items of the share of
    their ratings that is k, items of one rating included, pe is
    gwet (AC1, with weights AC2): sum(w) / (q (q - 1)) sum_k p_k (1 - p_k) (Gwet, Br. J. Math. Stat.
    Psychol. 61, 2008);
    fleiss_kappa: sum_kl w_kl p_k p_l (Fleiss, Psychol. Bull. 76, 1971);
    brennan_prediger: sum(w) / q^2 (Brennan and Prediger, Educ. Psychol. Meas. 41, 1981).
    The forms for weights and for missing ratings are those of Gwet (Handbook of Inter-Rater
    Reliability, 4th ed. 2014, chapters 2 to 5).

    NaN without an item of two ratings; the corrected ones also where all ratings are the same, as
    nothing then tells agreement from chance, whatever a formula gives.

    (0, 0), (0, 1), (1, 1) on two values: po is 2/3, p is 1/2 each and pe 1/2: 1/3 by all three.

    >>> of = chance(np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 2.0]]), np.eye(2))
    >>> of(np.ones((1, 3))).round(6).tolist()
    [[0.666667, 0.333333, 0.333333, 0.333333]]
    """
    items = agreeing(counts, weights)
    percent = agreed(items)

    def figures(sums: Floats) -> Floats:
        observed = percent.figures(sums[:2])
        shares = sums[3:] / sums[2]
        varied = shares.max(axis=0) < 1 - TIE
        expected = np.where(varied, by_chance(shares, weights), 1.0)
        return np.vstack([observed, corrected(observed, expected)])

    return OfSums(np.vstack([percent.adds, items.rated, items.shares.T]), figures)


def share_of_items(counts: Floats, kinds: NDArray[np.int64], estimate: Estimate) -> Estimate:
    """Return percent agreement with Wilson's interval if no item has more than two ratings.

    It is then a share of items. `counts` and `kinds` have shape (k, q) and (k,); `estimate` is
    what stands otherwise.
    """
    if counts.sum(axis=1).max(initial=0) != 2:
        return estimate
    two, same = counts.sum(axis=1) == 2, counts.max(axis=1) == 2
    return wilson(int(kinds @ same), int(kinds @ two), level=estimate.level)


def by_chance(shares: Floats, weights: Floats) -> Floats:
    """Return the agreement by chance, (3, b), from the shares of the values, (q, b)."""
    q = len(weights)
    return np.stack(
        [
            weights.sum() / max(1, q * (q - 1)) * (shares * (1 - shares)).sum(axis=0),
            ((weights @ shares) * shares).sum(axis=0),
            np.full(shares.shape[1], weights.mean()),
        ]
    )


def corrected(observed: Floats, expected: Floats) -> Floats:
    """Return (po - pe) / (1 - pe), NaN where chance alone makes all the same."""
    room = 1 - expected
    return np.divide(observed - expected, room, out=np.full_like(room, np.nan), where=room > TIE)


def quotient(above: Floats, below: Floats) -> Floats:
    """Return above / below, NaN where there is nothing to divide by."""
    return np.divide(above, below, out=np.full_like(below, np.nan), where=below > 0)


def chance_errors(counts: Floats, weights: Floats, kinds: NDArray[np.int64]) -> list[float | None]:
    """Return the standard errors of the figures of `chance`; `kinds` has shape (k,).

    They are Gwet's, by linearisation (2014, section 5.3; 2008 for AC1): of the values that
    `linearised` gives each item. Undefined cases: the figure itself; one item; no spread.
    """
    items = agreeing(counts, weights)
    each, q = kinds.astype(np.float64), len(weights)
    p = each @ items.shares / max(1, each.sum())
    gwet, fleiss, uniform = by_chance(p[:, None], weights)[:, 0].tolist()
    of_items: list[tuple[float, Floats, Floats]] = [
        (0.0, np.zeros(len(counts)), each * items.several),
        (gwet, weights.sum() / max(1, q * (q - 1)) * items.shares @ (1 - p), each),
        (fleiss, items.shares @ weights @ p, each),
        (uniform, np.full(len(counts), uniform), each),
    ]
    return [standard_error(items, expected, added, of) for expected, added, of in of_items]


def standard_error(
    items: Agreeing, expected: float, of_items: Floats, kinds: Floats
) -> float | None:
    """Return the standard error of (po - pe) / (1 - pe), from what each item adds to pe.

    With n items, n' of two ratings or more, an item's value is n / n' (po_i - pe) / (1 - pe), for
    one of fewer ratings 0, less 2 (1 - kappa) (pe_i - pe) / (1 - pe). The variance of their mean
    is that of kappa. `of_items` are the pe_i, shape (k,), whose mean is pe.
    """
    n, several = kinds.sum(), kinds @ items.several
    if n < 2 or not several or 1 - expected <= TIE:
        return None
    room = 1 - expected
    kappa = (kinds @ items.agreeing / several - expected) / room
    own = n / several * (items.agreeing - expected * items.several) / room
    values = own - 2 * (1 - kappa) * (of_items - expected) / room
    variance = float(kinds @ (values - kappa) ** 2) / (n * (n - 1))
    return float(np.sqrt(variance)) if variance > TIE**2 else None
