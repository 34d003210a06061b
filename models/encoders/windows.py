"""Cut token sequences that are longer than an encoder's window, so that no token is lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

LEAST_OVERLAP = 4  # a quarter of a window at least is read twice


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens `start` to `stop` are read together; `first` to `last` of them are kept from here."""

    start: int
    stop: int
    first: int
    last: int


def windows(n: int, size: int) -> list[Window]:
    """Return windows of `size` over n tokens; each token is kept from exactly one of them.

    They are spaced evenly and overlap by a quarter of their size at least. Two neighbours part in
    the middle of what both read, so that a token is kept from where it has most context around it.

    >>> windows(3, 8)
    [Window(start=0, stop=3, first=0, last=3)]
    >>> windows(12, 8)
    [Window(start=0, stop=8, first=0, last=6), Window(start=4, stop=12, first=6, last=12)]
    """
    if n <= size:
        return [Window(0, n, 0, n)]
    overlap = size // LEAST_OVERLAP
    several = -(-(n - overlap) // (size - overlap))
    starts = [place * (n - size) // (several - 1) for place in range(several)]
    parted = [(start + size + following) // 2 for start, following in pairwise(starts)]
    bounds = zip(starts, [0, *parted], [*parted, n], strict=True)
    return [Window(start, start + size, first, last) for start, first, last in bounds]


@dataclass(frozen=True, slots=True)
class Aligned:
    """The same stretch of two texts, as places of their tokens."""

    reference: slice
    candidate: slice


def aligned(reference: int, candidate: int, room: int) -> list[Aligned]:
    """Return the fewest equal stretches of two texts of so many tokens that fit a window's room.

    The i-th of k stretches is the i-th k-th of both texts, so that beginning meets beginning and
    end meets end.

    >>> [(each.reference, each.candidate) for each in aligned(5, 2, room=4)]
    [(slice(0, 2, None), slice(0, 1, None)), (slice(2, 5, None), slice(1, 2, None))]
    """
    if room < 2:
        raise ValueError(f"a window with room for {room} tokens holds no pair")
    several = 1
    while -(-reference // several) + -(-candidate // several) > room:
        several += 1
    return list(_stretches(reference, candidate, several))


def _stretches(reference: int, candidate: int, several: int) -> Iterator[Aligned]:
    for place in range(several):
        yield Aligned(*(_part(n, place, several) for n in (reference, candidate)))


def _part(n: int, place: int, several: int) -> slice:
    return slice(place * n // several, (place + 1) * n // several)
