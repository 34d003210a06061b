"""Gauss-Hermite quadrature against integrals that are known."""

import numpy as np
import pytest

from pipeline.stats.model.quadrature import Shape, normal_rule, placed


@pytest.mark.parametrize(("points", "degree"), [(1, 0), (2, 2), (3, 4), (7, 12)])
def test_a_rule_is_exact_up_to_its_degree(points: int, degree: int) -> None:
    rule = normal_rule(points)
    weights = np.exp(rule.log_weights)
    # The moments of a standard normal variable of even order are 1, 1, 3, 15, 105, …
    for order in range(0, degree + 1, 2):
        moment = float(np.prod(np.arange(order - 1, 0, -2)))
        assert weights @ rule.nodes**order == pytest.approx(moment)


def test_no_point_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one point"):
        normal_rule(0)


def test_nodes_that_follow_the_ridge_integrate_a_product_that_plain_ones_miss() -> None:
    # A normal density with mean 6 and deviation 0.1 times the prior's, N(0, 1): the integral is
    # the density of 6 with the variance 1 + 0.01. Far off, so that few plain nodes see nothing.
    spread = 1 / np.sqrt(1 + 1 / 0.01)
    shape = Shape(
        outer=np.array([6 / 1.01]),
        outer_spread=np.array([spread]),
        inner=np.array([0.0]),
        inner_spread=np.array([1.0]),
        slope=np.array([0.0]),
    )
    nodes = placed(shape, np.array([0]), normal_rule(3), normal_rule(1))
    density = np.exp(-(((nodes.outer - 6) / 0.1) ** 2) / 2) / (0.1 * np.sqrt(2 * np.pi))
    found = float((np.exp(nodes.outer_weights) * density).sum())
    assert found == pytest.approx(np.exp(-36 / 1.01 / 2) / np.sqrt(2 * np.pi * 1.01), rel=1e-9)
    assert nodes.inner.shape == (1, 3, 1)
