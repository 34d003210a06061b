"""Agreement between labellers, against published values, NLTK, and the definition done slowly."""

from collections.abc import Callable
from fractions import Fraction
from itertools import permutations
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nltk.metrics import jaccard_distance, masi_distance
from nltk.metrics.agreement import AnnotationTask
from numpy.typing import NDArray

from pipeline.stats.labels import sets as agreement
from pipeline.stats.labels.sets import Distance
from pipeline.stats.resampling.intervals import Estimate, Resampling, wilson
from tests.pipeline.stats.oracles import O1, O2, O3, O4, O5, O6, O7, O12, O13, cells, rows

LABELS = 4
PLAN = Resampling(level=0.95, resamples=200, seed=7)


def masks(text: str) -> list[int]:
    """Sets of labels, as digits, as bit masks."""
    return [sum(1 << int(digit) for digit in digits) for digits in text.split()]


def nominal_alpha(values: NDArray[np.int64]) -> Estimate:
    return agreement.nominal_alpha(values, plan=PLAN)


def percent(values: NDArray[np.int64]) -> Estimate:
    return agreement.percent_agreement(values, plan=PLAN)


def set_alpha(sets: NDArray[np.int64], distance: Distance = "masi") -> Estimate:
    return agreement.set_alpha(sets, distance=distance, plan=PLAN)


@st.composite
def answers(draw: st.DrawFn, least: int = 0, most: int = 2**LABELS - 1) -> NDArray[np.int64]:
    """Raters by items, with missing answers."""
    raters, items = draw(st.integers(2, 4)), draw(st.integers(1, 8))
    answer = st.one_of(st.integers(least, most), st.just(-1))
    drawn = draw(st.lists(answer, min_size=raters * items, max_size=raters * items))
    return np.array(drawn).reshape(raters, items)


def slow_alpha(values: NDArray[np.int64], apart: Callable[[int, int], Fraction]) -> Fraction | None:
    """Alpha by its definition, over all ordered pairs, in fractions."""
    units = [[int(v) for v in unit if v >= 0] for unit in values.T]
    units = [unit for unit in units if len(unit) > 1]
    pooled = [v for unit in units for v in unit]
    observed = sum(
        (sum(apart(a, b) for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units),
        Fraction(0),
    )
    expected = sum((apart(a, b) for a, b in permutations(pooled, 2)), Fraction(0))
    return 1 - (len(pooled) - 1) * observed / expected if expected else None


def members(mask: int) -> frozenset[int]:
    return frozenset(bit for bit in range(LABELS) if mask >> bit & 1)


def masi(a: int, b: int) -> Fraction:
    one, other = members(a), members(b)
    if one == other:
        return Fraction(0)
    if not one & other:
        return Fraction(1)
    factor = Fraction(2, 3) if one <= other or other <= one else Fraction(1, 3)
    return 1 - factor * Fraction(len(one & other), len(one | other))


def jaccard(a: int, b: int) -> Fraction:
    one, other = members(a), members(b)
    return 1 - Fraction(len(one & other), len(one | other)) if one | other else Fraction(0)


def exact(a: int, b: int) -> Fraction:
    return Fraction(a != b)


SLOW = {"masi": masi, "jaccard": jaccard, "exact": exact}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (rows(O1), 0.743421),
        (rows(O2), 0.095238),
        (rows(O3), 0.691964),
        (rows(O4), 0.691358),
        (rows(O5), 0.743421),
        (rows(O6), 0.480530),
        (O7, 0.433410),
        (np.stack(cells(O12)), 0.797259),
    ],
    ids=["O1", "O2", "O3", "O4", "O5", "O6", "O7", "O12"],
)
def test_nominal_alpha_is_the_published_one(values: NDArray[np.int64], expected: float) -> None:
    # ORACLES O1 to O4 (Krippendorff 2011, Wikipedia), O5 and O6 (Gwet), O7 (Fleiss 1971), O12.
    found = nominal_alpha(values)
    assert found.value == pytest.approx(expected, abs=1e-6)
    assert found.method.startswith(
        "bootstrap BCa, 200 resamples of items, raters held fixed, seed 7"
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [(rows(O5), 0.81818), (rows(O6), 0.61556), (O7, 0.55556)],
    ids=["O5", "O6", "O7"],
)
def test_percent_agreement_of_several_raters_is_the_published_one(
    values: NDArray[np.int64], expected: float
) -> None:
    # ORACLES O5, O6 (Gwet, with missing answers), O7 (Fleiss 1971).
    found = percent(values)
    assert found.value == pytest.approx(expected, abs=1e-5)
    assert found.method.startswith("bootstrap")


def test_percent_agreement_of_two_answers_each_is_a_share_with_wilsons_interval() -> None:
    a, b = cells("40,9;6,45")
    missing = np.stack([np.append(a, -1), np.append(b, 1)])
    assert percent(missing) == wilson(85, 100, level=0.95)


@pytest.mark.parametrize(
    ("one", "other", "far", "nearer"),
    [
        ("12", "1234", 2 / 3, 0.5),
        ("12", "23", 8 / 9, 2 / 3),
        ("1", "123", 7 / 9, 2 / 3),
        ("123", "234", 5 / 6, 0.5),
        ("1", "2", 1, 1),
        ("12", "12", 0, 0),
    ],
)
def test_distances_between_sets_are_the_published_ones(
    one: str, other: str, far: float, nearer: float
) -> None:
    # ORACLES O13: MASI, and Jaccard in brackets.
    pair = np.array(masks(f"{one} {other}"))
    assert agreement.set_distances(pair, "masi")[0, 1] == pytest.approx(far, abs=1e-15)
    assert agreement.set_distances(pair, "jaccard")[0, 1] == pytest.approx(nearer, abs=1e-15)
    assert agreement.set_distances(pair, "exact")[0, 1] == (one != other)


@pytest.mark.parametrize("distance", ["masi", "jaccard", "exact"])
def test_two_empty_sets_are_equal_and_one_is_as_far_as_can_be_from_any_other(
    distance: Distance,
) -> None:
    every = np.arange(2**LABELS)
    apart = agreement.set_distances(every, distance)
    assert apart[0].tolist() == [0.0] + [1.0] * 15
    for a, b in np.ndindex(apart.shape):
        assert apart[a, b] == pytest.approx(float(SLOW[distance](a, b)), abs=1e-15)


def test_all_62_labels_of_a_mask_count() -> None:
    high = np.array([1 << 61, (1 << 61) + 1, (1 << 62) - 1])
    assert agreement.set_distances(high, "jaccard")[0].tolist() == [0, 0.5, 1 - 1 / 62]


def test_alpha_of_the_set_data_is_the_one_of_the_oracles() -> None:
    # ORACLES O13: NLTK 3.10.4 = brute force.
    sets = np.array([masks(coder) for coder in O13])
    assert set_alpha(sets).value == pytest.approx(0.5136, abs=1e-12)
    assert set_alpha(sets, "jaccard").value == pytest.approx(0.579427, abs=5e-7)
    assert set_alpha(sets, "exact").value == pytest.approx(0.402516, abs=5e-7)


@settings(deadline=None)
@given(answers(least=1), st.sampled_from(["masi", "jaccard"]))
def test_alpha_of_sets_that_are_not_empty_is_nltks(
    sets: NDArray[np.int64], distance: Distance
) -> None:
    found = set_alpha(sets, distance)
    assume(found.value is not None)  # NLTK makes 1 of one set throughout, and an error of no pairs
    triples = [
        (rater, item, members(int(mask)))
        for (rater, item), mask in np.ndenumerate(sets)
        if mask >= 0
    ]
    far = {"masi": masi_distance, "jaccard": jaccard_distance}[distance]
    assert found.value == pytest.approx(AnnotationTask(triples, distance=far).alpha(), abs=1e-9)


@settings(deadline=None)
@given(answers(), st.sampled_from(["masi", "jaccard", "exact"]))
def test_alpha_is_its_definition_with_empty_sets_too(
    sets: NDArray[np.int64], distance: Distance
) -> None:
    found = set_alpha(sets, distance)
    expected = slow_alpha(sets, SLOW[distance])
    assert found.value == (None if expected is None else pytest.approx(float(expected), abs=1e-9))
    if distance == "exact":
        nominal = nominal_alpha(sets).value
        assert nominal == (None if expected is None else pytest.approx(found.value, abs=1e-14))


@settings(deadline=None)
@given(answers(), st.randoms(use_true_random=False))
def test_the_order_of_raters_and_items_does_not_matter(
    sets: NDArray[np.int64], chance: Random
) -> None:
    raters = chance.sample(range(len(sets)), len(sets))
    items = chance.sample(range(sets.shape[1]), sets.shape[1])
    moved = sets[raters][:, items]
    assert set_alpha(moved) == set_alpha(sets)
    assert percent(moved) == percent(sets)
    assert nominal_alpha(moved) == nominal_alpha(sets)


@settings(deadline=None)
@given(answers(), st.integers(2, 4))
def test_items_that_come_again_change_no_percent_agreement(
    sets: NDArray[np.int64], times: int
) -> None:
    once, again = percent(sets).value, percent(np.tile(sets, times)).value
    assert again == (once and pytest.approx(once, abs=1e-12))


@settings(deadline=None)
@given(st.lists(st.integers(0, 7), min_size=2, max_size=20), st.integers(2, 4))
def test_raters_who_always_agree_have_agreement_1_unless_nothing_varies(
    values: list[int], raters: int
) -> None:
    same = np.array([values] * raters)
    expected = 1.0 if len(set(values)) > 1 else None
    for found in (set_alpha(same), nominal_alpha(same)):
        assert found.value == expected
        # Without a disagreement no resample has one, so there is no interval.
        assert (found.low, found.code) in {
            (None, "no_spread"),
            (None, "one_value"),
            (None, "undefined_in_resamples"),
        }
    assert percent(same).value == 1.0


def test_alpha_of_a_label_is_nominal_alpha_of_whether_it_was_given() -> None:
    sets = np.array([[0b01, 0b11, 0b00, 0b10, -1], [0b01, 0b10, 0b00, 0b11, 0b01]])
    found = agreement.label_alpha(sets, labels=["a", "b", "c"], plan=PLAN)
    a = nominal_alpha(np.array([[1, 1, 0, 0, -1], [1, 0, 0, 1, 1]]))
    b = nominal_alpha(np.array([[0, 1, 0, 1, -1], [0, 1, 0, 1, 0]]))
    assert (found["a"], found["b"]) == (a, b)
    assert (found["c"].value, found["c"].code) == (None, "one_value")
    with pytest.raises(ValueError, match="a label beyond the 1 that are named"):
        agreement.label_alpha(sets, labels=["a"], plan=PLAN)


def test_labels_have_no_agreement_where_every_set_is_missing() -> None:
    found = agreement.label_alpha(np.full((2, 3), -1), labels=["a", "b"], plan=PLAN)
    assert [each.code for each in found.values()] == ["no_pairs", "no_pairs"]


@pytest.mark.parametrize("of", [set_alpha, nominal_alpha, percent])
def test_without_an_item_that_two_answered_there_is_no_agreement(
    of: Callable[[NDArray[np.int64]], Estimate],
) -> None:
    for values in ([[0, -1], [-1, 1]], [[], []], [[1, 2, 3]]):
        found = of(np.array(values, dtype=np.int64))
        assert (found.value, found.low, found.code) == (None, None, "no_pairs")
        assert found.reason == "no item has two answers, so there is nothing to compare"


def test_what_are_no_answers_is_refused() -> None:
    with pytest.raises(ValueError, match=r"raters by items, not \(3,\)"):
        nominal_alpha(np.array([1, 2, 3]))
    with pytest.raises(ValueError, match="-1 if missing: -2"):
        percent(np.array([[1], [-2]]))
