"""Two detectors on the same items: differences against scikit-learn, and their intervals."""

import numpy as np
import pytest
from sklearn import metrics

from pipeline.stats.labels.two_detectors import FIGURES, differences
from pipeline.stats.resampling.intervals import Resampling

PLAN = Resampling(level=0.95, resamples=400, seed=7)
DRAWN = np.random.default_rng(5)
GOLD = DRAWN.random((120, 3)) < 0.3
FIRST = GOLD ^ (DRAWN.random((120, 3)) < 0.1)
SECOND = GOLD ^ (DRAWN.random((120, 3)) < 0.3)
PRESENT = np.stack([each.any(axis=1) for each in (GOLD, FIRST, SECOND)])


def test_each_figure_is_the_difference_of_scikit_learns() -> None:
    found = differences(PRESENT, (GOLD, FIRST, SECOND), plan=PLAN).figures
    gold, first, second = PRESENT
    of_items = {
        "accuracy": metrics.accuracy_score,
        "precision": metrics.precision_score,
        "recall": metrics.recall_score,
        "f1": metrics.f1_score,
        "kappa": metrics.cohen_kappa_score,
        "mcc": metrics.matthews_corrcoef,
    }
    for name, figure in of_items.items():
        assert found[name].value == pytest.approx(figure(gold, first) - figure(gold, second))
    micro = [metrics.f1_score(GOLD, each, average="micro") for each in (FIRST, SECOND)]
    assert found["labels_f1"].value == pytest.approx(micro[0] - micro[1])
    for figure in found.values():
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low < (figure.value or 0) < figure.high


def test_what_two_detectors_share_does_not_widen_their_difference() -> None:
    """One that answers three items in 120 otherwise differs by those alone, whatever both miss."""
    almost = FIRST.copy()
    almost[:3] = ~FIRST[:3].any(axis=1, keepdims=True)
    present = np.stack([GOLD.any(axis=1), FIRST.any(axis=1), almost.any(axis=1)])
    found = differences(present, (GOLD, FIRST, almost), plan=PLAN)
    accuracy = found.figures["accuracy"]
    assert found.tests["accuracy"].n_discordant == 3
    assert accuracy.low is not None
    assert accuracy.high is not None
    assert accuracy.high - accuracy.low < 10 / 120


def test_a_figure_that_one_of_them_lacks_has_no_difference() -> None:
    silent = np.zeros_like(FIRST)
    present = np.stack([GOLD.any(axis=1), FIRST.any(axis=1), silent.any(axis=1)])
    found = differences(present, (GOLD, FIRST, silent), plan=PLAN).figures
    assert (found["precision"].value, found["precision"].code) == (None, "undefined_for_one")
    assert found["accuracy"].value is not None


def test_no_items_and_labels_of_other_items_are_told_apart() -> None:
    nothing = np.zeros((3, 0), dtype=bool)
    none = np.zeros((0, 3), dtype=bool)
    found = differences(nothing, (none, none, none), plan=PLAN)
    assert {found.figures[name].code for name in FIGURES} == {"no_items"}
    with pytest.raises(ValueError, match="120 items, with labels of 120, 0, 120"):
        differences(PRESENT, (GOLD, none, SECOND), plan=PLAN)
