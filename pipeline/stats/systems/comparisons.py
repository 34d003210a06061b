"""Compare two systems question by question: the difference, a test, and Holm over a family."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.resampling.intervals import Resampling, Undefined
from pipeline.stats.systems.ratios import Ratio
from pipeline.stats.systems.signflip import SignFlip, sign_flip

NO_PAIRS = Undefined("no_pairs", "no question has scores of both")
LARGEST_MULTIPLE = 1_000_000  # of the numbers of scores; with larger ones, sums are not exact

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Scores:
    """Scores added up by question: `sums` and `counts` have shape (questions,)."""

    sums: Integers
    counts: Integers


@dataclass(frozen=True)
class Paired:
    """The differences of two systems' mean scores, one for each question that both answer.

    `of_both` has shape (questions,) and says which these are. `differences` has as many numbers as
    it says, in units of 1 / `scale`: whole ones, unless the numbers of scores have no common
    multiple up to 1,000,000. `even` says whether each question has as many scores of both: else a
    difference need not lie evenly around 0 between systems that are alike, and a test by its sign
    is approximate.
    """

    of_both: NDArray[np.bool_]
    differences: Integers | NDArray[np.float64]
    scale: int
    even: bool

    @property
    def n(self) -> int:
        return int(self.differences.size)

    @property
    def wins(self) -> int:
        """On how many questions the first has the higher mean."""
        return int(np.count_nonzero(self.differences > 0))

    @property
    def losses(self) -> int:
        return int(np.count_nonzero(self.differences < 0))

    @property
    def ties(self) -> int:
        return self.n - self.wins - self.losses

    @property
    def net(self) -> float | None:
        """Return (wins - losses) / n, None without questions."""
        return (self.wins - self.losses) / self.n if self.n else None

    def ratio(self) -> Ratio:
        """Return the mean difference over the questions, each counting once."""
        parts, wholes = np.zeros(self.of_both.size), np.zeros(self.of_both.size)
        parts[self.of_both] = self.differences
        wholes[self.of_both] = self.scale
        return Ratio(parts, wholes, NO_PAIRS)

    def test(self, plan: Resampling) -> SignFlip | None:
        """Return the sign-flip test over the questions; None without any."""
        return sign_flip(self.differences, plan=plan) if self.n else None


def paired(a: Scores, b: Scores) -> Paired:
    """Return the differences of the mean scores of `a` and `b`, question by question.

    A question's difference is sum / count of a's scores minus that of b's, as whole numbers in
    units of one by the least common multiple of the counts. Questions that one of them lacks are
    left out.

    Undefined case: no question that both answer has no differences.

    Sums 3 and 2 of 2 scores each, against 1 of 2 and 3 of 3: 3/2 - 1/2 = 1 and 1 - 1 = 0, and the
    least common multiple of 2, 2, 2 and 3 is 6.

    >>> two = paired(Scores(np.array([3, 2]), np.array([2, 2])),
    ...              Scores(np.array([1, 3]), np.array([2, 3])))
    >>> two.differences.tolist(), two.scale, two.wins, two.losses, two.ties, two.net
    ([6, 0], 6, 1, 0, 1, 0.5)
    """
    both = (a.counts > 0) & (b.counts > 0)
    of_a, of_b = a.counts[both], b.counts[both]
    scale, even = _common_multiple(np.union1d(of_a, of_b).tolist()), np.array_equal(of_a, of_b)
    if scale > LARGEST_MULTIPLE:
        return Paired(both, a.sums[both] / of_a - b.sums[both] / of_b, 1, even)
    whole = a.sums[both] * (scale // of_a) - b.sums[both] * (scale // of_b)
    return Paired(both, whole, scale, even)


def _common_multiple(counts: Sequence[int]) -> int:
    scale = 1
    for count in counts:
        scale = np.lcm(scale, count).item()
        if scale > LARGEST_MULTIPLE:
            break
    return scale


def equals_difference_of_means(a: Scores, b: Scores, pair: Paired) -> bool:
    """Say whether the mean difference is exactly the difference of the two means over all scores.

    It is in a balanced design: the same questions, each with equally many scores.
    """
    if not pair.n or pair.differences.dtype.kind != "i":
        return False
    means = [Fraction(int(each.sums.sum()), int(each.counts.sum())) for each in (a, b)]
    return Fraction(int(pair.differences.sum()), pair.n * pair.scale) == means[0] - means[1]


def holm(p: Sequence[float | None]) -> list[float | None]:
    """Return p-values adjusted for all of a family by Holm's step-down procedure.

    The i-th smallest of m is multiplied by m - i + 1, is at least as large as the one before, and
    at most 1 (Holm, Scand. J. Stat. 6, 1979). None stands for a test that could not be made: it
    counts in m, as it was in the family when that was frozen, and stays None.

    The smallest of three, 0.01, becomes 0.03; the next, 0.04, becomes 0.08, and so does 0.045.

    >>> holm([0.045, 0.01, 0.04])
    [0.08, 0.03, 0.08]
    """
    adjusted: list[float | None] = [None] * len(p)
    told = sorted((value, place) for place, value in enumerate(p) if value is not None)
    largest = 0.0
    for before, (value, place) in enumerate(told):
        largest = max(largest, min(1.0, (len(p) - before) * value))
        adjusted[place] = largest
    return adjusted
