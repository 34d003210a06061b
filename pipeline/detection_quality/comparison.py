"""Compare what two sources say of the same items: whether a distortion is there, and which."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.codebook.naming import Naming
from pipeline.stats.labels.detection import TwoByTwo, binary_quality, two_by_two
from pipeline.stats.labels.multilabel import LabelQuality, label_quality
from pipeline.stats.resampling.intervals import Estimate, Resampling

FIGURES = ("accuracy", "precision", "recall", "specificity", "f1", "kappa", "mcc")


@dataclass(frozen=True)
class Said:
    """What one source says of one item; `labels` are names as they came."""

    present: bool
    labels: frozenset[str]


@dataclass(frozen=True)
class Comparison:
    """How what was found fits the gold; `labels` is None where one of them only says yes or no."""

    table: TwoByTwo
    figures: dict[str, Estimate]
    labels: LabelQuality | None
    no_labels: str | None


def compare(
    gold: Sequence[Said], found: Sequence[Said], *, naming: Naming, plan: Resampling
) -> Comparison:
    """Return how `found` fits `gold`, item by item; names that are not known count for no label."""
    table = two_by_two(_present(gold), _present(found))
    has, gets = matrix(gold, naming), matrix(found, naming)
    why = _without_labels(gold, has, "gold") or _without_labels(found, gets, "detector")
    return Comparison(
        table=table,
        figures=binary_quality(table, plan=plan),
        labels=None if why else label_quality(has, gets, labels=naming.order, plan=plan),
        no_labels=why,
    )


def _without_labels(said: Sequence[Said], given: NDArray[np.bool_], who: str) -> str | None:
    """Return why nothing is known of a source's labels, None if something is.

    A source that never says "yes" has none to name; one that does, and names none, says no more
    than whether there is a distortion.
    """
    if given.any() or not any(each.present for each in said):
        return None
    return f"the {who} names no distortion in these items"


def matrix(said: Sequence[Said], naming: Naming) -> NDArray[np.bool_]:
    """Return whether each item has each label, shape (items, labels)."""
    found = np.zeros((len(said), len(naming.order)), dtype=bool)
    place = {label: number for number, label in enumerate(naming.order)}
    for row, each in enumerate(said):
        for name in each.labels:
            for label in naming.meant(name) or ():
                found[row, place[label]] = True
    return found


def not_known(said: Iterable[Said], naming: Naming) -> dict[str, int]:
    """Return the names that are not known, with the number of items that have each."""
    return _counted(said, {name for name in _all(said) if naming.meant(name) is None})


def without_counterpart(said: Iterable[Said], naming: Naming) -> dict[str, int]:
    """Return the names that a crosswalk knows, and has no class for."""
    return _counted(said, {name for name in _all(said) if naming.meant(name) == frozenset()})


def _all(said: Iterable[Said]) -> set[str]:
    return {name for each in said for name in each.labels}


def _counted(said: Iterable[Said], names: Collection[str]) -> dict[str, int]:
    return {name: sum(name in each.labels for each in said) for name in sorted(names)}


def _present(said: Sequence[Said]) -> NDArray[np.bool_]:
    return np.array([each.present for each in said], dtype=bool)
