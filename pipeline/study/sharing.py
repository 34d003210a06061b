"""Let all pairs of raters share equally many questions, as their agreement is computed on those."""

from collections.abc import Sequence
from itertools import combinations
from math import comb
from random import Random

TRIES_PER_QUESTION = 400
MOST_TRIES = 50_000  # a tenth of a second

Hands = list[list[int]]  # each question's raters


def evened(
    dealt: Sequence[Sequence[int]], *, raters: int, alike: Sequence[int], chance: Random
) -> list[tuple[int, ...]]:
    """Exchange raters between questions until the pairs share as equally many as they can.

    Two questions of the same `alike` exchange one rater each, so loads stay as they are. An
    exchange that makes the counts of the pairs no more uneven is kept. It ends when they differ
    by one at most, or after a limited number of tries: for some sizes there is no such dealing.
    """
    hands = [list(chosen) for chosen in dealt]
    shared = _counted(hands, raters)
    excess = _excess(shared, hands)
    tries = min(MOST_TRIES, TRIES_PER_QUESTION * len(hands))
    while excess and tries:
        tries -= 1
        one, two = (int(chance.random() * len(hands)) for _ in range(2))
        if alike[one] == alike[two]:
            excess -= _exchange(shared, hands[one], hands[two], chance)
    return [tuple(sorted(hand)) for hand in hands]


def _counted(hands: Hands, raters: int) -> list[list[int]]:
    shared = [[0] * raters for _ in range(raters)]
    for hand in hands:
        for a, b in combinations(hand, 2):
            shared[a][b] += 1
            shared[b][a] += 1
    return shared


def _excess(shared: list[list[int]], hands: Hands) -> int:
    """Return by how much the sum of squared counts is above that of counts one apart at most."""
    pairs = comb(len(shared), 2)
    if not pairs:
        return 0
    each, left = divmod(sum(comb(len(hand), 2) for hand in hands), pairs)
    least = (pairs - left) * each**2 + left * (each + 1) ** 2
    return sum(count**2 for row in shared for count in row) // 2 - least


def _exchange(shared: list[list[int]], one: list[int], two: list[int], chance: Random) -> int:
    """Let two questions exchange a rater each, drawn at random, and return what it gained.

    It is not done, and gains 0, where a rater would have a question twice or it would be a loss.
    """
    i, j = int(chance.random() * len(one)), int(chance.random() * len(two))
    a, b = one[i], two[j]
    if a in two or b in one:
        return 0
    with_a, with_b = shared[a], shared[b]
    leave_a = [rater for rater in one if rater != a and rater not in two]
    leave_b = [rater for rater in two if rater != b and rater not in one]
    gain = sum(with_a[rater] - with_b[rater] - 1 for rater in leave_a)
    gain += sum(with_b[rater] - with_a[rater] - 1 for rater in leave_b)
    if gain < 0:
        return 0
    for rater in leave_a:
        _move(shared, rater, a, b)
    for rater in leave_b:
        _move(shared, rater, b, a)
    one[i], two[j] = b, a
    return 2 * gain


def _move(shared: list[list[int]], rater: int, left: int, joined: int) -> None:
    shared[rater][left] -= 1
    shared[left][rater] -= 1
    shared[rater][joined] += 1
    shared[joined][rater] += 1
