"""Agreement between groups: Cohen's kappa for one rater each, and what more raters change."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.stats.agreement.group_agreement import BetweenGroups, between_groups
from pipeline.stats.ratings import Ratings, ratings
from pipeline.stats.resampling.intervals import Resampling

PLAN = Resampling(level=0.95, resamples=200, seed=3)
# irr::anxiety, raters 1 and 2 (ORACLES.md, O11), on a scale from 1 to 6.
ANXIETY = ("33345523522615221243", "36462424332333221334")
# Cohen 1968 (O10) and Fleiss, Cohen and Everitt 1969: counts of two raters, rows are the first's.
COHEN = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
EVERITT = [[106, 10, 4], [22, 28, 10], [2, 12, 6]]


def row(codes: list[int], q: int) -> Ratings:
    return Ratings(np.array([codes]), np.arange(q, dtype=np.float64))


def crossed(counts: list[list[int]], weights: list[list[float]]) -> BetweenGroups:
    cells = [(a, b) for a, of_a in enumerate(counts) for b, n in enumerate(of_a) for _ in range(n)]
    a, b = zip(*cells, strict=True)
    return between_groups(row(list(a), 3), row(list(b), 3), weights=np.array(weights), plan=PLAN)


def quadratic(q: int) -> NDArray[np.float64]:
    place = np.arange(q)
    found: NDArray[np.float64] = 1 - ((place[:, None] - place) / (q - 1)) ** 2
    return found


def test_one_rater_in_each_group_has_cohens_kappa() -> None:
    a, b = (ratings([[int(s) for s in text]], levels=range(1, 7)) for text in ANXIETY)
    found = between_groups(a, b, weights=quadratic(6), plan=PLAN)
    assert found.kappa.value == pytest.approx(0.119497, abs=5e-7)
    assert found.weighted.value == pytest.approx(0.296765, abs=5e-7)
    disagreement = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]])
    cohen = crossed(COHEN, (1 - disagreement / 6).tolist())
    assert cohen.kappa.value == pytest.approx(0.491525, abs=5e-7)
    assert cohen.weighted.value == pytest.approx(0.347826, abs=5e-7)
    everitt = crossed(EVERITT, [[1, 0, 0.4444], [0, 1, 0.6667], [0.4444, 0.6667, 1]])
    assert everitt.kappa.value == pytest.approx(0.428571, abs=5e-7)
    assert everitt.weighted.value == pytest.approx(0.507070, abs=5e-7)


scores = st.lists(st.lists(st.integers(0, 2), min_size=5, max_size=5), min_size=2, max_size=8)


@given(scores)
def test_percent_agreement_is_the_mean_over_pairs_of_one_rater_of_each_group(
    items: list[list[int]],
) -> None:
    codes = np.array(items).T
    scale = np.arange(3.0)
    a, b = Ratings(codes[:3], scale), Ratings(codes[3:], scale)
    found = between_groups(a, b, weights=quadratic(3), plan=Resampling(0.95, 20, 1))
    each = [np.mean(codes[x] == codes[y]) for x, y in product(range(3), (3, 4))]
    assert found.percent_agreement.value == pytest.approx(np.mean(each))
    assert (found.items, found.pairs) == (len(items), 6 * len(items))
    swapped = between_groups(b, a, weights=quadratic(3), plan=Resampling(0.95, 20, 1))
    assert (swapped.kappa.value is None) == (found.kappa.value is None)
    if found.weighted.value is not None:
        assert swapped.weighted.value == pytest.approx(found.weighted.value)
        assert found.weighted.value <= 1


def test_only_items_that_both_groups_scored_count() -> None:
    scale = np.arange(3.0)
    a = Ratings(np.array([[0, 1, 2, -1], [-1, 1, 2, -1]]), scale)
    b = Ratings(np.array([[0, 1, -1, 2]]), scale)
    found = between_groups(a, b, weights=quadratic(3), plan=PLAN)
    assert (found.items, found.pairs, found.kappa.value) == (2, 3, 1)
    assert "items, raters held fixed" in found.kappa.method


def test_what_cannot_be_told_says_why() -> None:
    scale = np.arange(3.0)
    a, b = Ratings(np.array([[0, -1]]), scale), Ratings(np.array([[-1, 0]]), scale)
    found = between_groups(a, b, weights=quadratic(3), plan=PLAN)
    assert found.items == 0
    assert {found.kappa.code, found.percent_agreement.code} == {"no_pairs"}
    same = between_groups(a, a, weights=quadratic(3), plan=PLAN)
    assert (same.percent_agreement.value, same.kappa.code) == (1, "one_value")
    with pytest.raises(ValueError, match="the same items and the same scale"):
        between_groups(a, Ratings(b.codes[:, :1], scale), weights=quadratic(3), plan=PLAN)
