"""Say how two detectors differ on the same items, to a person."""

from collections.abc import Iterator

from pipeline.cli.columns import aligned
from pipeline.cli.estimates import interval, interval_heading, places, probability
from pipeline.detection_quality.comparison import FIGURES, Comparison
from pipeline.detection_quality.scoring import Quality
from pipeline.detection_quality.versus import Versus

NAMES = dict(zip(FIGURES, FIGURES, strict=True)) | {
    "f1": "F1",
    "mcc": "MCC",
    "labels_f1": "labels F1 (micro)",
}
NOTE = (
    "two detectors: differences by a bootstrap over items, each drawn with both answers; p by"
    " McNemar's exact test of the items that only one of them has right (accuracy: of all items,"
    " recall: of those with a distortion, specificity: of those without), not adjusted for there"
    " being three"
)


def lines(versus: Versus, found: Quality) -> Iterator[str]:
    first, other = found.detector, versus.detector
    only = ["only the first right", "only the second", "p"]
    head = ["difference", interval_heading(found.plan.level), *only]
    rows = [[f"on the same {versus.n:,} items", first, other, *head]]
    for name, difference in versus.differences.items():
        each = [places(_of(comparison, name)) for comparison in (versus.first, versus.other)]
        test = versus.tests.get(name)
        told = [f"{test.only_a:,}", f"{test.only_b:,}", probability(test.p)] if test else [""] * 3
        difference_told = [places(difference.value), interval(difference)]
        rows.append([NAMES[name], *each, *difference_told, *told])
    yield from aligned(rows)


def _of(comparison: Comparison, name: str) -> float | None:
    if name in comparison.figures:
        return comparison.figures[name].value
    return comparison.labels.micro.f1.value if comparison.labels else None
