"""Draw with replacement from items of several kinds, and count how many of each kind are drawn."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtr

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], Floats]

WORD = 2**16
SLOTS = 2**12
SHORT = 2.5  # standard deviations by which Poisson counts are meant to stay below n


def draws(kinds: Counts) -> Draw:
    """Return the function that draws as many items as there are, again and again.

    `kinds` has shape (k,): how many items there are of each kind, each at least one. The function
    takes a source of chance and a number of rows, and returns shape (rows, k): how many items of
    each kind each row drew. All three ways to draw have the same, multinomial distribution; the
    one that takes least time is chosen, by times measured.

    >>> draws(np.array([1, 3]))(np.random.default_rng(1), 2).sum(axis=1).tolist()
    [4.0, 4.0]
    """
    n, k = int(kinds.sum()), kinds.size
    if not k:
        return lambda _, rows: np.empty((rows, 0))
    if 25 * k * k <= n:
        return lambda rng, rows: rng.multinomial(n, kinds / n, size=rows).astype(np.float64)
    return _by_item(kinds) if 2 * k > n else _by_kind(kinds)


def _by_item(kinds: Counts) -> Draw:
    n, k = int(kinds.sum()), kinds.size
    kind_of = np.repeat(np.arange(k), kinds)
    place = np.uint16 if n <= WORD else np.uint32

    def draw(rng: np.random.Generator, rows: int) -> Floats:
        found = kind_of.take(rng.integers(n, size=(rows, n), dtype=place), mode="clip")
        found += np.arange(rows)[:, None] * k
        return np.bincount(found.ravel(), minlength=rows * k).reshape(rows, k).astype(np.float64)

    return draw


def _by_kind(kinds: Counts) -> Draw:
    """Draw a Poisson number of each kind, somewhat fewer than n in all, and the rest item by item.

    Poisson counts with means in the ratio of the kinds are multinomial given their sum, whatever
    the sum is; so are they with the items added that are missing to n. A row that exceeds n is
    thrown away, and drawn item by item.
    """
    n, k = int(kinds.sum()), kinds.size
    share = max(0.0, 1 - SHORT / n**0.5)
    alike = [(np.flatnonzero(kinds == size), _poisson(size * share)) for size in np.unique(kinds)]
    one_item = _Table(np.cumsum(kinds) / n)
    wide = np.result_type(*[table.told.dtype for _, table in alike])

    def draw(rng: np.random.Generator, rows: int) -> Floats:
        counts = np.empty((k, rows), dtype=wide)
        for places, table in alike:
            counts[places] = table.draw(rng, places.size * rows).reshape(places.size, rows)
        missing = n - np.add.reduce(counts, axis=0, dtype=np.int64)
        beyond = missing < 0
        counts[:, beyond] = 0
        missing[beyond] = n
        found = one_item.draw(rng, int(missing.sum())).astype(np.int64)
        found *= rows
        found += np.repeat(np.arange(rows), missing)
        rest = np.bincount(found, minlength=k * rows).reshape(k, rows)
        return np.add(rest, counts, dtype=np.float64).T

    return draw


def _poisson(mean: float) -> "_Table":
    reach = 10 * mean**0.5  # beyond it nothing is left that a float could hold
    low = max(0, int(mean - reach))
    numbers = np.arange(low, mean + reach + 20)
    return _Table(np.asarray(pdtr(numbers, mean), dtype=np.float64), low)


class _Table:
    """A distribution of whole numbers from `low`, ready to draw from with few operations.

    `below` has shape (v,): the chances of at most low, low + 1 and so on, up to 1. The first bits
    of a random word tell most numbers by looking them up in `told`; where these bits are not
    enough, the others and a random float decide as if the whole had been one random float.
    """

    def __init__(self, below: Floats, low: int = 0) -> None:
        self.below, self.low, self.untold = below, low, low + below.size + 1
        edges = below * SLOTS
        starts = np.ceil(edges).astype(np.int64)
        self.told = np.repeat(
            np.arange(low, self.untold, dtype=np.min_scalar_type(self.untold)),
            np.diff(starts, prepend=0, append=SLOTS),
        )
        divided = np.floor(edges).astype(np.int64)
        self.told[divided[divided < starts]] = self.untold

    def draw(self, rng: np.random.Generator, size: int) -> NDArray[np.unsignedinteger]:
        words = rng.bit_generator.random_raw(-(-size // 4)).view(np.uint16)[:size]
        found = self.told.take(words // (WORD // SLOTS), mode="clip")
        left = np.flatnonzero(found == self.untold)
        exact = (words[left] + rng.random(left.size)) / WORD
        found[left] = self.low + np.searchsorted(self.below, exact, side="right")
        return found
