"""How well labellers match each other: the yardstick for a detector."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.agreement.alpha import NO_PAIRS, ONE_VALUE
from pipeline.stats.ratings import MISSING
from pipeline.stats.resampling.intervals import (
    RATED_ITEMS,
    Estimate,
    Resampling,
    Undefined,
    bootstrap,
    wilson,
)

NO_PRESENCE = Undefined("no_positives", 'no labeller of a pair said "yes"')
NO_LABELS = Undefined("no_labels", "no labeller of a pair gave a label")


@dataclass(frozen=True)
class Between:
    """How well labellers match each other, over all pairs of answers to the same item.

    `pairs` are these pairs of answers, on `items`. `labels_f1` is micro-averaged over the labels.
    """

    pairs: int
    items: int
    accuracy: Estimate
    f1: Estimate
    kappa: Estimate
    labels_f1: Estimate


def between(presence: NDArray[np.int64], labels: NDArray[np.bool_], *, plan: Resampling) -> Between:
    """Return how well the answers to the same item match, over every pair of them.

    `presence` has shape (raters, items): 1 for yes, 0 for no, -1 where there is no such answer.
    `labels` has shape (raters, items, labels): which labels a rater gave, none where missing.

    One answer of a pair stands for the truth and the other for what is found; each pair counts
    both ways, so that no order of the raters matters. An item with y "yes" among k answers has
    y (y - 1) / 2 pairs of both, (k - y) (k - y - 1) / 2 of neither and y (k - y) that differ.
    With these summed over the items as B, N and D: accuracy is (B + N) / (B + N + D), F1 is
    2 B / (2 B + D), and kappa has the chance agreement p^2 + (1 - p)^2, p = (2 B + D) / (2 (B + N
    + D)): of two raters this is Scott's pi, which their Cohen's kappa equals if both say "yes"
    equally often; of more, with as many answers to each item, it is Fleiss' kappa. For labels B and
    D are summed over the labels too. The interval is the bootstrap's over items, an item keeping
    all its answers; where every item has exactly two answers, accuracy is a share of items and has
    Wilson's.

    Undefined cases: no pairs; F1 without any "yes", or without any label; kappa of answers that
    are all the same.

    Two raters, five items, one of which they see differently: B = 2, N = 2, D = 1, so F1 is 4 / 5.

    >>> found = between(
    ...     np.array([[1, 1, 1, 0, 0], [1, 1, 0, 0, 0]]), np.zeros((2, 5, 3), dtype=bool),
    ...     plan=Resampling(level=0.95, resamples=100, seed=1),
    ... )
    >>> found.accuracy.value, found.f1.value, round(found.kappa.value, 9), found.labels_f1.code
    (0.8, 0.8, 0.6, 'no_labels')
    """
    answered = (presence != MISSING).sum(axis=0)
    both, neither, differ = _pairs((presence == 1).sum(axis=0), answered)
    given = (labels & (presence != MISSING)[:, :, None]).sum(axis=0)  # (items, labels)
    shared, _, unshared = _pairs(given, answered[:, None])
    counts = np.column_stack((both, neither, differ, shared.sum(axis=1), unshared.sum(axis=1)))
    counts = counts[answered > 1]
    kinds, items = np.unique(counts, axis=0, return_counts=True)
    why = _why(counts.sum(axis=0))

    def figures(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return _figures(*(weights @ kinds).T)

    accuracy, f1, kappa, labels_f1 = bootstrap(
        figures, items, plan=plan, undefined=why, of=RATED_ITEMS
    )
    if kinds.size and (counts[:, :3].sum(axis=1) == 1).all():
        accuracy = wilson(int(counts[:, :2].sum()), len(counts), level=plan.level)
    return Between(int(counts[:, :3].sum()), len(counts), accuracy, f1, kappa, labels_f1)


def _pairs(
    yes: NDArray[np.int64], answers: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    no = answers - yes
    return yes * (yes - 1) // 2, no * (no - 1) // 2, yes * no


def _why(sums: NDArray[np.int64]) -> Sequence[Undefined]:
    if not sums[:3].sum():
        return [NO_PAIRS] * 4
    return [NO_PAIRS, NO_PRESENCE, ONE_VALUE, NO_LABELS]


def _figures(
    both: NDArray[np.float64],
    neither: NDArray[np.float64],
    differ: NDArray[np.float64],
    shared: NDArray[np.float64],
    unshared: NDArray[np.float64],
) -> NDArray[np.float64]:
    pairs = both + neither + differ
    yes = _share(2 * both + differ, 2 * pairs)
    agreement = _share(both + neither, pairs)
    chance = yes**2 + (1 - yes) ** 2
    return np.column_stack(
        (
            agreement,
            _share(2 * both, 2 * both + differ),
            _share(agreement - chance, 1 - chance),
            _share(2 * shared, 2 * shared + unshared),
        )
    )


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide; NaN where there is nothing to divide by."""
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole != 0)
