"""The likelihood of the ordinal model against integration by brute force."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.stats.model.cumulative import Scores, log_likelihood, parameters, scores
from pipeline.stats.model.cumulative_modes import place
from pipeline.stats.model.quadrature import normal_rule

FREE = np.array([-0.7, np.log(1.6), 0.4, -0.9, 0.8, 0.5])
THRESHOLDS, EFFECTS, DEVIATIONS = np.array([-0.7, 0.9]), np.array([0.4, -0.9]), (0.8, 0.5)


def drawn(groups: int = 6, cells: int = 2, each: int = 3) -> tuple[NDArray[np.int64], ...]:
    rng = np.random.default_rng(5)
    n = groups * cells * each
    group = np.repeat(np.arange(groups), cells * each)
    cell = np.tile(np.repeat(np.arange(cells), each), groups)
    return rng.integers(3, size=n), rng.integers(2, size=(n, 2)), group, cell


def brute(codes: NDArray[np.int64], fixed: NDArray[np.float64], *, nest: list[NDArray]) -> float:
    """The log likelihood by the trapezoid rule on 401 × 401 values, as one would write it down."""
    z = np.linspace(-9, 9, 401)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) * (z[1] - z[0])
    edges = np.concatenate([[-np.inf], THRESHOLDS, [np.inf]])
    total = 0.0
    for cells in nest:
        whole = np.ones_like(z)  # of the group's effect
        for members in cells:
            inside = np.ones((z.size, z.size))
            for i in members:
                x = fixed[i] @ EFFECTS + DEVIATIONS[0] * z[:, None] + DEVIATIONS[1] * z
                upper, lower = (1 / (1 + np.exp(x - edges[codes[i] + k])) for k in (1, 0))
                inside *= upper - lower
            whole *= inside @ density
        total += np.log(whole @ density)
    return float(total)


def test_nested_quadrature_is_what_brute_force_finds() -> None:
    codes, fixed, group, cell = drawn(3)
    data = scores(codes, fixed.astype(float), groups=group, cells=cell)
    nest = [
        [np.flatnonzero((group == g) & (cell == c)) for c in np.unique(cell)]
        for g in np.unique(group)
    ]
    expected = brute(codes, fixed.astype(float), nest=nest)
    for points, off in ((5, 1e-4), (9, 1e-6), (15, 1e-9)):
        rule = normal_rule(points)
        nodes = place(parameters(FREE, data), data, rule, rule)
        assert log_likelihood(FREE, data, nodes).log == pytest.approx(expected, abs=off)


@pytest.mark.parametrize("random", [0, 1, 2])
def test_the_slopes_are_those_of_finite_differences(random: int) -> None:
    codes, fixed, group, cell = drawn()
    nested = {"groups": group, "cells": cell}
    data = scores(codes, fixed.astype(float), **dict(list(nested.items())[:random]))
    free = FREE[: 4 + random]
    rules = [normal_rule(5 if depth < random else 1) for depth in range(2)]
    nodes = place(parameters(free, data), data, rules[0], rules[1])
    apart = [
        log_likelihood(free + h, data, nodes).log - log_likelihood(free - h, data, nodes).log
        for h in np.eye(free.size) * 1e-5
    ]
    assert log_likelihood(free, data, nodes).slope == pytest.approx(np.array(apart) / 2e-5)


def test_groups_that_hold_the_same_are_looked_at_once_and_count_as_many() -> None:
    codes, fixed, group, cell = drawn(4)
    once = scores(codes, fixed.astype(float), groups=group, cells=cell)
    thrice = scores(
        np.tile(codes, 3),
        np.tile(fixed.astype(float), (3, 1)),
        groups=np.concatenate([group, group + 10, group + 20]),
        cells=np.tile(cell, 3),
    )
    assert thrice.codes.size == once.codes.size
    assert found(thrice) == pytest.approx(3 * found(once), rel=1e-12)


def test_scores_of_one_cell_are_not_taken_for_those_of_two() -> None:
    codes, fixed = np.array([0, 2, 1, 1]), np.zeros((4, 2))
    group = np.array([0, 0, 1, 1])
    apart = scores(codes, fixed, groups=group, cells=np.array([0, 1, 0, 1]))
    joined = scores(codes, fixed, groups=group, cells=np.zeros(4, dtype=int))
    assert found(apart) != pytest.approx(found(joined), abs=1e-3)


def test_a_score_whose_chance_is_next_to_nothing_breaks_no_number() -> None:
    data = scores(np.array([0, 1, 2, 0]), np.array([[1.0], [-1.0], [1.0], [0.0]]))
    free = np.array([0.0, -800.0, 2000.0])
    nodes = place(parameters(free, data), data, normal_rule(1), normal_rule(1))
    assert np.isfinite(log_likelihood(free, data, nodes).log)


def found(data: Scores) -> float:
    rule = normal_rule(7)
    return log_likelihood(FREE, data, place(parameters(FREE, data), data, rule, rule)).log
