"""Test whether two systems differ in any figure of sums, by exchanging their answers at random."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.resampling.intervals import TIE

AT_ONCE = 2**22  # signs held at once

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Exchange:
    """What each of n questions adds to each of c sums of two systems, and the figure of such sums.

    `a` and `b` have shape (c, n), and are 0 for a question that either lacks. `figure` takes
    shape (c, k) and returns (k,).
    """

    a: Floats
    b: Floats
    figure: Callable[[Floats], Floats]


@dataclass(frozen=True)
class Exchanged:
    """A two-sided p, and in `test` how it was found."""

    p: float
    test: str


def exchange_tests(pairs: Sequence[Exchange], *, trials: int, seed: int) -> list[Exchanged]:
    """Return how likely a difference as large would be if the two answers could be exchanged.

    Without a difference between two systems it is chance which of them gave which of the two
    answers to a question. So each trial exchanges the answers to about half the questions and
    works both figures out again: approximate randomisation (Noreen, Computer-Intensive Methods,
    1989; Riezler and Maxwell, 2005), as sacrebleu's paired test "ar". p = (k + 1) / (m + 1), where
    in k of the m trials the figures are at least as far apart as the real ones (Phipson and Smyth,
    Stat. Appl. Genet. Mol. Biol. 9, 2010). Ties count, where sacrebleu leaves them out: the same
    answers have p = 1. All pairs are tested by the same exchanges. For a mean, this is the
    sign-flip test by random flips.

    Undefined cases: none; the pairs must have a question in common.

    Means of 0, 0 and of 1, 1: the four ways to exchange have the differences -1, 0, 0 and 1, so p
    is near 1/2.

    >>> mean = lambda sums: sums[0] / 2
    >>> pair = Exchange(np.array([[0.0, 0.0]]), np.array([[1.0, 1.0]]), mean)
    >>> found, = exchange_tests([pair], trials=9999, seed=7)
    >>> abs(found.p - 0.5) < 0.02, found.test
    (True, 'approximate randomisation, 9999 trials, seed 7')
    """
    told = f"approximate randomisation, {trials} trials, seed {seed}"
    if not pairs:
        return []
    apart = [each.a - each.b for each in pairs]
    held = [each.any(axis=1) for each in apart]
    moving = np.vstack([each[rows] for each, rows in zip(apart, held, strict=True)])
    ends = np.cumsum([np.count_nonzero(rows) for rows in held])[:-1]
    far = [_distance(each, np.zeros((len(each.a), 1)))[0] for each in pairs]
    as_far = [0] * len(pairs)
    for chosen in _chosen(moving.shape[1], trials, seed):
        moved = np.split(moving @ chosen, ends)
        for place, (each, rows) in enumerate(zip(pairs, held, strict=True)):
            change = np.zeros((len(each.a), chosen.shape[1]))
            change[rows] = moved[place]
            near = far[place] * (1 - TIE) - TIE
            as_far[place] += int(np.count_nonzero(_distance(each, change) >= near))
    return [Exchanged((count + 1) / (trials + 1), told) for count in as_far]


def _distance(pair: Exchange, change: Floats) -> Floats:
    """Return how far the figures are apart where so much of the sums has gone from a to b."""
    a = pair.a.sum(axis=1, keepdims=True) - change
    b = pair.b.sum(axis=1, keepdims=True) + change
    return np.abs(pair.figure(a) - pair.figure(b))


def _chosen(n: int, trials: int, seed: int) -> Iterator[Floats]:
    """Yield which of n questions are exchanged, shape (n, k) with ones and zeros, in all trials."""
    rng = np.random.default_rng(seed)
    size = max(1, AT_ONCE // n)
    for start in range(0, trials, size):
        rows = min(size, trials - start)
        words = np.frombuffer(rng.bytes(rows * (-(-n // 8))), dtype=np.uint8)
        bits = np.unpackbits(words.reshape(rows, -1), axis=1, count=n)
        yield bits.T.astype(np.float64)
