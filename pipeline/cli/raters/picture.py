"""Draw raters' severity on each criterion, and how it changed from their first to last third."""

from pathlib import Path

from pipeline.cli.estimates import interval_heading
from pipeline.figures import Panel, Point, Series, draw_points
from pipeline.raters import CriterionRaters, RatersFound
from pipeline.stats.resampling.intervals import Estimate


def draw(path: Path, found: RatersFound) -> None:
    level = interval_heading(found.plan.level)
    panels = []
    for name, each in found.criteria.items():
        step = float(each.levels[-1] - each.levels[0]) / 4
        span, axis = (-step, step), f"points, {level}"
        of = f"{name}: against the others"
        panels.append(Panel(of, axis, _series(each), span, mark=0.0))
    draw_points(path, f"Raters of {found.study}", panels)


def _series(each: CriterionRaters) -> tuple[Series, ...]:
    severity = [_point(on.rater, on.habit.difference) for on in each.raters]
    change = [_point(on.rater, on.habit.drifts[0].change) for on in each.raters]
    named = [Series("all scores", tuple(severity))]
    if any(point.value is not None for point in change):
        named.append(Series("change, last less first third", tuple(change)))
    return tuple(named)


def _point(name: str, figure: Estimate) -> Point:
    return Point(name, figure.value, figure.low, figure.high)
