"""Ratings as the statistics take them: raters by items, on a declared scale, with gaps."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

MISSING = -1

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Ratings:
    """Who gave which value of a scale to which item.

    `codes` has shape (raters, items): the place of each value in `levels`, -1 where there is
    none. `levels` has shape (q,): the values of the declared scale, rising, whether or not
    anybody gave them. `clusters` has shape (items,): the question that each item is about, as a
    place from 0; None where each is about one of its own, and so may be drawn by itself.
    """

    codes: Codes
    levels: NDArray[np.float64]
    clusters: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        if self.codes.ndim != 2:
            raise ValueError(f"ratings have the shape raters by items, not {self.codes.shape}")
        if not (np.diff(self.levels) > 0).all():
            raise ValueError(f"the levels of a scale rise: {self.levels.tolist()}")
        if self.codes.size and not MISSING <= self.codes.min() <= self.codes.max() < self.q:
            raise ValueError(f"a rating lies off the scale of {self.q} levels")
        if self.clusters is not None and self.clusters.shape != self.codes.shape[1:]:
            raise ValueError(f"each item is in one cluster, not {self.clusters.shape} of them")

    @property
    def q(self) -> int:
        """How many values the declared scale has."""
        return int(self.levels.size)

    @property
    def given(self) -> NDArray[np.bool_]:
        """Return where there is a rating, shape (raters, items)."""
        given: NDArray[np.bool_] = self.codes != MISSING
        return given

    @property
    def clustered(self) -> bool:
        """Return whether several items may be about one question."""
        return self.clusters is not None

    def clusters_at(
        self, places: NDArray[np.int64] | NDArray[np.bool_]
    ) -> NDArray[np.int64] | None:
        return None if self.clusters is None else self.clusters[places]

    def of_items(self, places: NDArray[np.int64] | NDArray[np.bool_]) -> "Ratings":
        return Ratings(self.codes[:, places], self.levels, self.clusters_at(places))

    def of_raters(self, places: NDArray[np.int64] | NDArray[np.bool_]) -> "Ratings":
        return Ratings(self.codes[places], self.levels, self.clusters)


def ratings(values: ArrayLike, levels: Sequence[float]) -> Ratings:
    """Return ratings from values, shape (raters, items), NaN where missing.

    Raises ValueError for a value that the scale does not have.

    >>> ratings([[0, 2, np.nan], [1, 2, 2]], levels=(0, 1, 2)).codes.tolist()
    [[0, 2, -1], [1, 2, 2]]
    """
    array = np.asarray(values, dtype=np.float64)
    scale = np.asarray(levels, dtype=np.float64)
    codes = np.full(array.shape, MISSING, dtype=np.int64)
    for code, level in enumerate(scale):
        codes[array == level] = code
    off = ~np.isnan(array) & (codes == MISSING)
    if off.any():
        raise ValueError(f"{array[off][0]:g} is not on the scale {scale.tolist()}")
    return Ratings(codes, scale)
