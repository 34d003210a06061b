"""How labellers match each other, against scikit-learn over every pair counted both ways."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score

from pipeline.stats.labels.labellers import between
from pipeline.stats.ratings import MISSING
from pipeline.stats.resampling.intervals import Resampling, wilson

PLAN = Resampling(level=0.95, resamples=200, seed=3)


def answers(raters: int, items: int, labels: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    presence = chance.choice([1, 0, MISSING], p=[0.4, 0.4, 0.2], size=(raters, items))
    given = chance.random((raters, items, labels)) < 0.3
    return presence, given & (presence == 1)[:, :, None]


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 5), st.integers(20, 40), st.integers(0, 999))
def test_every_pair_counted_both_ways_gives_the_same_as_scikit_learn(
    raters: int, items: int, seed: int
) -> None:
    presence, labels = answers(raters, items, 4, seed=seed)
    a, b, sets_a, sets_b = [], [], [], []
    for item in range(items):
        there = [rater for rater in range(raters) if presence[rater, item] != MISSING]
        for one, other in permutations(there, 2):
            a.append(presence[one, item])
            b.append(presence[other, item])
            sets_a.append(labels[one, item])
            sets_b.append(labels[other, item])
    found = between(presence, labels, plan=PLAN)
    assert found.pairs == len(a) / 2
    assert found.accuracy.value == pytest.approx(accuracy_score(a, b))
    assert found.f1.value == pytest.approx(f1_score(a, b))
    assert found.kappa.value == pytest.approx(cohen_kappa_score(a, b))
    expected = f1_score(np.array(sets_a), np.array(sets_b), average="micro", zero_division=0)
    assert found.labels_f1.value == pytest.approx(expected)


def test_intervals_hold_the_figures_and_are_drawn_again_alike() -> None:
    presence, labels = answers(3, 200, 5, seed=1)
    found = between(presence, labels, plan=PLAN)
    for figure in (found.accuracy, found.f1, found.kappa, found.labels_f1):
        assert figure.low < figure.value < figure.high
    assert found == between(presence, labels, plan=PLAN)


def test_labellers_who_share_no_item_have_no_figures() -> None:
    presence = np.array([[1, MISSING], [MISSING, 0]])
    found = between(presence, np.zeros((2, 2, 1), dtype=bool), plan=PLAN)
    assert (found.pairs, found.items) == (0, 0)
    assert {found.accuracy.code, found.f1.code, found.kappa.code} == {"no_pairs"}


def test_labellers_who_always_say_the_same_are_right_with_no_kappa() -> None:
    found = between(np.ones((2, 9), dtype=np.int64), np.zeros((2, 9, 1), dtype=bool), plan=PLAN)
    assert (found.accuracy.value, found.f1.value) == (1.0, 1.0)
    assert (found.kappa.value, found.kappa.code) == (None, "one_value")
    assert found.labels_f1.code == "no_labels"
    assert found.f1.low is None, "nothing varies, so no interval claims certainty"
    assert found.accuracy == wilson(9, 9, level=0.95)


def test_of_two_answers_to_each_item_accuracy_is_a_share_of_items() -> None:
    presence = np.array([[1, 1, 0, 0, 1], [1, 0, 0, MISSING, MISSING], [MISSING] * 3 + [0, 1]])
    none = np.zeros((3, 5, 1), dtype=bool)
    assert between(presence, none, plan=PLAN).accuracy == wilson(4, 5, level=0.95)
    presence[2, 0] = 1
    assert between(presence, none, plan=PLAN).accuracy.method.startswith("bootstrap")


def test_without_a_yes_there_is_no_f1() -> None:
    presence = np.zeros((2, 9), dtype=np.int64)
    found = between(presence, np.zeros((2, 9, 1), dtype=bool), plan=PLAN)
    assert (found.f1.value, found.f1.code) == (None, "no_positives")
