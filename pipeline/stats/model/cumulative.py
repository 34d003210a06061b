"""The likelihood of ordered scores with fixed effects and nested random ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pipeline.stats.model.quadrature import Nodes

FARTHEST = 300.0  # in log odds: exp(600) is still a number

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Scores:
    """Scores, sorted by group and cell, the same groups counted once.

    `codes` (n,) are places on the scale of `q` levels, each of which somebody gave; `fixed` (n, p)
    are what the fixed effects are multiplied by. A score belongs to the cell `cell` (n,), a cell to
    the group `group_of_cell` (c,), a group stands for `times` (g,) ones. `random` is how many of
    the two have an effect of their own: 0 none, 1 the groups, 2 the cells too. `by_cell` (c, n)
    sums scores' figures to their cells', `by_group` (g, c) cells' to their groups'.
    """

    codes: Places
    fixed: Floats
    q: int
    cell: Places
    group_of_cell: Places
    times: Floats
    random: int
    by_cell: csr_array
    by_group: csr_array


@dataclass(frozen=True)
class Parameters:
    """What is estimated: `thresholds` rise, `deviations` are those of groups and cells."""

    thresholds: Floats
    effects: Floats
    deviations: Floats

    @property
    def both(self) -> tuple[float, float]:
        """Return the deviations of groups and cells, 0 where there is none."""
        padded = [*self.deviations.tolist(), 0.0, 0.0]
        return padded[0], padded[1]


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
    place = np.cumsum(new_cell) - 1
    group_of_cell = (np.cumsum(new_group) - 1)[new_cell]
    return Scores(
        codes=codes[order],
        fixed=fixed[order],
        q=int(codes.max()) + 1,
        cell=place,
        group_of_cell=group_of_cell,
        times=times,
        random=random,
        by_cell=_summing(place),
        by_group=_summing(group_of_cell),
    )


def _summing(places: Places) -> csr_array:
    """Return the matrix that sums the rows at each place; faster than reduceat by far."""
    whole = (np.ones(places.size), (places, np.arange(places.size)))
    return csr_array(whole, shape=(int(places.max()) + 1, places.size))


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
    thresholds = np.cumsum(np.concatenate([free[:1], bounded_exp(free[1:gaps])]))
    return Parameters(
        thresholds, free[gaps : free.size - data.random], free[free.size - data.random :]
    )


def log_likelihood(free: Floats, data: Scores, nodes: Nodes) -> Likelihood:
    """Return the log likelihood, and its slopes, with the nodes where they are.

    Between thresholds a > b lie P = F(a - x) - F(b - x) = F(a - x) F(x - b) (1 - exp(b - a)), F
    being the logistic function: a product, in which nothing cancels. Its logarithm's slope along
    x is F(a - x) - F(x - b).
    """
    found = parameters(free, data)
    upper, lower = bounds(found.thresholds, data.codes)
    fixed = data.fixed @ found.effects
    to_group, to_cell = found.both
    cells = nodes.inner.shape[0]
    outer = np.broadcast_to(nodes.outer[data.group_of_cell][:, :, None], nodes.inner.shape)
    effects = outer.reshape(cells, -1), nodes.inner.reshape(cells, -1)  # (c, j k)
    odds = bounded_exp(to_group * effects[0] + to_cell * effects[1])
    under = _chances(bounded_exp(fixed - upper), odds, data.cell)  # (n, j k)
    over = _chances(bounded_exp(lower - fixed), 1 / odds, data.cell)
    each = under * over
    of_cells = data.by_cell @ np.log(each, out=each)
    logs, shares = _integrated(of_cells.reshape(nodes.inner.shape), nodes, data)
    of_scores = shares[data.cell]
    pulls = shares * (data.by_cell @ np.subtract(under, over, out=each))
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
    slopes += [(data.by_group @ each)[:, None] for each in along]
    return Likelihood(
        float(data.times @ logs + times @ np.log(-np.expm1(-gaps))), np.hstack(slopes), data.times
    )


def _integrated(of_cells: Floats, nodes: Nodes, data: Scores) -> tuple[Floats, Floats]:
    """Return groups' log likelihoods (g,), and what share of it is each node's, (c, j k)."""
    over_inner, within = _sum_exp(of_cells + nodes.inner_weights)
    logs, among = _sum_exp(data.by_group @ over_inner + nodes.outer_weights)
    shares = among[data.group_of_cell][:, :, None] * within
    return logs, shares.reshape(len(shares), -1)


def _chances(factor: Floats, odds: Floats, cell: Places) -> Floats:
    """Return 1 / (1 + factor * odds), without a copy for each step: it is most of the work."""
    found = odds[cell]
    found *= factor[:, None]
    found += 1
    return np.reciprocal(found, out=found)


def _along_fixed(up: Floats, down: Floats, apart: Floats, data: Scores) -> Floats:
    """Return each group's slopes along the thresholds and fixed effects."""
    rows = np.zeros((data.codes.size, data.q + 1 + data.fixed.shape[1]))
    place = np.arange(data.codes.size)
    rows[place, data.codes + 1] = up + apart
    rows[place, data.codes] -= down + apart
    rows[:, data.q + 1 :] = data.fixed * (down - up)[:, None]
    kept = np.r_[1 : data.q, data.q + 1 : rows.shape[1]]  # no threshold below all, nor above
    found: Floats = (data.by_group @ (data.by_cell @ rows))[:, kept]
    return found


def turn(free: Floats, data: Scores) -> Floats:
    """Return the slopes of thresholds and effects, (rows), along the free parameters' (columns)."""
    gaps = data.q - 1
    found = np.eye(gaps + data.fixed.shape[1])
    found[:gaps, :gaps] = np.tril(np.ones((gaps, gaps)))
    found[:gaps, 1:gaps] *= bounded_exp(free[1:gaps])
    return found


def bounds(thresholds: Floats, codes: Places) -> tuple[Floats, Floats]:
    edges = np.concatenate([[-np.inf], thresholds, [np.inf]])
    return edges[codes + 1], edges[codes]


def bounded_exp(values: Floats) -> Floats:
    """Return exp, 0 at minus infinity, of numbers no farther than it can be multiplied."""
    found: Floats = np.exp(np.clip(values, -FARTHEST, FARTHEST))
    found[values == -np.inf] = 0.0
    return found


def _sum_exp(values: Floats) -> tuple[Floats, Floats]:
    """Return the logarithm of the sum of exp over the last axis, and each one's share in it."""
    most = values.max(axis=-1, keepdims=True)
    parts = np.exp(values - most)
    sums = parts.sum(axis=-1, keepdims=True)
    parts /= sums
    return (most + np.log(sums))[..., 0], parts
