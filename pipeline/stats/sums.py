"""Figures that depend on sums over items only, so that many samples cost one matrix product."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.intervals import Weights

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class OfSums:
    """Figures of samples: `figures` of the sums over their items of the `columns`.

    `columns` has shape (k, c): what one item of each of k kinds adds to c sums. `figures` takes
    shape (b, c), the sums of b samples, and returns (b, f).
    """

    columns: Floats
    figures: Callable[[Floats], Floats]

    def __call__(self, samples: Weights) -> Floats:
        return self.figures(samples @ self.columns)


def together(parts: Sequence[OfSums]) -> OfSums:
    """Return the figures of all parts, side by side, from one matrix product.

    >>> mean = OfSums(np.array([[2.0, 1.0], [4.0, 1.0]]), lambda sums: sums[:, :1] / sums[:, 1:])
    >>> count = OfSums(np.ones((2, 1)), lambda sums: sums)
    >>> together([mean, count])(np.array([[1.0, 1.0], [3.0, 1.0]])).tolist()
    [[3.0, 2.0], [2.5, 4.0]]
    """
    ends = np.cumsum([part.columns.shape[1] for part in parts])[:-1]

    def figures(sums: Floats) -> Floats:
        each = np.split(sums, ends, axis=1)
        return np.hstack([part.figures(own) for part, own in zip(parts, each, strict=True)])

    return OfSums(np.hstack([part.columns for part in parts]), figures)
