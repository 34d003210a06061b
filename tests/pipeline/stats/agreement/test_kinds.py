"""Kinds of items: counted alike, however many raters there are."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stats.agreement.kinds import kinds_of, of_those_who_rated, value_counts
from pipeline.stats.ratings import Ratings


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 70), st.integers(1, 12), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_kinds_are_the_different_rated_items_with_their_number(
    raters: int, items: int, q: int, seed: int
) -> None:
    # From 40 raters on 3 levels, a column is no number of 64 bits any more.
    rng = np.random.default_rng(seed)
    codes = rng.integers(-1, q, size=(raters, items))[:, rng.integers(items, size=2 * items)]
    found = kinds_of(Ratings(codes, np.arange(float(q))))
    expected = [tuple(column) for column in codes.T.tolist() if max(column) >= 0]
    columns = [tuple(column) for column in found.ratings.codes.T.tolist()]
    assert dict(zip(columns, found.items.tolist(), strict=True)) == {
        column: expected.count(column) for column in expected
    }
    assert len(columns) == len(set(columns))


def test_a_rater_without_ratings_changes_no_order_of_kinds() -> None:
    codes = np.random.default_rng(1).integers(-1, 3, size=(4, 50))
    codes[2] = -1
    ratings = Ratings(codes, np.arange(3.0))
    one, other = (
        of_those_who_rated(kinds_of(ratings).ratings),
        kinds_of(of_those_who_rated(ratings)),
    )
    assert one.codes.tolist() == other.ratings.codes.tolist()
    assert value_counts(one).sum(axis=1).min() >= 1
