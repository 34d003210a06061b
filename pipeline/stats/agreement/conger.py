"""Conger's kappa of any number of raters, each by chance giving values as often as they did."""

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.agreement.chance import agreed, agreeing, corrected, quotient, standard_error
from pipeline.stats.agreement.kinds import one_hot, value_counts
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.sums import OfSums

Floats = NDArray[np.float64]


def conger_kappa(ratings: Ratings, weights: Floats) -> OfSums:
    """Return Conger's kappa of samples of items.

    `ratings` has one item of each kind, `weights` has shape (q, q). Observed agreement is percent
    agreement, agreement by chance the mean over all pairs of raters g, h of sum_kl w_kl p_gk p_hl,
    p_gk being the share of k among the ratings of g (Conger, Psychol. Bull. 88, 1980; Gwet 2014,
    chapter 5, for missing ratings and weights). Of two raters of the same items it is Cohen's
    kappa. Raters without a rating in a sample do not count in it.

    NaN without an item of two ratings, and where all ratings are the same.

    Raters who gave 0, 0, 1, 1 and 0, 1, 1, 1: po is 3/4, pe (2 * 1 + 2 * 3) / 16 = 1/2.

    >>> scale = np.array([0.0, 1.0])
    >>> of = conger_kappa(Ratings(np.array([[0, 0, 1, 1], [0, 1, 1, 1]]), scale), np.eye(2))
    >>> of(np.ones((1, 4))).tolist()
    [[0.5]]
    """
    percent = agreed(agreeing(value_counts(ratings), weights))
    raters, n = ratings.codes.shape
    given = one_hot(ratings).transpose(0, 2, 1).reshape(raters * ratings.q, n)

    def figures(sums: Floats) -> Floats:
        shares, present = _shares(sums[2:].reshape(raters, ratings.q, sums.shape[1]))
        expected = quotient(_between(shares, weights), present * (present - 1.0))
        return corrected(percent.figures(sums[:2]), expected[None])

    return OfSums(np.vstack([percent.adds, given]), figures)


def _shares(given: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Return each rater's shares of the values, and how many raters gave any."""
    each = given.sum(axis=1, keepdims=True)
    return given / np.maximum(each, 1), (each > 0).sum(axis=(0, 1))


def _between(shares: Floats, weights: Floats) -> Floats:
    """Return sum w p_g p_h over all pairs of different raters, from shape (raters, q, b)."""
    total = shares.sum(axis=0)
    of_all = ((weights @ total) * total).sum(axis=0)
    found: Floats = of_all - ((weights @ shares) * shares).sum(axis=(0, 1))
    return found


def conger_error(ratings: Ratings, weights: Floats, kinds: NDArray[np.int64]) -> float | None:
    """Return the standard error of Conger's kappa by linearisation (Gwet 2014, section 5.3).

    An item adds to the agreement by chance of each of its raters g with the others, w p_h of the
    value that g gave, in place of that of the values that g gives at all. `kinds` has shape (k,).
    """
    given = one_hot(ratings)
    raters, n = len(given), kinds.sum()
    each = np.einsum("gik,i->g", given, kinds)
    if raters < 2 or not each.all():
        return None
    shares = np.einsum("gik,i->gk", given, kinds) / each[:, None]
    others = (shares.sum(axis=0) - shares) @ weights  # (raters, q)
    usual = (others * shares).sum(axis=1)
    there = ratings.given
    own = np.einsum("gik,gk->gi", given, others) - there * usual[:, None]
    pairs = raters * (raters - 1)
    of_items = ((n / each)[:, None] * own + usual[:, None]).sum(axis=0) / pairs
    expected = float(usual.sum()) / pairs
    items = agreeing(value_counts(ratings), weights)
    return standard_error(items, expected, of_items, kinds.astype(np.float64))
