"""How far two detectors differ on the same items: each figure's difference, and where they err."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.labels.detection import McNemar, f1_kappa_mcc, mcnemar
from pipeline.stats.resampling.intervals import (
    NO_ITEMS,
    Estimate,
    Resampling,
    Undefined,
    Weights,
    bootstrap,
)

FIGURES = ("accuracy", "precision", "recall", "specificity", "f1", "kappa", "mcc", "labels_f1")
FOR_ONE = Undefined("undefined_for_one", "the figure is undefined for one of the two detectors")

Labels = NDArray[np.bool_]


@dataclass(frozen=True)
class Differences:
    """What the first detector has more of each figure than the second, on the same items.

    `tests` say whether they are right equally often: of all items ("accuracy"), of those with a
    distortion ("recall"), of those without one ("specificity").
    """

    figures: dict[str, Estimate]
    tests: dict[str, McNemar]


def differences(
    present: NDArray[np.bool_], labels: tuple[Labels, Labels, Labels], *, plan: Resampling
) -> Differences:
    """Return how far two detectors differ.

    `present` has shape (3, n): what the gold, the first and the second detector say of each item;
    `labels` are the labels that these three give, each of shape (n, L).

    A difference is that of the two detectors' figures as `binary_quality` has them, and of micro F1
    over labels. Its interval is the bootstrap's over items: an item is drawn with the gold and both
    detections, so that what they share does not widen it. The tests are McNemar's, exact.

    Undefined cases: no items; a figure that is undefined for one of the two, as precision is for
    a detector that finds nothing.

    Five items, three with a distortion. The first misses one of these, the second one too and flags
    one wrongly: 4/5 - 3/5 in accuracy, 2/3 - 2/3 in recall, 2/2 - 1/2 in specificity.

    >>> said = np.array([[1, 1, 1, 0, 0], [1, 1, 0, 0, 0], [1, 0, 1, 0, 1]], dtype=bool)
    >>> none = np.zeros((5, 1), dtype=bool)
    >>> plan = Resampling(level=0.95, resamples=200, seed=7)
    >>> found = differences(said, (none, none, none), plan=plan)
    >>> [round(found.figures[name].value, 3) for name in ("accuracy", "recall", "specificity")]
    [0.2, 0.0, 0.5]
    >>> [(test.only_a, test.only_b) for test in found.tests.values()]
    [(2, 1), (1, 1), (1, 0)]
    """
    gold, first, second = present
    if not gold.size == len(labels[0]) == len(labels[1]) == len(labels[2]):
        raise ValueError(
            f"{gold.size} items, with labels of {', '.join(str(len(x)) for x in labels)}"
        )
    told = np.hstack([_cells(gold, first), _cells(gold, second), _counts(*labels)])
    kinds, items = np.unique(told, axis=0, return_counts=True)
    estimates = bootstrap(
        lambda weights: _figures(kinds, weights),
        items,
        plan=plan,
        undefined=[FOR_ONE if gold.size else NO_ITEMS] * len(FIGURES),
    )
    right = present[1:] == gold
    those = {"accuracy": gold | True, "recall": gold, "specificity": ~gold}
    return Differences(
        figures=dict(zip(FIGURES, estimates, strict=True)),
        tests={name: _test(right[:, of]) for name, of in those.items()},
    )


def _cells(gold: NDArray[np.bool_], found: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return in which cell of the 2×2 table each item is, shape (n, 4)."""
    cells = [gold & found, ~gold & found, gold & ~found, ~gold & ~found]
    return np.stack(cells, axis=1).astype(np.int64)


def _counts(gold: Labels, first: Labels, second: Labels) -> NDArray[np.int64]:
    """Return for each detector twice the labels found rightly, and all that it or the gold has."""
    columns = [
        column
        for found in (first, second)
        for column in (2 * (gold & found).sum(axis=1), gold.sum(axis=1) + found.sum(axis=1))
    ]
    return np.stack(columns, axis=1).astype(np.int64)


def _figures(kinds: NDArray[np.int64], weights: Weights) -> NDArray[np.float64]:
    counted = (kinds.T.astype(np.float64) @ weights.T).T
    first, second, labels = np.split(counted, [4, 8], axis=1)
    of_labels = labels[:, 0] / labels[:, 1] - labels[:, 2] / labels[:, 3]
    return np.column_stack([_of_table(first) - _of_table(second), of_labels])


def _of_table(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    tp, fp, fn, tn = cells.T
    shares = [(tp + tn) / cells.sum(axis=1), tp / (tp + fp), tp / (tp + fn), tn / (tn + fp)]
    return np.column_stack([*shares, f1_kappa_mcc(cells)])


def _test(right: NDArray[np.bool_]) -> McNemar:
    first, second = right
    return mcnemar(int((first & ~second).sum()), int((second & ~first).sum()))
