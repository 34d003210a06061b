"""Find the likeliest random effects of an ordinal model, around which quadrature looks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.model.cumulative import Parameters, Scores, bounded_exp, bounds
from pipeline.stats.model.quadrature import Nodes, Rule, Shape, placed

LONGEST = 2.0  # how far one step may go, in log odds
STEPS = 50
NEAR = 1e-8

Floats = NDArray[np.float64]


def place(found: Parameters, data: Scores, outer: Rule, inner: Rule) -> Nodes:
    """Return nodes around the likeliest effects of groups and cells, found by Newton's method.

    The logarithm of a group's joint density is concave in its effect and its cells' effects. Its
    second derivatives form an arrow, so that each step solves one equation for a group. The nodes
    of a cell follow the ridge on which its likeliest effect moves with its group's.
    """
    to_group, to_cell = found.both
    group = data.group_of_cell
    z, w = np.zeros(data.times.size), np.zeros(group.size)
    arrow = _arrow(found, data, z, w)
    for _ in range(STEPS):
        dz, dw = arrow.step(z, w, data)
        longest = np.full(z.size, LONGEST)
        np.maximum.at(longest, group, np.abs(to_group * dz[group]) + np.abs(to_cell * dw))
        short = LONGEST / longest
        z, w = z + short * dz, w + short[group] * dw
        arrow = _arrow(found, data, z, w)
        if max(np.abs(dz).max(), np.abs(dw).max()) < NEAR:
            break
    shape = Shape(
        outer=z,
        outer_spread=1 / np.sqrt(arrow.outer),
        inner=w,
        inner_spread=1 / np.sqrt(arrow.inner),
        slope=-arrow.cross / arrow.inner,
    )
    return placed(shape, group, outer, inner)


@dataclass(frozen=True)
class _Arrow:
    """Slopes of the log density, and minus its second derivatives; `outer` without the cells."""

    along_outer: Floats
    along_inner: Floats
    outer: Floats
    inner: Floats
    cross: Floats

    def step(self, z: Floats, w: Floats, data: Scores) -> tuple[Floats, Floats]:
        along_w = self.along_inner - w
        dz = data.by_group @ (self.along_outer - self.cross * along_w / self.inner) - z
        dz = dz / self.outer
        return dz, (along_w - self.cross * dz[data.group_of_cell]) / self.inner


def _arrow(found: Parameters, data: Scores, z: Floats, w: Floats) -> _Arrow:
    to_group, to_cell = found.both
    upper, lower = bounds(found.thresholds, data.codes)
    fixed = data.fixed @ found.effects
    odds = bounded_exp(to_group * z[data.group_of_cell] + to_cell * w)[data.cell]
    under = 1 / (1 + bounded_exp(fixed - upper) * odds)
    over = 1 / (1 + bounded_exp(lower - fixed) / odds)
    slopes = data.by_cell @ (under - over)
    bends = data.by_cell @ (under * (1 - under) + over * (1 - over))
    inner, cross = 1 + to_cell**2 * bends, to_group * to_cell * bends
    outer = 1 + data.by_group @ (to_group**2 * bends - cross**2 / inner)
    return _Arrow(to_group * slopes, to_cell * slopes, outer, inner, cross)
