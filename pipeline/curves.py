"""Draw figures that change with a number, as lines with the width of their uncertainty."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.figures import COLOURS, FAINT, MARKERS, drawable, drawing


@dataclass(frozen=True)
class At:
    """A figure at one place, with its interval; what cannot be told has no point."""

    place: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Curve:
    """Figures that belong together, named in the legend."""

    name: str
    points: tuple[At, ...]


def draw_curves(
    path: Path, title: str, curves: Sequence[Curve], *, axes: tuple[str, str], wished: float | None
) -> None:
    """Draw a line for each curve, and a faint one at the wished figure; `axes` names x and y."""
    with drawing(path, title, columns=1, rows=11) as (ax,):
        for number, curve in enumerate(curves):
            colour = COLOURS[number % len(COLOURS)]
            places = [point.place for point in curve.points]
            low, high = ([getattr(p, end) for p in curve.points] for end in ("low", "high"))
            ax.fill_between(places, low, high, color=colour, alpha=0.18, linewidth=0)
            ax.plot(places, [point.value for point in curve.points], color=colour, linewidth=1.6,
                    marker=MARKERS[number % len(MARKERS)], markersize=4.5,
                    label=drawable(curve.name))  # fmt: skip
        if wished is not None:
            ax.axhline(wished, color=FAINT, linewidth=1, linestyle="--")
        ax.set_xlabel(axes[0])
        ax.set_ylabel(axes[1])
        ax.set_xticks(sorted({point.place for curve in curves for point in curve.points}))
        ax.set_ylim(bottom=0)
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
        ax.grid(color="#dddddd", linewidth=0.6)
        ax.set_axisbelow(True)
        ax.legend(fontsize=8)
