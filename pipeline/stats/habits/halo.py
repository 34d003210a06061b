"""How alike a rater's scores on different criteria are, beside the other raters'."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.intervals import (
    RATED_QUESTIONS,
    Estimate,
    Resampling,
    Undefined,
    estimates,
)
from pipeline.stats.resampling.sums import OfSums
from pipeline.stats.systems.ratios import Ratio, refusal, without_interval

ROUNDING = 1e-9
SUMS = 6  # n, a, b, aa, bb, ab

ONE_CRITERION = Undefined("one_criterion", "there is one criterion only, so nothing to compare")
ONE_VALUE = Undefined("one_value", "no two criteria both have differing scores on the same answers")
NO_OTHERS = Undefined("no_others", "no other rater has such a correlation to compare with")

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Pair:
    """The correlation of the scores on criteria `a` and `b`, over `n` units; None if undefined."""

    a: int
    b: int
    n: int
    correlation: float | None


@dataclass(frozen=True)
class Halo:
    """How alike a rater's scores on different criteria are.

    `own` is the mean of the correlations in `pairs`, `others` the mean of the other raters' means
    as far as they are defined, `difference` the first less the second.
    """

    pairs: tuple[Pair, ...]
    own: Estimate
    others: Estimate
    difference: Estimate


def halo(criteria: Sequence[Ratings], *, questions: Places, plan: Resampling) -> tuple[Halo, ...]:
    """Return how alike each rater's scores on different criteria are.

    `criteria` has the ratings on each criterion, all with the shape (raters, units); `questions`
    has shape (units,), as places from 0. The correlation of two criteria is Pearson's, of the
    values that a rater gave to the units which have both. Criteria are related in themselves, so
    a high correlation alone is no halo: it is one as far as it is above the other raters' (Murphy,
    Jako and Anhalt, J. Appl. Psychol. 78, 1993, on what such an index can and cannot say). The
    intervals are the bootstrap's over questions, all from the same resamples.

    Undefined cases: one criterion; scores that do not differ; no other rater with a correlation.

    Scores (0, 1, 2) and (0, 2, 2): the correlation is 2 / sqrt(2 * 8 / 3) = 0.866.

    >>> scale = np.array([0.0, 1.0, 2.0])
    >>> first, second = Ratings(np.array([[0, 1, 2]]), scale), Ratings(np.array([[0, 2, 2]]), scale)
    >>> one, = halo([first, second], questions=np.arange(3), plan=Resampling(0.95, 100, seed=7))
    >>> round(one.own.value, 3), one.difference.code
    (0.866, 'no_others')
    """
    pairs = list(combinations(range(len(criteria)), 2))
    raters = len(criteria[0].codes)
    if not pairs:
        none = ONE_CRITERION.estimate(level=plan.level, method=_method(plan))
        return (Halo((), none, none, none),) * raters
    moments = np.stack([_moments(criteria[a], criteria[b], questions) for a, b in pairs], axis=1)
    whole = moments.sum(axis=3)
    shown = _correlations(whole.transpose(2, 0, 1))  # (raters, pairs)
    own, others, apart = np.split(np.array(_told(moments, ~np.isnan(shown), plan)), 3)
    return tuple(
        Halo(
            tuple(
                Pair(a, b, int(whole[rater, at, 0]), _known(shown[rater, at]))
                for at, (a, b) in enumerate(pairs)
            ),
            own[rater],
            others[rater],
            apart[rater],
        )
        for rater in range(raters)
    )


def _moments(a: Ratings, b: Ratings, questions: Places) -> Floats:
    """Return each rater's sums of 1, a, b, aa, bb, ab over a question, (raters, 6, questions)."""
    both = (a.given & b.given).astype(np.float64)
    x, y = a.levels[a.codes] * both, b.levels[b.codes] * both
    of_units = np.stack([both, x, y, x * x, y * y, x * y], axis=1)
    size = int(questions.max(initial=-1)) + 1
    rows = of_units.reshape(-1, questions.size)
    sums = np.array([np.bincount(questions, row, size) for row in rows])
    return sums.reshape(*of_units.shape[:2], size)


def _correlations(moments: Floats) -> Floats:
    n, x, y, xx, yy, xy = moments
    spread = (n * xx - x * x) * (n * yy - y * y)
    whole = np.sqrt(np.maximum(spread, 0))
    return _quotient(n * xy - x * y, whole)


def _told(moments: Floats, shown: NDArray[np.bool_], plan: Resampling) -> list[Estimate]:
    """Return all raters' own figures, then the others', then how far apart they are."""
    raters, pairs, _, _ = moments.shape
    there: NDArray[np.bool_] = shown.sum(axis=1) > 0

    def figures(sums: Floats) -> Floats:
        each = _correlations(sums.reshape(raters, pairs, SUMS, -1).transpose(2, 0, 1, 3))
        each = np.where(shown[:, :, None], each, 0.0)
        own = _quotient(each.sum(axis=1), shown.sum(axis=1)[:, None])
        known = ~np.isnan(own)
        values = np.where(known, own, 0.0)
        others = _quotient(values.sum(axis=0) - values, 1.0 * known.sum(axis=0) - known)
        return np.concatenate([own, others, own - others])

    adds = moments.reshape(-1, moments.shape[-1])
    said = (adds != 0).sum(axis=0) > 0
    why = [ONE_VALUE] * raters + [NO_OTHERS] * raters
    why += [NO_OTHERS if each else ONE_VALUE for each in there]
    if not said.any():
        return [each.estimate(level=plan.level, method=_method(plan)) for each in why]
    samples = OfSums(adds, figures).sampled(said.astype(np.int64), plan)
    found = estimates(samples, plan=plan, undefined=why, of=RATED_QUESTIONS)
    few = [_few(of_rater, plan.level) for of_rater in moments[:, :, 0].sum(axis=1)] * 3
    return [
        without_interval(each, refused) if refused and each.value is not None else each
        for each, refused in zip(found, few, strict=True)
    ]


def _few(n: Floats, level: float) -> Undefined | None:
    """Return why a rater's questions allow no interval; of these, only how many there are."""
    return refusal(Ratio(n * np.arange(n.size), n, ONE_VALUE), level)


def _method(plan: Resampling) -> str:
    return plan.method("BCa", of=RATED_QUESTIONS)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _quotient(part: Floats, whole: Floats) -> Floats:
    """Divide; NaN where there is nothing to divide by, but for rounding."""
    whole = np.broadcast_to(whole, part.shape)
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > ROUNDING)
