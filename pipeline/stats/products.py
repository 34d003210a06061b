"""Multiply matrices on one core: what is resampled shares its processor with raters."""

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 2**18  # products of numbers; OpenBLAS spreads more over cores, and waits for the slowest
ROWS = 16  # of a large left side, which more columns then share
FEW = 4  # columns: with fewer at once, going through the left side again and again takes longer


def product(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return left @ right, of shapes (c, k) and (k, b), in steps too small to be spread over cores.

    On a busy machine a product of 10,000 resamples is many times as fast so, and on a quiet one
    about as fast, as each step's numbers stay in the core's cache.

    >>> product(np.array([[1.0, 2.0]]), np.array([[1.0, 0.0], [1.0, 3.0]])).tolist()
    [[3.0, 6.0]]
    """
    (height, k), width = left.shape, right.shape[1]
    rows = height if FEW * left.size <= AT_ONCE else min(height, ROWS)
    columns = AT_ONCE // max(1, rows * k)
    if columns < FEW:
        return left @ right
    found = np.empty((height, width))
    for top in range(0, height, max(1, rows)):
        for start in range(0, width, columns):
            tile = slice(top, top + rows), slice(start, start + columns)
            np.matmul(left[tile[0]], right[:, tile[1]], out=found[tile])
    return found
