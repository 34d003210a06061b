"""Set two detectors side by side, on the items that both have an answer to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.codebook.naming import Naming
from pipeline.detection_quality.comparison import Comparison, Said, compare, matrix
from pipeline.stats.labels.detection import McNemar
from pipeline.stats.labels.two_detectors import differences
from pipeline.stats.resampling.intervals import Estimate, Resampling, Undefined

NO_LABELS = Undefined(
    "no_labels", "one of the detectors, or the gold, names no distortion in these items"
)


@dataclass(frozen=True)
class Versus:
    """Another detector on the `n` items that both have an answer to, and a gold answer.

    `first` and `other` are how each fits the gold on these items alone; `differences` are the first
    one's figures less the other's. `tests` say whether both are right equally often: of all items
    ("accuracy"), of those with a distortion ("recall"), of those without one ("specificity").
    """

    detector: str
    n: int
    first: Comparison
    other: Comparison
    differences: Mapping[str, Estimate]
    tests: Mapping[str, McNemar]


@dataclass(frozen=True)
class Both:
    """What the gold and two detectors say of the same items."""

    gold: Sequence[Said]
    first: Sequence[Said]
    other: Sequence[Said]


def versus(detector: str, both: Both, *, naming: Naming, plan: Resampling) -> Versus:
    """Compare two detectors; `detector` is what the other one is called."""
    three = (both.gold, both.first, both.other)
    found = differences(
        np.array([[each.present for each in said] for said in three], dtype=bool),
        (matrix(both.gold, naming), matrix(both.first, naming), matrix(both.other, naming)),
        plan=plan,
    )
    first, other = (
        compare(both.gold, said, naming=naming, plan=plan) for said in (both.first, both.other)
    )
    figures = dict(found.figures)
    if first.labels is None or other.labels is None:
        method = figures["labels_f1"].method
        figures["labels_f1"] = NO_LABELS.estimate(level=plan.level, method=method)
    return Versus(detector, len(both.gold), first, other, figures, found.tests)
