"""No token of a text beyond an encoder's window is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.encoders.windows import aligned, windows


@given(n=st.integers(0, 3000), size=st.integers(8, 512))
def test_every_token_is_kept_once_from_within_a_window_of_the_right_size(n: int, size: int) -> None:
    found = windows(n, size)
    kept = [token for each in found for token in range(each.first, each.last)]
    assert kept == list(range(n))
    for each in found:
        assert each.start <= each.first <= each.last <= each.stop <= n
        assert each.stop - each.start == min(n, size)


@given(n=st.integers(9, 3000), size=st.integers(8, 512))
def test_a_token_has_context_on_both_sides_except_where_the_text_ends(n: int, size: int) -> None:
    for each in windows(n, size):
        nearest = size // 8 - 1
        assert each.start == 0 or each.first - each.start >= nearest
        assert each.stop == n or each.stop - each.last >= nearest


@given(reference=st.integers(0, 2000), candidate=st.integers(0, 2000), room=st.integers(2, 509))
def test_aligned_stretches_cover_both_texts_and_fit(
    reference: int, candidate: int, room: int
) -> None:
    found = aligned(reference, candidate, room)
    for n, places in (
        (reference, [each.reference for each in found]),
        (candidate, [each.candidate for each in found]),
    ):
        assert [token for place in places for token in range(n)[place]] == list(range(n))
    lengths = [
        len(range(reference)[each.reference]) + len(range(candidate)[each.candidate])
        for each in found
    ]
    assert max(lengths) <= room
    fewer = len(found) - 1
    assert not fewer or -(-reference // fewer) + -(-candidate // fewer) > room


def test_a_window_without_room_for_both_texts_is_refused() -> None:
    with pytest.raises(ValueError, match="room for 1 tokens"):
        aligned(5, 5, room=1)
