"""Draw the means and the pairwise differences of a study's systems."""

from collections.abc import Callable
from pathlib import Path

from pipeline.cli.estimates import interval_heading
from pipeline.figures import Panel, Point, Series, draw_points
from pipeline.results import CriterionResults, Results
from pipeline.stats.resampling.intervals import Estimate

MOST_PAIRS = 28  # those of eight systems; more could not be read


def draw(path: Path, found: Results) -> None:
    level = interval_heading(found.plan.level)
    values = [
        value for of in found.criteria.values() for each in of.systems for value in each.share
    ]
    panels = [
        Panel("Means", f"mean, {level}", _series(found, _means), span=(min(values), max(values)))
    ]
    pairs = len(next(iter(found.criteria.values())).differences)
    if pairs <= MOST_PAIRS:
        differences = _series(found, _differences)
        panels.append(
            Panel(
                "Differences",
                f"difference, {level}",
                differences,
                span=_around(differences),
                mark=0.0,
            )
        )
    of_group = f", group {found.group}" if found.group else ""
    draw_points(path, f"{found.study}: {found.scored.questions:,} questions{of_group}", panels)


def _series(
    found: Results, points: Callable[[CriterionResults], list[Point]]
) -> tuple[Series, ...]:
    return tuple(Series(name, tuple(points(of))) for name, of in found.criteria.items())


def _means(of: CriterionResults) -> list[Point]:
    return [_point(each.system, each.mean) for each in of.systems]


def _differences(of: CriterionResults) -> list[Point]:
    return [_point(f"{each.a} − {each.b}", each.estimate) for each in of.differences]


def _point(name: str, figure: Estimate) -> Point:
    return Point(name, figure.value, figure.low, figure.high)


def _around(series: tuple[Series, ...]) -> tuple[float, float]:
    """Return a span with 0 in it, that holds all values."""
    values = [point.value or 0.0 for each in series for point in each.points]
    return min(0.0, *values, -0.1), max(0.0, *values, 0.1)
