"""Dawid and Skene's model on their own data, and what it cannot tell."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.stats.habits.dawid_skene import Consensus, consensus
from tests.pipeline.stats.oracles import O14_FIRST, O14_OTHERS

Counts = NDArray[np.int64]


def answers(text: str) -> Counts:
    codes = np.array([int(grade) - 1 for grade in text])
    return (codes[:, None] == np.arange(4)).astype(np.int64)


def of_1979() -> Counts:
    """45 patients, grades 1 to 4: observer 1 answered three times, the four others once."""
    first = np.sum([answers(each) for each in O14_FIRST.split()], axis=0)
    return np.stack([first, *(answers(each) for each in O14_OTHERS.split())])


def fitted(counts: Counts) -> Consensus:
    found = consensus(counts)
    assert isinstance(found, Consensus)
    return found


def test_the_data_of_1979_give_their_shares_labels_and_rows() -> None:
    found = fitted(of_1979())
    # Dawid and Skene 1979: marginals .40 .42 .11 .07; crowd-kit .3997 .4224 .1112 .0667.
    assert found.shares == pytest.approx([0.3996, 0.4220, 0.1118, 0.0667], abs=5e-5)
    labels = "142222132243121111222222112111131224233111212"
    assert "".join(str(label + 1) for label in found.labels) == labels
    rows = [[0.889, 0.111, 0, 0], [0.071, 0.876, 0.053, 0], [0, 0.339, 0.661, 0]]
    rows.append([0, 0, 0.556, 0.444])
    assert found.confusion[0] == pytest.approx(np.array(rows), abs=5e-4)
    assert found.converged
    assert found.chances.sum(axis=1) == pytest.approx(np.ones(45))


def test_planted_confusion_is_found() -> None:
    rng = np.random.default_rng(2)
    truth = rng.choice(3, size=2000, p=[0.5, 0.3, 0.2])
    right = [0.9, 0.8, 0.7, 0.85]
    given = np.array(
        [
            np.where(rng.random(2000) < p, truth, (truth + rng.integers(1, 3, 2000)) % 3)
            for p in right
        ]
    )
    found = fitted((given[:, :, None] == np.arange(3)).astype(np.int64))
    assert found.shares == pytest.approx([0.5, 0.3, 0.2], abs=0.03)
    for rater, p in enumerate(right):
        assert found.confusion[rater].diagonal() == pytest.approx(np.full(3, p), abs=0.06)
    assert (found.labels == truth).mean() > 0.95


def test_no_answer_has_no_label_and_changes_nothing() -> None:
    counts = of_1979()
    more = np.concatenate([counts, np.zeros((5, 2, 4), dtype=np.int64)], axis=1)
    found, before = fitted(more), fitted(counts)
    assert found.labels[-2:].tolist() == [-1, -1]
    assert np.isnan(found.chances[-2:]).all()
    assert found.shares == pytest.approx(before.shares)


def test_a_rater_without_answers_has_no_rows() -> None:
    counts = np.concatenate([of_1979(), np.zeros((1, 45, 4), dtype=np.int64)])
    assert np.isnan(fitted(counts).confusion[-1]).all()


def test_too_few_raters_or_one_value_suggest_nothing() -> None:
    counts = of_1979()
    two = consensus(counts[:2])
    same = np.zeros((3, 4, 2), dtype=np.int64)
    same[:, :, 1] = 1
    one = consensus(same)
    assert not isinstance(two, Consensus)
    assert not isinstance(one, Consensus)
    assert (two.code, one.code) == ("few_raters", "one_value")


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_names_change_nothing(shuffle: Random) -> None:
    counts = of_1979()
    raters, patients, grades = list(range(5)), list(range(45)), list(range(4))
    for each in (raters, patients, grades):
        shuffle.shuffle(each)
    found = fitted(counts[raters][:, patients][:, :, grades])
    before = fitted(counts)
    assert found.shares == pytest.approx(before.shares[grades], abs=1e-6)
    assert found.log_likelihood == pytest.approx(before.log_likelihood, abs=1e-6)
