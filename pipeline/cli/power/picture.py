"""Draw what a planned study reaches, a line for each number of raters."""

from pathlib import Path

from pipeline.cli.power.texts import aim, wish
from pipeline.cli.wording import many
from pipeline.curves import At, Curve, draw_curves
from pipeline.power import Planned, ToFind, ToNarrow


def draw(path: Path, found: Planned) -> None:
    raters = sorted({cell.design.raters for cell in found.cells})
    curves = [Curve(many(each, "rater"), tuple(_points(found, each))) for each in raters]
    first = wish(found)
    figure = "power" if isinstance(found.goal, ToFind) else "difference in mean score"
    if isinstance(found.goal, ToNarrow):
        figure = "half the interval's width"
    draw_curves(
        path, f"{first[0].upper()}{first[1:]}", curves, axes=("items", figure), wished=aim(found)
    )


def _points(found: Planned, raters: int) -> list[At]:
    return [
        At(cell.design.items, figure.value, figure.low, figure.high)
        for cell in found.cells
        for figure in [cell.figure]
        if cell.design.raters == raters
        and figure.value is not None
        and figure.low is not None
        and figure.high is not None
    ]
