"""Place the nodes of Gauss-Hermite quadrature where the effects of each group are likely."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import roots_hermitenorm

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rule:
    """Nodes, shape (m,), and the logarithms of their weights for a standard normal variable.

    >>> rule = normal_rule(3)
    >>> round(float(np.exp(rule.log_weights) @ rule.nodes**2), 12)  # a variance of 1
    1.0
    """

    nodes: Floats
    log_weights: Floats


@dataclass(frozen=True)
class Nodes:
    """Where to look at the effects of g groups and of the c cells in them, in standard deviations.

    `outer` has shape (g, j) and `inner` (c, j, k): the j nodes of each group's effect, and for each
    of them the k nodes of each cell's. The logarithms of the weights hold the normal density.
    """

    outer: Floats
    outer_weights: Floats
    inner: Floats
    inner_weights: Floats


@dataclass(frozen=True)
class Shape:
    """A normal curve that is near what each effect may be, given its scores.

    A group's effect lies around `outer` (g,) with the deviation `outer_spread`. A cell's lies
    around `inner` (c,) with `inner_spread`, moved by `slope` for each unit that the group's
    effect lies off its middle.
    """

    outer: Floats
    outer_spread: Floats
    inner: Floats
    inner_spread: Floats
    slope: Floats


def normal_rule(points: int) -> Rule:
    """Return the Gauss-Hermite rule, exact for polynomials up to the degree 2 * points - 1.

    One point stands at 0 with the weight 1. Raises ValueError for less than one.
    """
    if points < 1:
        raise ValueError(f"quadrature needs at least one point, not {points}")
    nodes, weights = roots_hermitenorm(points)
    return Rule(nodes, np.log(weights / weights.sum()))


def placed(shape: Shape, group_of_cell: NDArray[np.int64], outer: Rule, inner: Rule) -> Nodes:
    """Return the nodes that a rule has on the curves of a shape.

    `group_of_cell` has shape (c,). The integral of f(z) times the standard normal density is the
    weighted sum of f(m + s x) over the rule's nodes x, with the weights w s exp(x^2 / 2 -
    (m + s x)^2 / 2): adaptive quadrature (Liu and Pierce, Biometrika 81, 1994; Pinheiro and
    Bates, J. Comput. Graph. Stat. 4, 1995). With m = 0 and s = 1 it is the plain one.
    """
    off = shape.outer_spread[:, None] * outer.nodes
    outer_nodes = shape.outer[:, None] + off
    middle = shape.inner[:, None] + shape.slope[:, None] * off[group_of_cell]
    inner_nodes = middle[:, :, None] + shape.inner_spread[:, None, None] * inner.nodes
    return Nodes(
        outer_nodes,
        _weights(outer, outer_nodes, shape.outer_spread[:, None]),
        inner_nodes,
        _weights(inner, inner_nodes, shape.inner_spread[:, None, None]),
    )


def _weights(rule: Rule, nodes: Floats, spread: Floats) -> Floats:
    found: Floats = rule.log_weights + rule.nodes**2 / 2 - nodes**2 / 2 + np.log(spread)
    return found
