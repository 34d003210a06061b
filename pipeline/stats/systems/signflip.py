"""The sign-flip test of paired differences: exact on a lattice, else by random flips."""

from collections.abc import Iterator
from dataclasses import dataclass
from sys import float_info

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.resampling.intervals import BLOCK, TIE, Resampling

EXACT = "sign-flip, exact"
MOST_STEPS = 500_000_000  # differences times points of the lattice: about half a second's work
FEW = 500  # differences that can be added without scaling, as 2^500 is a number

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SignFlip:
    """A two-sided p, and in `test` how it was found."""

    p: float
    test: str


def sign_flip(differences: NDArray[np.int64] | Floats, *, plan: Resampling) -> SignFlip:
    """Return how likely a sum as far from 0 would be if each difference had either sign alike.

    `differences` has shape (n,): one for each pair, in any unit. Without a difference between two
    systems their answers to a question could be exchanged, which turns the sign of its difference;
    so all 2^n ways to choose the signs are equally likely, and p is the share of them whose sum
    is at least as far from 0 as the observed one (Fisher, The Design of Experiments, 1935, section
    21). Differences of 0 change nothing.

    Whole numbers: the ways are counted on the lattice of sums, not one by one. With T the sum of
    all |d| and s the observed one, a sum of at most -|s| means that the positive ones add up to at
    most (T - |s|) / 2; that sum's distribution is the convolution of a binomial one, spaced by
    size, for each size of |d|. It adds positive numbers only, so p is right to about 1e-13 of
    itself; a p below 2.2e-308 is given as that.

    Anything else, and a lattice of more than 500,000,000 steps (differences times points), gets
    random signs: p = (k + 1) / (m + 1), where k of m = `plan.resamples` sums are as far from 0
    (Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9, 2010); `test` says m and the seed.

    Undefined cases: none; without differences, or with 0 only, all ways are the same and p is 1.

    1, 2 and 3: of the 8 sums only 6 and -6 are as far from 0.

    >>> plan = Resampling(level=0.95, resamples=999, seed=7)
    >>> sign_flip(np.array([1, 2, 3]), plan=plan)
    SignFlip(p=0.25, test='sign-flip, exact')
    """
    apart = differences[differences != 0]
    sizes, counts = np.unique(np.abs(apart), return_counts=True)
    if not np.issubdtype(differences.dtype, np.integer):
        return _random(sizes.astype(np.float64), counts, float(apart.sum()), plan)
    unit = np.gcd.reduce(sizes) if sizes.size else 1
    steps, observed = sizes // unit, abs(int(apart.sum())) // int(unit)
    least = (int(steps @ counts) - observed) // 2
    if observed == 0:
        return SignFlip(1.0, EXACT)
    if apart.size * (least + 1) > MOST_STEPS:
        return _random(steps.astype(np.float64), counts, float(observed), plan)
    return SignFlip(_exact(steps.tolist(), counts.tolist(), least), EXACT)


def _exact(sizes: list[int], counts: list[int], least: int) -> float:
    """Return twice the probability that the positive ones add up to at most `least`."""
    # Two halves, joined at the one point that is wanted: most of a convolution is never needed.
    # Each begins with a frequent size, as to begin costs nothing; then come those that reach least
    # far, so that the sums stay few for long.
    frequent = sorted(zip(counts, sizes, strict=True), reverse=True)
    halves = [_spaced(_binomial(count, least // size), size) for count, size in frequent[:2]]
    halves += [np.ones(1)] * (2 - len(halves))
    for count, size in sorted(frequent[2:], key=lambda each: each[0] * each[1]):
        halves.sort(key=len)
        halves[0] = _added(halves[0], size, count, least)
    first, other = sorted(halves, key=len)
    up_to = np.cumsum(_longer(other, least + 1))
    p = 2 * float(first @ up_to[least - np.arange(first.size)])
    return max(p, float_info.min)


def _added(sums: Floats, size: int, count: int, most: int) -> Floats:
    """Return the distribution of sums up to `most`, with `count` differences of one size more."""
    sums = _longer(sums, min(sums.size + size * count, most + 1))
    if count < size and count < FEW:
        for _ in range(count):
            longer = sums.copy()
            longer[size:] += sums[:-size]
            sums = longer
        return sums * 0.5**count
    ways = _binomial(count, (sums.size - 1) // size)
    spread = np.zeros(sums.size)
    for first in range(min(size, sums.size)):
        column = np.ascontiguousarray(sums[first::size])
        spread[first::size] = np.convolve(column, ways)[: column.size]
    return spread


def _spaced(ways: Floats, size: int) -> Floats:
    found = np.zeros((ways.size - 1) * size + 1)
    found[::size] = ways
    return found


def _longer(sums: Floats, size: int) -> Floats:
    found = np.zeros(size)
    found[: sums.size] = sums
    return found


def _binomial(n: int, most: int) -> Floats:
    """Return the probability of 0, 1, ... up to `most` heads of n coins, each correctly rounded."""
    of, ways, found = 2**n, 1, []
    for heads in range(min(n // 2, most) + 1):
        found.append(ways / of)
        ways = ways * (n - heads) // (heads + 1)
    mirrored = found[: n - n // 2][::-1]  # as many heads as there may be tails
    likely = np.array((found + mirrored)[: most + 1] if most > n // 2 else found)
    likely[likely < float_info.min] = 0  # such numbers would be slow, and add nothing
    return likely


def _random(
    sizes: Floats, counts: NDArray[np.int64], observed: float, plan: Resampling
) -> SignFlip:
    far = abs(observed) - TIE * float(sizes @ counts)
    as_far = sum(int(np.count_nonzero(np.abs(sums) >= far)) for sums in _sums(sizes, counts, plan))
    test = f"sign-flip, {plan.resamples} random flips, seed {plan.seed}"
    return SignFlip((as_far + 1) / (plan.resamples + 1), test)


def _sums(sizes: Floats, counts: NDArray[np.int64], plan: Resampling) -> Iterator[Floats]:
    rng = np.random.default_rng(plan.seed)
    rows = max(1, BLOCK // max(1, sizes.size))
    for start in range(0, plan.resamples, rows):
        shape = (min(rows, plan.resamples - start), sizes.size)
        yield (2.0 * rng.binomial(counts, 0.5, size=shape) - counts) @ sizes
