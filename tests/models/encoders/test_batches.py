"""Rows come back in their order, whatever fits into the memory at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.encoders.batches import Batches
from models.errors import ModelError


class Small:
    """A model that holds so many tokens at once, padding counted, and says so like torch."""

    def __init__(self, rows: list[list[int]], holds: int) -> None:
        self.rows, self.holds, self.seen = rows, holds, list[list[int]]()

    def __call__(self, places: list[int]) -> list[int]:
        self.seen.append(places)
        if len(places) * max(len(self.rows[at]) for at in places) > self.holds:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to …")
        return [sum(self.rows[at]) for at in places]


@given(
    rows=st.lists(st.integers(0, 8).map(lambda n: list(range(n))), max_size=20),
    holds=st.integers(8, 100),
    tokens=st.integers(1, 200),
)
def test_every_row_has_its_own_figure_even_where_memory_ends(
    rows: list[list[int]], holds: int, tokens: int
) -> None:
    model = Small(rows, holds)
    assert Batches(tokens=tokens).run(rows, model) == [sum(row) for row in rows]


def test_a_batch_that_did_not_fit_is_not_tried_again() -> None:
    rows = [[1] * 4 for _ in range(32)]
    model = Small(rows, holds=17)
    batches = Batches(tokens=128)
    batches.run(rows, model)
    assert [len(seen) for seen in model.seen] == [32, 16, 8, *[4] * 8]
    batches.run(rows, model)
    assert max(len(seen) for seen in model.seen[11:]) == 4


def test_long_rows_come_first_and_like_lengths_together() -> None:
    rows = [[1] * n for n in (2, 9, 3, 8)]
    model = Small(rows, holds=100)
    Batches(tokens=18).run(rows, model)
    assert model.seen == [[1, 3], [2, 0]]


def test_one_row_that_does_not_fit_is_told_in_one_sentence() -> None:
    rows = [[1] * 1200]
    with pytest.raises(ModelError, match="does not suffice to read 1,200 tokens at once"):
        Batches().run(rows, Small(rows, holds=100))


def test_another_error_of_the_model_is_not_taken_for_a_full_memory() -> None:
    def broken(_: list[int]) -> list[int]:
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes do not match"):
        Batches().run([[1]], broken)
