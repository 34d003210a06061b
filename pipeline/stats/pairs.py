"""Cohen's kappa of every two raters, with what distorts it."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.alpha import ONE_VALUE
from pipeline.stats.chance import corrected
from pipeline.stats.intervals import RATED_ITEMS, Estimate, Resampling, Undefined, bootstrap
from pipeline.stats.ratings import Ratings
from pipeline.stats.sums import OfSums
from pipeline.stats.weights import agreement_weights

Floats = NDArray[np.float64]

NO_SHARED = Undefined("no_pairs", "the two raters rated no item in common; one is enough")
SCHEMES = ("identity", "linear", "quadratic")


@dataclass(frozen=True)
class Pair:
    """How two raters, by their places `a` and `b`, agree on the `n` items that both rated.

    `table` has shape (q, q): how often a gave the row's value where b gave the column's. The
    indices are None without such an item.
    """

    a: int
    b: int
    n: int
    kappa: Estimate
    linear: Estimate
    quadratic: Estimate
    table: NDArray[np.int64]
    prevalence_index: float | None
    bias_index: float | None
    pabak: float | None


def pairs(ratings: Ratings, *, plan: Resampling) -> tuple[Pair, ...]:
    """Return Cohen's kappas of every two raters over the items that both rated.

    >>> found, = pairs(
    ...     Ratings(np.array([[0, 0, 1, 1], [0, 1, 1, 1]]), np.array([0.0, 1.0])),
    ...     plan=Resampling(0.95, 100, seed=7),
    ... )
    >>> found.n, found.kappa.value, found.pabak, found.prevalence_index, found.bias_index
    (4, 0.5, 0.5, 0.25, 0.25)
    """
    return tuple(_pair(ratings, a, b, plan) for a, b in combinations(range(len(ratings.codes)), 2))


def _pair(ratings: Ratings, a: int, b: int, plan: Resampling) -> Pair:
    table = cross_table(ratings, a, b)
    n = int(table.sum())
    kappas = cohen_kappas([agreement_weights(name, ratings.levels) for name in SCHEMES])
    why = [ONE_VALUE if n else NO_SHARED] * len(SCHEMES)
    kappa, linear, quadratic = bootstrap(
        kappas, table.ravel(), plan=plan, undefined=why, of=RATED_ITEMS
    )
    return Pair(a, b, n, kappa, linear, quadratic, table, *_indices(table))


def cross_table(ratings: Ratings, a: int, b: int) -> NDArray[np.int64]:
    """Return how often two raters gave which values to the items that both rated, shape (q, q)."""
    shared = ratings.codes[:, np.flatnonzero(ratings.given[[a, b]].all(axis=0))]
    cells = np.bincount(shared[a] * ratings.q + shared[b], minlength=ratings.q**2)
    return cells.reshape(ratings.q, ratings.q)


def cohen_kappas(weights: list[Floats]) -> OfSums:
    """Return Cohen's kappas of samples of the q * q cells of a table, one for each weights (q, q).

    Kappa is (po - pe) / (1 - pe): po is the mean weight of the items, pe what it would be if each
    rater drew their values by chance from their own (Cohen, Educ. Psychol. Meas. 20, 1960; with
    weights, Psychol. Bull. 70, 1968). NaN without an item, and where chance leaves no room.
    """
    q = weights[0].shape[0]
    cells = np.eye(q * q).reshape(q * q, q, q)
    columns = np.hstack(
        [cells.sum(axis=2), cells.sum(axis=1), np.stack([w.ravel() for w in weights], axis=1)]
    )

    def figures(sums: Floats) -> Floats:
        of_a, of_b, same = np.split(sums, [q, 2 * q], axis=1)
        n = of_a.sum(axis=1)
        found = [
            corrected(own / n, ((of_a @ w) * of_b).sum(axis=1) / (n * n))
            for w, own in zip(weights, same.T, strict=True)
        ]
        return np.stack(found, axis=1)

    return OfSums(columns, figures)


def _indices(table: NDArray[np.int64]) -> tuple[float | None, float | None, float | None]:
    n, q = int(table.sum()), len(table)
    if not n or q < 2:
        return None, None, None
    of_a, of_b = table.sum(axis=1) / n, table.sum(axis=0) / n
    room = (q - 1) / q
    prevalence = np.sqrt(max(0.0, float((((of_a + of_b) / 2) ** 2).sum()) - 1 / q) / room)
    bias = np.sqrt(float((((of_a - of_b) / 2) ** 2).sum()) / room)
    agreeing = float(np.trace(table)) / n
    return float(prevalence), float(bias), (agreeing - 1 / q) / room
