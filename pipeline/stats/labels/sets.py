"""Agreement between labellers, on whole sets of labels or on one answer an item."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.agreement.alpha import NO_PAIRS, alpha, krippendorff_alpha, paired
from pipeline.stats.agreement.chance import agreed, agreeing, share_of_items
from pipeline.stats.ratings import MISSING, Ratings
from pipeline.stats.resampling.drawn import estimates_of
from pipeline.stats.resampling.intervals import Estimate, Resampling

Distance = Literal["masi", "jaccard", "exact"]
About = NDArray[np.int64] | None  # which question each item is about, None if each has its own


def set_distances(sets: NDArray[np.int64], distance: Distance) -> NDArray[np.float64]:
    """Return how far apart sets of labels are, shape (v, v), from 0 (equal) to 1.

    `sets` has shape (v,): bit j of a set says whether it has label j.

    jaccard: 1 - |A and B| / |A or B| (Jaccard, New Phytologist 11, 1912). masi: 1 - m |A and B| /
    |A or B|, with m = 1 for equal sets, 2/3 where one holds the other, 1/3 where they only
    overlap, 0 where they share nothing (Passonneau, Measuring Agreement on Set-valued Items,
    LREC 2006). exact: 0 for equal sets, else 1.

    Two empty sets are equal, so 0 apart: "no distortion" twice is agreement. (The quotient would
    be nothing of nothing.) An empty set and another share nothing, so they are 1 apart.

    {a}, {a, b} and {}: the first two share 1 of 2, and one holds the other: 1 - 2/3 * 1/2 = 2/3.

    >>> set_distances(np.array([0b01, 0b11, 0]), "masi").round(3).tolist()
    [[0.0, 0.667, 1.0], [0.667, 0.0, 1.0], [1.0, 1.0, 0.0]]
    """
    equal = sets[:, None] == sets
    if distance == "exact":
        return np.where(equal, 0.0, 1.0)
    shared, either = (
        np.bitwise_count(both).astype(np.float64)
        for both in (sets[:, None] & sets, sets[:, None] | sets)
    )
    if distance == "jaccard":
        return np.where(equal, 0.0, 1 - shared / np.maximum(either, 1))
    sizes = np.bitwise_count(sets)
    holds = shared == np.minimum(sizes[:, None], sizes)
    thirds = np.where(holds, 2, 1) * (shared > 0)
    return np.where(equal, 0.0, 1 - thirds * shared / (3 * np.maximum(either, 1)))


def set_alpha(
    sets: NDArray[np.int64], *, distance: Distance, plan: Resampling, about: About = None
) -> Estimate:
    """Return Krippendorff's alpha of sets of labels; see `alpha` for the formula and interval.

    `sets` has shape (raters, items): bit j says whether the rater gave label j, 0 is the empty
    set, -1 is missing. `distance` is one of those of `set_distances`, `about` has shape (items,).

    Undefined cases: no item with two sets; one and the same set throughout.

    Sets ({a}, {a}) and ({b}, {a, b}): 2/3 of one pair, twice, of 4 sets. Of all 12 ordered pairs,
    4 are 1 apart ({a}, {b}), 4 and 2 are 2/3 apart ({a} or {b}, and {a, b}), 8 in all:
    1 - (4/3 / 4) / (8 / 12) = 1/2.

    >>> set_alpha(
    ...     np.array([[0b01, 0b10], [0b01, 0b11]]),
    ...     distance="masi", plan=Resampling(level=0.95, resamples=100, seed=7),
    ... ).value
    0.5
    """
    return alpha(sets, lambda values: set_distances(values, distance), plan=plan, clusters=about)


def label_alpha(
    sets: NDArray[np.int64], *, labels: Sequence[str], plan: Resampling, about: About = None
) -> dict[str, Estimate]:
    """Return nominal alpha of each label by itself: was it given or not.

    `sets` and `about` are as in `set_alpha`, with bit j for `labels[j]`. Raises ValueError for a
    set with another label.

    Undefined cases: no item with two sets; a label that everybody or nobody gave throughout.

    >>> found = label_alpha(
    ...     np.array([[0b01, 0b10, 0b00], [0b01, 0b01, 0b00]]),
    ...     labels=["a", "b"], plan=Resampling(level=0.95, resamples=100, seed=7),
    ... )
    >>> {label: round(estimate.value, 6) for label, estimate in found.items()}
    {'a': 0.444444, 'b': 0.0}
    """
    if sets.size and max(int(sets.max()), 0) >> len(labels):  # all may be missing
        raise ValueError(f"a set has a label beyond the {len(labels)} that are named")
    each = (np.where(sets == MISSING, MISSING, sets >> place & 1) for place in range(len(labels)))
    return {
        label: nominal_alpha(values, plan=plan, about=about)
        for label, values in zip(labels, each, strict=True)
    }


def nominal_alpha(values: NDArray[np.int64], *, plan: Resampling, about: About = None) -> Estimate:
    """Return Krippendorff's alpha of answers that are either equal or not.

    `values` has shape (raters, items): each answer as a small whole number, -1 where missing. See
    `krippendorff_alpha` for the formula, the interval and the undefined cases.

    >>> nominal_alpha(
    ...     np.array([[0, 0, 1, -1], [0, 1, 1, 1]]),
    ...     plan=Resampling(level=0.95, resamples=100, seed=7),
    ... ).value.__round__(6)
    0.444444
    """
    scale = np.arange(values.max(initial=0) + 1, dtype=np.float64)
    return krippendorff_alpha(Ratings(values, scale, about), metric="nominal", plan=plan)


def percent_agreement(
    values: NDArray[np.int64], *, plan: Resampling, about: About = None
) -> Estimate:
    """Return the mean over items of the share of pairs of an item's answers that are equal.

    `values` has shape (raters, items): each answer as any whole number from 0, -1 where missing.
    Items with fewer than two answers are left out; each other counts once, however many answers
    it has (Gwet, Handbook of Inter-Rater Reliability, 4th ed. 2014, chapter 2).

    If every item has exactly two answers, the figure is a share of items and has Wilson's
    interval; else the bootstrap's over items, or over questions where several items are about one.

    Undefined case: no item with two answers.

    Of (0, 0, 1), (1, 1, missing) one pair of three and one of one are equal: (1/3 + 1) / 2 = 2/3.

    >>> percent_agreement(
    ...     np.array([[0, 1], [0, 1], [1, -1]]),
    ...     plan=Resampling(level=0.95, resamples=100, seed=7),
    ... ).value.__round__(6)
    0.666667
    """
    answers = paired(values, about)
    items = agreeing(answers.counts, np.eye(answers.values.size))
    samples = agreed(items).sampled(answers.items, plan, answers.clusters)
    (found,) = estimates_of(samples, clustered=about is not None, plan=plan, undefined=[NO_PAIRS])
    if answers.clusters is not None:
        return found
    return share_of_items(answers.counts, answers.items, found)
