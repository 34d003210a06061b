"""Draw squares of figures, such as the agreement of every two raters, as coloured cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.figures import FAINT, INK, Panel, drawable, drawing, name_or_place, points_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = "RdBu"  # red below 0, blue above: told apart with every common kind of colour blindness
DARK = 0.6  # from here on a cell's number is white
WRITTEN_UP_TO = 16  # rows: in more, numbers cannot be read


@dataclass(frozen=True)
class Matrix:
    """A square of figures from -1 to 1, None on its diagonal and where one cannot be told."""

    title: str
    names: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]


def draw_over(path: Path, title: str, panels: Sequence[Panel], matrices: Sequence[Matrix]) -> None:
    """Draw dots with whiskers, and below each panel the matrix that belongs to it."""
    most = max(len({p.name for s in panel.series for p in s.points}) for panel in panels)
    widest = max((len(matrix.names) for matrix in matrices), default=0)
    rows = (most, max(8, widest)) if widest else (most,)
    with drawing(path, title, columns=len(panels), rows=rows) as axes:
        for ax, panel in zip(axes, panels, strict=False):
            points_on(ax, panel)
        for ax, matrix in zip(axes[len(panels) :], matrices, strict=True):
            matrix_on(ax, matrix)


def matrix_on(ax: "Axes", matrix: Matrix) -> None:
    """Draw a matrix on axes of `figures.drawing`."""
    ax.set_title(drawable(matrix.title))
    if not matrix.names:
        ax.set_axis_off()
        return
    values = np.array(matrix.values, dtype=np.float64)  # None becomes NaN, which stays white
    ax.imshow(values, cmap=COLOURS, vmin=-1, vmax=1)
    names = [name_or_place(name, place) for place, name in enumerate(matrix.names)]
    ax.set_xticks(range(len(names)), names, rotation=90)
    ax.set_yticks(range(len(names)), names)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    if len(names) > WRITTEN_UP_TO:
        return
    for row, of_row in enumerate(matrix.values):
        for column, value in enumerate(of_row):
            if row != column:
                _write(ax, (column, row), value)


def _write(ax: "Axes", place: tuple[int, int], value: float | None) -> None:
    if value is None:
        ax.annotate("–", place, ha="center", va="center", color=FAINT)
        return
    colour = "white" if abs(value) >= DARK else INK
    ax.annotate(f"{value:z.2f}", place, ha="center", va="center", color=colour, fontsize=8)
