"""Where the nodes of the ordinal model's quadrature are placed."""

import numpy as np
import pytest

from pipeline.stats.model.cumulative import parameters, scores
from pipeline.stats.model.cumulative_modes import place
from pipeline.stats.model.quadrature import normal_rule


@pytest.mark.parametrize("deviation", [0.5, 3.0, 30.0])
def test_the_middle_node_is_where_no_other_effect_is_likelier(deviation: float) -> None:
    # One group, 30 scores, nearly all of the highest level.
    codes = np.array([1] * 29 + [0])
    data = scores(codes, np.empty((30, 0)), groups=np.zeros(30, dtype=int))
    free = np.array([0.3, deviation])
    nodes = place(parameters(free, data), data, normal_rule(3), normal_rule(1))
    z = np.linspace(-1, 10, 1_100_001)
    density = (
        -29 * np.log1p(np.exp(0.3 - deviation * z))
        - np.logaddexp(0, deviation * z - 0.3)
        - z**2 / 2
    )
    assert nodes.outer[0, 1] == pytest.approx(z[density.argmax()], abs=2e-5)


def test_without_deviations_the_nodes_are_the_plain_ones() -> None:
    data = scores(
        np.array([0, 1, 1, 0, 1, 1]),
        np.empty((6, 0)),
        groups=np.array([0, 0, 0, 1, 1, 1]),
        cells=np.array([0, 1, 1, 0, 0, 1]),
    )
    rule = normal_rule(5)
    nodes = place(parameters(np.array([0.0, 0.0, 0.0]), data), data, rule, rule)
    assert nodes.outer == pytest.approx(np.tile(rule.nodes, (2, 1)))
    assert nodes.inner == pytest.approx(np.broadcast_to(rule.nodes, (4, 5, 5)))
    assert nodes.outer_weights == pytest.approx(np.tile(rule.log_weights, (2, 1)))
