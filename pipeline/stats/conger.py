"""Conger's kappa of any number of raters, each by chance giving values as often as they did."""

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.chance import corrected, percent_agreement
from pipeline.stats.kinds import one_hot, value_counts
from pipeline.stats.ratings import Ratings
from pipeline.stats.sums import OfSums

Floats = NDArray[np.float64]


def conger_kappa(ratings: Ratings, weights: Floats) -> OfSums:
    """Return Conger's kappa of samples of items, one figure each.

    `ratings` has one item of each kind, `weights` has shape (q, q). Observed agreement is that of
    `percent_agreement`, agreement by chance the mean over all pairs of raters g, h of
    sum_kl w_kl p_gk p_hl, p_gk being the share of k among the ratings of g (Conger, Psychol.
    Bull. 88, 1980; Gwet 2014, chapter 5, for missing ratings and weights). Of two raters of the
    same items it is Cohen's kappa. Raters without a rating in a sample do not count in it.

    NaN without an item of two ratings, and where all ratings are the same.

    Raters who gave 0, 0, 1, 1 and 0, 1, 1, 1: po is 3/4, pe (2 * 1 + 2 * 3) / 16 = 1/2.

    >>> scale = np.array([0.0, 1.0])
    >>> of = conger_kappa(Ratings(np.array([[0, 0, 1, 1], [0, 1, 1, 1]]), scale), np.eye(2))
    >>> of(np.ones((1, 4))).tolist()
    [[0.5]]
    """
    observed = percent_agreement(value_counts(ratings), weights)
    raters, items = ratings.codes.shape
    given = one_hot(ratings).transpose(1, 0, 2).reshape(items, raters * ratings.q)

    def figures(sums: Floats) -> Floats:
        own = sums[:, 2:].reshape(-1, raters, ratings.q)
        each = own.sum(axis=2, keepdims=True)
        shares = own / np.maximum(each, 1)
        present = (each > 0).sum(axis=(1, 2))
        expected = _between(shares, weights) / (present * (present - 1))
        return corrected(observed.figures(sums[:, :2])[:, 0], expected)[:, None]

    return OfSums(np.hstack([observed.columns, given]), figures)


def _between(shares: Floats, weights: Floats) -> Floats:
    """Return sum w p_g p_h over all pairs of different raters, from shape (b, raters, q)."""
    total = shares.sum(axis=1)
    of_all = ((total @ weights) * total).sum(axis=1)
    found: Floats = of_all - ((shares @ weights) * shares).sum(axis=(1, 2))
    return found
