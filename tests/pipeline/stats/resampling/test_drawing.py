"""Drawn counts are multinomial, by whichever way they are drawn."""

from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from pipeline.stats.resampling import drawing
from pipeline.stats.resampling.drawing import draws

ROWS = 200_000
BY_ITEM, BY_KIND, BY_NUMPY = [1, 2, 1], [2, 7, 3], [60, 40]


def all_outcomes(n: int, k: int) -> NDArray[np.int64]:
    outcomes = np.array(list(product(range(n + 1), repeat=k)))
    return outcomes[outcomes.sum(axis=1) == n]


@pytest.mark.parametrize("kinds", [BY_ITEM, BY_KIND, BY_NUMPY], ids=["item", "kind", "numpy"])
def test_every_outcome_comes_as_often_as_its_multinomial_chance(kinds: list[int]) -> None:
    n, k = sum(kinds), len(kinds)
    drawn = draws(np.array(kinds))(np.random.default_rng(20240324), ROWS)
    assert drawn.shape == (ROWS, k)
    assert set(drawn.sum(axis=1)) == {n}
    outcomes = all_outcomes(n, k)
    expected = ROWS * stats.multinomial.pmf(outcomes, n, np.array(kinds) / n)
    digits = (n + 1) ** np.arange(k)
    observed = np.bincount(drawn.astype(int) @ digits, minlength=(n + 1) ** k)[outcomes @ digits]
    assert observed.sum() == ROWS
    often = expected > 5
    rare = ROWS - observed[often].sum(), ROWS - expected[often].sum()
    found = np.append(observed[often], rare[0]), np.append(expected[often], max(rare[1], 1e-3))
    assert stats.chisquare(*found).pvalue > 1e-3


@pytest.mark.parametrize("spread", [1, 40], ids=["small means", "means beyond a byte"])
def test_many_kinds_of_many_items_have_multinomial_means_variances_and_quantiles(
    spread: int,
) -> None:
    kinds = spread * np.array([1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 1, 2, 4, 8, 16, 32, 3, 3, 3, 3])
    n = int(kinds.sum())
    share = kinds / n
    drawn = draws(kinds)(np.random.default_rng(7), 40_000)
    assert set(drawn.sum(axis=1)) == {n}
    expected = n * (np.diag(share) - np.outer(share, share))
    variances = np.diag(expected)
    error = np.sqrt(variances / len(drawn))
    assert (np.abs(drawn.mean(axis=0) - n * share) < 4 * error).all()
    error = np.sqrt((np.outer(variances, variances) + expected**2) / len(drawn))
    assert (np.abs(np.cov(drawn.T) - expected) < 4 * error).all()
    for each, chance in zip(drawn.T, share, strict=True):
        values, counts = np.unique(each, return_counts=True)
        below = np.cumsum(counts) / len(each)
        assert np.abs(below - stats.binom.cdf(values, n, chance)).max() < 0.012


def test_a_number_is_found_by_its_bits_exactly_as_by_one_random_float() -> None:
    # All words there are, each followed by the same float: what one float of all bits would give.
    below = np.array([1e-9, 1 / 4096, 1 / 3, 0.5, 0.5, 0.7 + 1e-9, 1.0])
    words = np.random.default_rng(1).permutation(np.arange(2**16, dtype=np.uint16))
    chance = SimpleNamespace(
        bit_generator=SimpleNamespace(random_raw=lambda size: words.view(np.uint64)[:size]),
        random=lambda size: np.full(size, 0.25),
    )
    found = drawing._Table(below, low=3).draw(chance, 2**16)
    exact = (words + 0.25) / 2**16
    assert found.tolist() == (3 + (exact[:, None] >= below).sum(axis=1)).tolist()


def test_the_same_seed_draws_the_same() -> None:
    for kinds in (BY_ITEM, BY_KIND, BY_NUMPY):
        draw = draws(np.array(kinds))
        first, again = (draw(np.random.default_rng(3), 50) for _ in range(2))
        assert np.array_equal(first, again)


def test_one_item_is_drawn_always() -> None:
    assert draws(np.array([1]))(np.random.default_rng(1), 3).tolist() == [[1.0], [1.0], [1.0]]
