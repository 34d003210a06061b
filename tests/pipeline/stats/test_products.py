"""A product in steps is the whole product."""

import numpy as np
import pytest

from pipeline.stats.products import product


@pytest.mark.parametrize("k", [1, 300, 70_000], ids=["at once", "in steps", "too large for steps"])
def test_a_product_in_steps_is_the_whole_product(k: int) -> None:
    rng = np.random.default_rng(5)
    left, right = rng.integers(0, 9, (3, k)), rng.integers(0, 9, (2_000_000 // k + 1, k))[:1000].T
    assert np.array_equal(product(left, right), left @ right)
    in_rows = product(left.astype(np.float64), np.ascontiguousarray(right, dtype=np.float64))
    assert np.array_equal(in_rows, left @ right)
