"""The likelihood of ordered scores with fixed effects and nested random ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.quadrature import Nodes, Rule, Shape, placed

FARTHEST = 300.0  # in log odds: exp(600) is still a number
LONGEST = 2.0  # how far one step to a mode may go, in log odds
STEPS = 50
NEAR = 1e-8

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Scores:
    """Scores, sorted by group and cell, the same groups counted once.

    `codes` (n,) are places on the scale of `q` levels, each of which somebody gave; `fixed` (n, p)
    are what the fixed effects are multiplied by. A score belongs to the cell `cell` (n,), a cell to
    the group `group_of_cell` (c,), a group stands for `times` (g,) ones. `random` is how many of
    the two have an effect of their own: 0 none, 1 the groups, 2 the cells too.
    """

    codes: Places
    fixed: Floats
    q: int
    cell: Places
    group_of_cell: Places
    times: Floats
    random: int

    @property
    def parameters(self) -> int:
        return self.q - 1 + int(self.fixed.shape[1]) + self.random


@dataclass(frozen=True)
class Parameters:
    """What is estimated: `thresholds` rise, `deviations` are those of groups and cells."""

    thresholds: Floats
    effects: Floats
    deviations: Floats


@dataclass(frozen=True)
class Likelihood:
    """The logarithm of the likelihood.

    `slopes` has shape (g, m): each group's along the m free parameters; it stands for `times` ones.
    """

    log: float
    slopes: Floats
    times: Floats

    @property
    def slope(self) -> Floats:
        found: Floats = self.times @ self.slopes
        return found


def scores(
    codes: Places, fixed: Floats, *, groups: Places | None = None, cells: Places | None = None
) -> Scores:
    """Return scores ready for the likelihood.

    `codes` has shape (n,): whole numbers from 0, all of them used up to the highest. `fixed` has
    shape (n, p). `groups` and `cells` have shape (n,): any whole numbers; scores with equal ones
    share the random effect of their group, and of their cell in it. Without `groups` there are no
    random effects, without `cells` only those of groups.
    """
    n = codes.size
    random = 0 if groups is None else 1 if cells is None else 2
    group = np.arange(n) if groups is None else groups
    cell = np.zeros(n, dtype=np.int64) if cells is None else cells
    _, row = np.unique(fixed, axis=0, return_inverse=True)
    order = np.lexsort((codes, row.ravel(), cell, group))
    kept, times = _distinct(group[order], np.stack([cell, row.ravel(), codes], axis=1)[order])
    order = order[kept]
    group, cell = group[order], cell[order]
    new_group = np.diff(group, prepend=group[:1] - 1) != 0
    new_cell = new_group | (np.diff(cell, prepend=cell[:1]) != 0)
    return Scores(
        codes=codes[order],
        fixed=fixed[order],
        q=int(codes.max()) + 1,
        cell=np.cumsum(new_cell) - 1,
        group_of_cell=(np.cumsum(new_group) - 1)[new_cell],
        times=times,
        random=random,
    )


def _distinct(group: Places, what: Places) -> tuple[Places, Floats]:
    """Return the places of the first of all groups that hold the same, and how many each has."""
    starts = np.flatnonzero(np.diff(group, prepend=group[:1] - 1))
    ends = np.append(starts[1:], group.size)
    first: dict[bytes, tuple[int, int]] = {}
    times: dict[bytes, int] = {}
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        key = what[start:end].tobytes()
        first.setdefault(key, (start, end))
        times[key] = times.get(key, 0) + 1
    kept = np.concatenate([np.arange(start, end) for start, end in first.values()])
    return kept, np.array(list(times.values()), dtype=np.float64)


def parameters(free: Floats, data: Scores) -> Parameters:
    """Return the parameters from the free ones: the logarithms of the thresholds' distances.

    The deviations are free to be negative, which means the same as positive: so that one of 0 is
    a place like any other, and can be found.
    """
    gaps = data.q - 1
    thresholds = np.cumsum(np.concatenate([free[:1], _exp(free[1:gaps])]))
    return Parameters(
        thresholds, free[gaps : free.size - data.random], free[free.size - data.random :]
    )


def place(found: Parameters, data: Scores, outer: Rule, inner: Rule) -> Nodes:
    """Return nodes around the likeliest effects of groups and cells, found by Newton's method.

    The logarithm of a group's joint density is concave in its effect and its cells' effects. Its
    second derivatives form an arrow, so that each step solves one equation for a group.
    """
    groups, cells = data.times.size, data.group_of_cell.size
    to_group, to_cell = _two(found.deviations)
    z, w = np.zeros(groups), np.zeros(cells)
    likely = _OneNode(found, data)
    arrow = likely.arrow(z, w)
    for _ in range(STEPS):
        dz, dw = arrow.step(z, w)
        moved = np.abs(to_group * dz[data.group_of_cell]) + np.abs(to_cell * dw)
        longest = np.zeros(groups)
        np.maximum.at(longest, data.group_of_cell, moved)
        short = np.minimum(1, LONGEST / np.maximum(longest, LONGEST))
        z, w = z + short * dz, w + short[data.group_of_cell] * dw
        arrow = likely.arrow(z, w)
        if max(np.abs(dz).max(), np.abs(dw).max()) < NEAR:
            break
    spread = 1 / np.sqrt(arrow.outer), 1 / np.sqrt(arrow.inner)
    shape = Shape(z, spread[0], w, spread[1], -arrow.cross / arrow.inner)
    return placed(shape, data.group_of_cell, outer, inner)


def _two(deviations: Floats) -> tuple[float, float]:
    padded = [*deviations.tolist(), 0.0, 0.0]
    return padded[0], padded[1]


class _OneNode:
    """How the log likelihood slopes and bends at one value of each effect."""

    def __init__(self, found: Parameters, data: Scores) -> None:
        self.cell, self.group = data.cell, data.group_of_cell
        self.to_group, self.to_cell = _two(found.deviations)
        upper, lower = _bounds(found.thresholds, data.codes)
        fixed = data.fixed @ found.effects
        self.above, self.below = _exp(fixed - upper), _exp(lower - fixed)

    def arrow(self, z: Floats, w: Floats) -> "_Arrow":
        odds = _exp(self.to_group * z[self.group] + self.to_cell * w)[self.cell]
        under = 1 / (1 + self.above * odds)
        over = 1 / (1 + self.below / odds)
        bend = under * (1 - under) + over * (1 - over)
        return _Arrow(
            _sums(self.cell, under - over),
            _sums(self.cell, bend),
            self.group,
            self.to_group,
            self.to_cell,
        )


class _Arrow:
    """Minus the second derivatives of groups' log densities, after the cells are eliminated."""

    def __init__(
        self, slopes: Floats, bends: Floats, group: Places, to_group: float, to_cell: float
    ) -> None:
        self.slopes, self.group, self.to_group, self.to_cell = slopes, group, to_group, to_cell
        self.inner = 1 + to_cell**2 * bends
        self.cross = to_group * to_cell * bends
        self.outer = 1 + _sums(group, to_group**2 * bends - self.cross**2 / self.inner)

    def step(self, z: Floats, w: Floats) -> tuple[Floats, Floats]:
        along_w = self.to_cell * self.slopes - w
        along_z = self.to_group * self.slopes - self.cross * along_w / self.inner
        dz = (_sums(self.group, along_z) - z) / self.outer
        return dz, (along_w - self.cross * dz[self.group]) / self.inner


def log_likelihood(free: Floats, data: Scores, nodes: Nodes) -> Likelihood:
    """Return the log likelihood, and its slopes, with the nodes where they are.

    Between thresholds a > b lie P = F(a - x) - F(b - x) = F(a - x) F(x - b) (1 - exp(b - a)), F
    being the logistic function: a product, in which nothing cancels. Its logarithm's slope along
    x is F(a - x) - F(x - b).
    """
    found = parameters(free, data)
    upper, lower = _bounds(found.thresholds, data.codes)
    fixed = data.fixed @ found.effects
    to_group, to_cell = _two(found.deviations)
    cells = nodes.inner.shape[0]
    outer = np.broadcast_to(nodes.outer[data.group_of_cell][:, :, None], nodes.inner.shape)
    effects = outer.reshape(cells, -1), nodes.inner.reshape(cells, -1)  # (c, j k)
    odds = _exp(to_group * effects[0] + to_cell * effects[1])
    starts = np.flatnonzero(np.diff(data.cell, prepend=-1))
    under = 1 / (1 + _exp(fixed - upper)[:, None] * odds[data.cell])  # (n, j k)
    over = 1 / (1 + _exp(lower - fixed)[:, None] / odds[data.cell])
    logs, shares = _integrated(
        (np.add.reduceat(np.log(under * over), starts)).reshape(nodes.inner.shape), nodes, data
    )
    of_scores = shares[data.cell]
    pulls = shares * np.add.reduceat(under - over, starts)
    along = [(pulls * each).sum(axis=1) for each in effects][: data.random]
    gaps = np.concatenate([[np.inf], np.diff(found.thresholds), [np.inf]])[data.codes]
    along_fixed = _along_fixed(
        1 - np.einsum("ij,ij->i", of_scores, under),
        1 - np.einsum("ij,ij->i", of_scores, over),
        np.exp(-gaps) / -np.expm1(-gaps),
        data,
    )
    times = data.times[data.group_of_cell][data.cell]
    slopes = [along_fixed @ turn(free, data)]
    slopes += [_sums(data.group_of_cell, each)[:, None] for each in along]
    return Likelihood(
        float(data.times @ logs + times @ np.log(-np.expm1(-gaps))), np.hstack(slopes), data.times
    )


def _integrated(of_cells: Floats, nodes: Nodes, data: Scores) -> tuple[Floats, Floats]:
    """Return groups' log likelihoods (g,), and what share of it is each node's, (c, j k)."""
    over_inner, within = _sum_exp(of_cells + nodes.inner_weights)
    starts = np.flatnonzero(np.diff(data.group_of_cell, prepend=-1))
    logs, among = _sum_exp(np.add.reduceat(over_inner, starts) + nodes.outer_weights)
    shares = among[data.group_of_cell][:, :, None] * within
    return logs, shares.reshape(len(shares), -1)


def _along_fixed(up: Floats, down: Floats, apart: Floats, data: Scores) -> Floats:
    """Return each group's slopes along the thresholds and fixed effects."""
    rows = np.zeros((data.codes.size, data.q + 1 + data.fixed.shape[1]))
    place = np.arange(data.codes.size)
    rows[place, data.codes + 1] = up + apart
    rows[place, data.codes] -= down + apart
    rows[:, data.q + 1 :] = data.fixed * (down - up)[:, None]
    group = data.group_of_cell[data.cell]
    kept = np.r_[1 : data.q, data.q + 1 : rows.shape[1]]  # no threshold below all, nor above
    found: Floats = np.add.reduceat(rows, np.flatnonzero(np.diff(group, prepend=-1)))[:, kept]
    return found


def turn(free: Floats, data: Scores) -> Floats:
    """Return the slopes of thresholds and effects, (rows), along the free parameters' (columns)."""
    gaps = data.q - 1
    found = np.eye(gaps + data.fixed.shape[1])
    found[:gaps, :gaps] = np.tril(np.ones((gaps, gaps)))
    found[:gaps, 1:gaps] *= _exp(free[1:gaps])
    return found


def _bounds(thresholds: Floats, codes: Places) -> tuple[Floats, Floats]:
    edges = np.concatenate([[-np.inf], thresholds, [np.inf]])
    return edges[codes + 1], edges[codes]


def _sums(places: Places, values: Floats) -> Floats:
    return np.bincount(places, values).astype(np.float64)


def _exp(values: Floats) -> Floats:
    """Return exp, 0 at minus infinity, of numbers no farther than it can be multiplied."""
    found: Floats = np.exp(np.clip(values, -FARTHEST, FARTHEST))
    found[values == -np.inf] = 0.0
    return found


def _sum_exp(values: Floats) -> tuple[Floats, Floats]:
    """Return the logarithm of the sum of exp over the last axis, and each one's share in it."""
    most = values.max(axis=-1, keepdims=True)
    parts = np.exp(values - most)
    sums = parts.sum(axis=-1, keepdims=True)
    return (most + np.log(sums))[..., 0], parts / sums
