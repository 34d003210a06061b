"""Count what there is to compare, and how often each level of a criterion was given."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.agreement.scores import Scores
from pipeline.stats.ratings import Ratings


@dataclass(frozen=True)
class Extent:
    """What was scored on a criterion, hidden repeats left out.

    `items` have a score and `raters` gave one. `missing` are scores that were to be given and are
    not, or are "cannot judge"; a gap of the design is none. `shared` items have two scores or
    more, `complete` ones have one of every rater. `per_item` says how many items have so many
    scores. `questions` are those that the shared items are about, None where each item is about one
    of its own.
    """

    items: int
    raters: int
    judgements: int
    missing: int
    shared: int
    complete: int
    per_item: Mapping[int, int]
    questions: int | None

    @property
    def drawn(self) -> int:
        """Return how many questions or items with two scores or more the intervals draw from."""
        return self.shared if self.questions is None else self.questions


@dataclass(frozen=True)
class Given:
    """How often a rater, or all of them, gave each level; `mean` is None without order or score."""

    rater: str | None
    group: str | None
    n: int
    counts: tuple[int, ...]
    mean: float | None

    @property
    def shares(self) -> tuple[float | None, ...]:
        return tuple(count / self.n if self.n else None for count in self.counts)


@dataclass(frozen=True)
class Distribution:
    """The levels as all raters gave them, and as each did."""

    levels: tuple[str, ...]
    all: Given
    raters: tuple[Given, ...]


@dataclass(frozen=True)
class Prevalence:
    """What distorts kappas: the most frequent level, and how far raters' means lie apart.

    `highest` and `lowest` are raters, by the means of what each scored; None where levels have no
    order, or fewer than two scored.
    """

    level: str
    share: float
    bias: float | None
    highest: str | None
    lowest: str | None


def extent(scores: Scores) -> Extent:
    given = scores.ratings.given
    each = given.sum(axis=0)
    per_item, items = np.unique(each[each > 0], return_counts=True)
    raters = int(given.any(axis=1).sum())
    about = scores.ratings.clusters_at(each > 1)
    return Extent(
        items=int((each > 0).sum()),
        raters=raters,
        judgements=int(given.sum()),
        missing=scores.missing,
        shared=int((each > 1).sum()),
        complete=int((each == raters).sum()) if raters else 0,
        per_item=dict(zip(per_item.tolist(), items.tolist(), strict=True)),
        questions=None if about is None else np.unique(about).size,
    )


def distribution(scores: Scores) -> Distribution:
    """Return how often each level was given; a rater without a score is left out."""
    ratings = scores.ratings
    counts = _counts(ratings)
    each = [
        _given(row, ratings.levels, rater=rater.pseudonym, group=rater.group, mean=scores.ordered)
        for rater, row in zip(scores.raters, counts, strict=True)
        if row.sum()
    ]
    total = _given(counts.sum(axis=0), ratings.levels, mean=scores.ordered)
    return Distribution(scores.names, total, tuple(each))


def prevalence(found: Distribution) -> Prevalence | None:
    """Return the most frequent level and the raters' bias, None without a score."""
    shares = [share for share in found.all.shares if share is not None]
    if not shares:
        return None
    place = int(np.argmax(shares))
    means = {each.rater: each.mean for each in found.raters if each.mean is not None}
    if len(means) < 2:
        return Prevalence(found.levels[place], shares[place], None, None, None)
    highest, lowest = (pick(means, key=lambda rater: means[rater]) for pick in (max, min))
    bias = means[highest] - means[lowest]
    return Prevalence(found.levels[place], shares[place], bias, highest, lowest)


def _counts(ratings: Ratings) -> NDArray[np.int64]:
    """Return how often each rater gave each level, shape (raters, q)."""
    levels = np.arange(ratings.q)
    counts: NDArray[np.int64] = (ratings.codes[:, :, None] == levels).sum(axis=1)
    return counts


def _given(
    counts: NDArray[np.int64],
    levels: NDArray[np.float64],
    *,
    mean: bool,
    rater: str | None = None,
    group: str | None = None,
) -> Given:
    n = int(counts.sum())
    average = float(counts @ levels) / n if mean and n else None
    return Given(rater, group, n, tuple(counts.tolist()), average)
