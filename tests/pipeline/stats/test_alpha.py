"""Krippendorff's alpha: what of the answers counts, and that each resample has its own alpha."""

import numpy as np
import pytest
from nltk.metrics import masi_distance
from nltk.metrics.agreement import AnnotationTask

from pipeline.stats.alpha import alpha, alphas, paired
from pipeline.stats.intervals import Resampling, resampled
from pipeline.stats.sets import set_distances

PLAN = Resampling(level=0.95, resamples=40, seed=7)


def test_items_that_no_figure_tells_apart_are_one_kind_whoever_answered_what() -> None:
    found = paired(np.array([[2, 1, 1, 5, -1], [1, 2, -1, 5, 2], [-1, -1, 2, -1, -1]]))
    assert found.values.tolist() == [1, 2, 5]
    kinds = {tuple(row): int(n) for row, n in zip(found.counts, found.items, strict=True)}
    assert kinds == {(1, 1, 0): 3, (0, 0, 2): 1}


@pytest.mark.parametrize(("items", "sets_of"), [(25, 3), (6, 6)], ids=["few sets", "few items"])
def test_every_resample_has_the_alpha_that_nltk_gives_its_items(items: int, sets_of: int) -> None:
    rng = np.random.default_rng(5)
    sets = rng.integers(1, 2**sets_of, size=(3, items))
    sets[rng.random(sets.shape) < 0.2] = -1
    answers = paired(sets)
    of_samples = alphas(answers, lambda values: set_distances(values, "masi"))
    names = [frozenset(bit for bit in range(6) if value >> bit & 1) for value in answers.values]
    kinds = [np.repeat(np.arange(len(names)), row.astype(int)) for row in answers.counts]
    for block in resampled(answers.items, PLAN):
        for weights, ours in zip(block, of_samples(block), strict=True):
            drawn = np.repeat(np.arange(len(kinds)), weights.astype(int))
            triples = [
                (rater, item, names[value])
                for item, kind in enumerate(drawn)
                for rater, value in enumerate(kinds[kind])
            ]
            theirs = AnnotationTask(triples, distance=masi_distance).alpha()
            assert ours == pytest.approx(theirs, abs=1e-9)


def test_values_that_are_no_distance_apart_leave_nothing_to_expect() -> None:
    found = alpha(
        np.array([[1, 2], [2, 1]]), lambda values: np.zeros((values.size, values.size)), plan=PLAN
    )
    assert (found.value, found.code) == (None, "one_value")
