"""The quality of a detector of labels, equal to scikit-learn's for the items and each resample."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_fscore_support

from pipeline.stats.labels.multilabel import Averages, LabelQuality, figures, label_quality
from pipeline.stats.resampling.intervals import Estimate, Resampling, resampled, wilson

Bools = NDArray[np.bool_]


def quality(gold: Bools, found: Bools, *, resamples: int = 200, seed: int = 7) -> LabelQuality:
    labels = [f"label {place}" for place in range(gold.shape[1])]
    return label_quality(gold, found, labels=labels, plan=Resampling(0.95, resamples, seed))


def random_items(n: int, labels: int, seed: int) -> tuple[Bools, Bools]:
    """Gold and detector, the labels from never to often given."""
    rng = np.random.default_rng(seed)
    often = rng.choice([0, 0.02, 0.1, 0.4], size=labels)
    gold = rng.random((n, labels)) < often
    found = gold ^ (rng.random((n, labels)) < rng.choice([0, 0.05, 0.3], size=labels))
    return gold, found


def scikit(gold: Bools, found: Bools, average: str | None) -> NDArray[np.float64]:
    """Precision, recall, F1 by scikit-learn, by the convention that label_quality names.

    Macro is over the labels that gold or detector gives; what is then still nothing of nothing
    counts as 0.
    """
    there = np.flatnonzero((gold | found).any(axis=0))
    options: dict[str, Any] = {"zero_division": 0, "average": average}
    if average in {"macro", "weighted"}:
        options["labels"] = there
    return np.array(
        precision_recall_fscore_support(gold.astype(int), found.astype(int), **options)[:3],
        dtype=float,
    )


def values(averages: Averages) -> list[float | None]:
    return [averages.precision.value, averages.recall.value, averages.f1.value]


@st.composite
def items(draw: st.DrawFn) -> tuple[Bools, Bools]:
    # Of one label scikit-learn makes a binary problem with another meaning.
    n, labels = draw(st.integers(1, 8)), draw(st.integers(2, 4))
    size = n * labels
    drawn = [draw(st.lists(st.booleans(), min_size=size, max_size=size)) for _ in range(2)]
    gold, found = (np.array(each).reshape(n, labels) for each in drawn)
    absent = np.array(draw(st.lists(st.booleans(), min_size=labels, max_size=labels)))
    return gold & ~absent, found & ~absent


@settings(deadline=None)
@given(items())
def test_every_figure_is_scikit_learns_or_undefined_where_that_divides_by_zero(
    both: tuple[Bools, Bools],
) -> None:
    gold, found = both
    ours = quality(gold, found, resamples=1)
    support, given_ = gold.sum(axis=0), found.sum(axis=0)
    each = scikit(gold, found, None)
    for place, score in enumerate(ours.labels):
        assert (score.support, score.found) == (support[place], given_[place])
        expected = [
            value if whole else None
            for value, whole in zip(
                each[:, place],
                (given_[place], support[place], given_[place] + support[place]),
                strict=True,
            )
        ]
        got = [score.precision.value, score.recall.value, score.f1.value]
        assert got == [e if e is None else pytest.approx(e, abs=1e-12) for e in expected]
    any_given, any_support = bool(given_.sum()), bool(support.sum())
    some = any_given or any_support
    for average, defined in (
        ("micro", (any_given, any_support, some)),
        ("macro", (some,) * 3),
        ("weighted", (any_support,) * 3),
    ):
        expected = scikit(gold, found, average).tolist() if some else [0.0] * 3
        wanted = [
            pytest.approx(value, abs=1e-12) if known else None
            for value, known in zip(expected, defined, strict=True)
        ]
        assert values(getattr(ours, average)) == wanted, average
    absent = {score.label for score in ours.labels if not score.support + score.found}
    assert set(ours.absent) == absent
    assert ours.exact_match == wilson(int((gold == found).all(axis=1).sum()), len(gold), level=0.95)


@pytest.mark.parametrize("seed", range(6))
def test_every_resamples_figures_are_scikit_learns_of_its_items(seed: int) -> None:
    gold, found = random_items(40, 6, seed)
    plan = Resampling(level=0.95, resamples=30, seed=seed)
    for block in resampled(np.ones(40, dtype=np.int64), plan):
        with np.errstate(invalid="ignore"):
            ours = figures(gold, found, block)
        for weights, row in zip(block, ours, strict=True):
            again = np.repeat(np.arange(40), weights.astype(int))
            own_gold, own_found = gold[again], found[again]
            expected = np.hstack(
                [
                    scikit(own_gold, own_found, None)[2],
                    *(scikit(own_gold, own_found, of) for of in ("micro", "macro", "weighted")),
                ]
            )
            absent = ~(own_gold | own_found).any(axis=0)
            assert np.isnan(row[:6]).tolist() == absent.tolist()
            assert np.nan_to_num(row) == pytest.approx(expected, abs=1e-12)


def test_every_interval_of_one_call_rests_on_the_same_resamples() -> None:
    gold, found = random_items(60, 5, seed=2)
    one = quality(gold, found)
    assert quality(gold, found) == one
    assert quality(gold, found, seed=8).micro.f1.low != one.micro.f1.low
    both = np.hstack([gold, gold]), np.hstack([found, found])
    doubled = quality(*both)
    assert doubled.micro == one.micro
    assert doubled.labels[0].f1 == doubled.labels[5].f1


@settings(deadline=None)
@given(items(), st.data())
def test_the_order_of_the_items_does_not_matter(
    both: tuple[Bools, Bools], data: st.DataObject
) -> None:
    gold, found = both
    order = data.draw(st.permutations(range(len(gold))))
    assert quality(gold[order], found[order]) == quality(gold, found)


def test_a_label_that_is_found_nowhere_counts_as_0_and_one_that_is_nowhere_not_at_all() -> None:
    gold = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 0], [1, 1, 0]], dtype=bool)
    found = np.array([[1, 0, 0], [1, 0, 0], [1, 0, 0], [0, 0, 0]], dtype=bool)
    # Label 0: tp 2, fp 1, fn 1. Label 1: fn 2, nothing found. Label 2: nowhere.
    ours = quality(gold, found)
    assert ours.absent == ("label 2",)
    assert [score.f1.value for score in ours.labels] == [pytest.approx(2 / 3), 0.0, None]
    assert ours.labels[1].precision.code == "nothing_found"
    assert ours.labels[2].f1.code == "neither_has_any"
    assert values(ours.macro) == pytest.approx([(2 / 3) / 2, (2 / 3) / 2, (2 / 3) / 2])
    assert values(ours.weighted) == pytest.approx([0.4, 0.4, 0.4])
    assert values(ours.micro) == pytest.approx([2 / 3, 2 / 5, 4 / 8])
    assert ours.exact_match.value == 0.25
    assert "left out of macro" in ours.convention
    assert "zero_division=0" in ours.convention


def test_a_rare_label_has_no_interval_as_too_many_resamples_lack_it() -> None:
    gold = np.zeros((50, 1), dtype=bool)
    gold[0] = True
    f1 = quality(gold, gold).labels[0].f1
    assert (f1.value, f1.low, f1.code) == (1.0, None, "undefined_in_resamples")


def test_without_items_or_labels_given_everything_that_divides_is_undefined() -> None:
    none = np.zeros((0, 2), dtype=bool)
    ours = quality(none, none)
    estimates: list[Estimate] = [ours.exact_match, ours.micro.f1, ours.macro.f1, ours.labels[0].f1]
    assert {each.code for each in estimates} == {"no_items"}
    empty = np.zeros((3, 2), dtype=bool)
    ours = quality(empty, empty)
    assert ours.exact_match.value == 1.0
    assert ours.absent == ("label 0", "label 1")
    assert values(ours.micro) + values(ours.macro) + values(ours.weighted) == [None] * 9
    assert ours.weighted.f1.code == "no_positives"
    assert ours.macro.f1.code == ours.micro.f1.code == "neither_has_any"


def test_answers_of_another_shape_are_refused() -> None:
    two = np.zeros((3, 2), dtype=bool)
    with pytest.raises(ValueError, match=r"gold is \(3, 2\) and found \(2, 2\)"):
        quality(two, two[:2])
    with pytest.raises(ValueError, match="by 1 labels"):
        label_quality(two, two, labels=["a"], plan=Resampling(0.95, 10, seed=1))
