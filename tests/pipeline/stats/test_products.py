"""A product in steps is the whole product."""

import numpy as np
import pytest

from pipeline.stats.products import product


@pytest.mark.parametrize(
    ("height", "k", "width"),
    [(3, 1, 9), (3, 300, 900), (40, 3000, 70), (3, 70_000, 30), (0, 5, 7), (5, 0, 7), (5, 7, 0)],
)
def test_a_product_in_steps_is_the_whole_product(height: int, k: int, width: int) -> None:
    rng = np.random.default_rng(5)
    left, right = rng.integers(0, 9, (height, k)), rng.integers(0, 9, (width, k)).T
    for a, b in ((left, right), (left.astype(float), np.ascontiguousarray(right, dtype=float))):
        assert np.array_equal(product(a, b), left @ right)
