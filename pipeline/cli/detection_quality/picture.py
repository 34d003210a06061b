"""Draw a detector's figures beside the human ceiling, and each distortion's F1."""

from pathlib import Path

from pipeline.cli.detection_quality.texts import BETWEEN, NAMES
from pipeline.cli.estimates import interval_heading
from pipeline.detection_quality.comparison import FIGURES
from pipeline.detection_quality.scoring import Baseline, Quality
from pipeline.figures import Panel, Point, Series, draw_points
from pipeline.stats.resampling.intervals import Estimate


def draw(path: Path, found: Quality) -> None:
    level = interval_heading(found.plan.level)
    title = f"{found.detector} against {found.gold}: {found.n:,} items of {found.study}"
    panels = [
        Panel("Is there a distortion?", level, tuple(_presence(found))),
        Panel("F1 by distortion", level, tuple(_labels(found))),
    ]
    draw_points(path, title, panels)


def _presence(found: Quality) -> list[Series]:
    figures = found.comparison.figures
    series = [Series(found.detector, tuple(_point(NAMES[n], figures[n]) for n in FIGURES))]
    if found.ceiling:
        between = found.ceiling.between
        human = tuple(_point(NAMES[name], getattr(between, name)) for name in BETWEEN)
        series.append(Series("labellers with each other", human))
    return [
        *series,
        _flags("always flag", found.always),
        _flags("never flag", found.never),
    ]


def _flags(name: str, baseline: Baseline) -> Series:
    points = tuple(Point(NAMES[each], baseline.figures[each].value) for each in FIGURES)
    return Series(name, points, reference=True)


def _labels(found: Quality) -> list[Series]:
    quality = found.comparison.labels
    if quality is None:
        return []
    points = [
        _point(each.label, each.f1, note=f"n = {each.support:,}")
        for each in quality.labels
        if each.support or each.found
    ]
    points += [_point(f"{name} average", getattr(quality, name).f1) for name in ("micro", "macro")]
    series = [Series(found.detector, tuple(points))]
    if found.ceiling:
        human = _point("micro average", found.ceiling.between.labels_f1)
        series.append(Series("labellers with each other", (human,)))
    return series


def _point(name: str, figure: Estimate, note: str = "") -> Point:
    return Point(name, figure.value, figure.low, figure.high, note)
