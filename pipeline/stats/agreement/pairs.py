"""Cohen's kappa of every two raters, with what distorts it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.agreement.alpha import ONE_VALUE
from pipeline.stats.agreement.chance import corrected, quotient
from pipeline.stats.agreement.coefficients import Coefficient, coefficient, named, undefined
from pipeline.stats.agreement.families import Which
from pipeline.stats.agreement.kinds import Kinds, kinds_of, of_those_who_rated, one_hot
from pipeline.stats.agreement.weights import agreement_weights
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.drawn import drawn, estimates_of, without_resamples
from pipeline.stats.resampling.intervals import TIE, Estimate, Resampling, Samples, Undefined
from pipeline.stats.resampling.sums import OfSums

Floats = NDArray[np.float64]
Places = tuple[NDArray[np.int64], NDArray[np.int64]]

NO_SHARED = Undefined("no_pairs", "no item has a rating of both; one is enough for a figure")
NO_ORDER = Undefined("no_order", "the values have no order, so none are nearer than others")
ONE_PAIR = Undefined(
    "one_value", "two raters gave the same value to all they share, so their kappa is undefined"
)
SCHEMES = ("identity", "linear", "quadratic")
MANY = 190  # pairs, those of 20 raters; the time and memory for more grow with the raters' square


@dataclass(frozen=True)
class Pair:
    """How two raters, by their places `a` and `b`, agree on the `n` items that both rated.

    `kappa` counts values as equal or not, `linear` and `quadratic` weigh how far they are apart;
    the errors are their standard errors. `table` has shape (q, q): how often `a` gave the row's
    value where `b` gave the column's.

    The rest says what moves kappa beside agreement; None without an item. Of two values the
    prevalence index is |a - d| / n and the bias index |b - c| / n, and PABAK, the prevalence- and
    bias-adjusted kappa, is 2 po - 1 (Byrt, Bishop and Carlin, J. Clin. Epidemiol. 46, 1993). Of q
    values PABAK is (po - 1/q) / (1 - 1/q), as Brennan and Prediger's, and the indices those with
    which it stays true that kappa = (PABAK - PI^2 + BI^2) / (1 - PI^2 + BI^2): with p_k and d_k
    half the sum and half the difference of the raters' shares of k, PI^2 is
    (q sum p_k^2 - 1) / (q - 1) and BI^2 is q sum d_k^2 / (q - 1). Both lie from 0 to 1.
    """

    a: int
    b: int
    n: int
    kappa: Estimate
    linear: Estimate
    quadratic: Estimate
    kappa_error: float | None
    linear_error: float | None
    quadratic_error: float | None
    table: NDArray[np.int64]
    prevalence_index: float | None
    bias_index: float | None
    pabak: float | None


def pairs(ratings: Ratings, *, ordered: bool = True, plan: Resampling) -> tuple[Pair, ...]:
    """Return Cohen's kappas of every two raters, over the items that both rated.

    The formula is that of `cohen`, the standard errors those of `cohen_error`. All intervals are
    the bootstrap's, from the same resamples of all items, raters held fixed; where several items
    are about one question, of all questions, and there are no standard errors.

    Undefined cases: no item that both rated; the same value by both throughout; the weighted ones
    if the values of the scale are not `ordered`. Of more than `MANY` pairs there is no interval.

    >>> found, = pairs(
    ...     Ratings(np.array([[0, 0, 1, 1], [0, 1, 1, 1]]), np.array([0.0, 1.0])),
    ...     plan=Resampling(0.95, 100, seed=7),
    ... )
    >>> found.n, found.kappa.value, found.pabak, found.prevalence_index, found.bias_index
    (4, 0.5, 0.5, 0.25, 0.25)
    """
    kinds = kinds_of(ratings)
    if many_pairs(ratings):
        samples = kappas_alone(kinds)
    else:
        samples = cohen_kappas(kinds.ratings).sampled(kinds.items, plan, kinds.clusters)
    return pairs_reported(ratings, ordered=ordered, samples=samples, plan=plan)


def many_pairs(ratings: Ratings) -> Undefined | None:
    """Return why there are too many pairs of raters for intervals, None where there are not.

    >>> many_pairs(Ratings(np.zeros((21, 1), dtype=np.int64), np.array([0.0]))).reason
    '210 pairs of raters are too many for intervals, 190 (20 raters) would be few enough'
    """
    raters = len(ratings.codes)
    pairs = raters * (raters - 1) // 2
    if pairs <= MANY:
        return None
    told = f"{pairs:,} pairs of raters are too many for intervals"
    return Undefined("many_pairs", f"{told}, {MANY} (20 raters) would be few enough")


def cohen_kappas(ratings: Ratings) -> OfSums:
    """Return the three kappas of every `Pair`."""
    return cohen(ratings, _schemes(ratings))


def kappas_alone(kinds: Kinds) -> Samples:
    """Return the figures of `cohen_kappas` without resamples, of `MANY` pairs at once."""
    ratings, (first, second) = kinds.ratings, _places(kinds.ratings)
    blocks = [slice(at, at + MANY) for at in range(0, first.size, MANY)]
    of_blocks = (cohen(ratings, _schemes(ratings), (first[at], second[at])) for at in blocks)
    return without_resamples(np.concatenate([of.of_all(kinds.items) for of in of_blocks]))


def _schemes(ratings: Ratings) -> list[Floats]:
    return [agreement_weights(name, ratings.levels) for name in SCHEMES]


def pairs_reported(
    ratings: Ratings, *, ordered: bool, samples: Samples, plan: Resampling
) -> tuple[Pair, ...]:
    """Return every two raters' kappas from samples of `cohen_kappas`."""
    first, second = _places(ratings)
    tables = [cross_table(ratings, a, b) for a, b in zip(first, second, strict=True)]
    why = [ONE_VALUE if table.any() else NO_SHARED for table in tables for _ in SCHEMES]
    if not ordered:
        weighted = np.arange(len(why)) % len(SCHEMES) > 0
        samples = replace(samples, values=np.where(weighted, np.nan, samples.values))
        why = [NO_ORDER if own else each for own, each in zip(weighted, why, strict=True)]
    found = estimates_of(
        samples,
        clustered=ratings.clustered,
        plan=plan,
        undefined=why,
        alone=many_pairs(ratings),
    )
    weights = [] if ratings.clustered else _schemes(ratings)
    return tuple(
        _pair(a, b, table, found[at : at + len(SCHEMES)], weights)
        for at, a, b, table in zip(
            count(0, len(SCHEMES)), first.tolist(), second.tolist(), tables, strict=False
        )
    )


def light_kappa(ratings: Ratings, *, samples: Samples, plan: Resampling) -> Coefficient:
    """Return the mean of the kappas of all pairs who share items, from samples of `cohen_kappas`.

    It is Light's (Psychol. Bull. 76, 1971). Undefined cases: no such pair; the kappa of one is. Of
    more than `MANY` pairs there is no interval.
    """
    rated, light = of_those_who_rated(ratings), Which("light_kappa", SCHEMES[0])
    why = undefined(rated, light)
    if why == ONE_VALUE:
        why = ONE_PAIR
    tables = [cross_table(ratings, a, b) for a, b in zip(*_places(ratings), strict=True)]
    rows = len(SCHEMES) * np.flatnonzero([table.any() for table in tables])
    if not rows.size:
        of = drawn(clustered=ratings.clustered)
        none = why.estimate(level=plan.level, method=plan.method("BCa", of=of))
        return coefficient(rated, light, named(none, light))
    mean = replace(
        samples,
        values=samples.values[rows].mean(keepdims=True),
        drawn=samples.drawn[:, rows].mean(axis=1, keepdims=True),
        without=samples.without[:, rows].mean(axis=1, keepdims=True),
    )
    (found,) = estimates_of(
        mean,
        clustered=ratings.clustered,
        plan=plan,
        undefined=[why],
        alone=many_pairs(ratings),
    )
    return coefficient(rated, light, named(found, light))


def _pair(
    a: int,
    b: int,
    table: NDArray[np.int64],
    found: Sequence[Estimate],
    weights: Sequence[Floats],
) -> Pair:
    """Return two raters' kappas; without `weights` there are no standard errors."""
    kappa, linear, quadratic = (
        named(estimate, Which("cohen_kappa", scheme))
        for estimate, scheme in zip(found, SCHEMES, strict=True)
    )
    errors = [
        None if of.value is None else cohen_error(table, each)
        for of, each in zip(found, weights, strict=False)
    ] or [None] * len(SCHEMES)
    prevalence, bias, pabak = _distorting(table)
    return Pair(
        a=a,
        b=b,
        n=int(table.sum()),
        kappa=kappa,
        linear=linear,
        quadratic=quadratic,
        kappa_error=errors[0],
        linear_error=errors[1],
        quadratic_error=errors[2],
        table=table,
        prevalence_index=prevalence,
        bias_index=bias,
        pabak=pabak,
    )


def _places(ratings: Ratings) -> Places:
    first, second = np.triu_indices(len(ratings.codes), 1)
    return first, second


def cross_table(ratings: Ratings, a: int, b: int) -> NDArray[np.int64]:
    """Return how often two raters gave which values to the items that both rated, shape (q, q)."""
    codes = ratings.codes[[a, b]]
    first, second = codes[:, np.flatnonzero((codes >= 0).all(axis=0))]
    cells = np.bincount(first * ratings.q + second, minlength=ratings.q**2)
    return cells.reshape(ratings.q, ratings.q)


def cohen(ratings: Ratings, weights: Sequence[Floats], pairs: Places | None = None) -> OfSums:
    """Return Cohen's kappas of pairs of raters, all if None: of each one for each weights, (q, q).

    `ratings` has one item of each kind. Kappa is (po - pe) / (1 - pe), over the items that both
    rated: po is the mean weight of their two values, pe what it would be if each drew their values
    by chance from their own (Cohen, Educ. Psychol. Meas. 20, 1960; with weights, Psychol. Bull.
    70, 1968). A disagreement weight v is the weight 1 - v / max(v). NaN without such an item, and
    where chance leaves no room.

    (0, 0), (0, 1), (1, 1), (1, 1): po is 3/4, pe (2 * 1 + 2 * 3) / 16 = 1/2.

    >>> scale = np.array([0.0, 1.0])
    >>> of = cohen(Ratings(np.array([[0, 0, 1, 1], [0, 1, 1, 1]]), scale), [np.eye(2)])
    >>> of(np.ones((1, 4))).tolist()
    [[0.5]]
    """
    first, second = pairs or _places(ratings)
    q, size, items = ratings.q, len(weights), ratings.codes.shape[1]
    given = one_hot(ratings).transpose(0, 2, 1)
    there = ratings.given.astype(np.float64)[:, None]
    of_a, of_b = given[first] * there[second], given[second] * there[first]
    both = ratings.given[first] & ratings.given[second]
    codes = ratings.codes[first], ratings.codes[second]
    same = [np.where(both, each[codes], 0.0)[:, None] for each in weights]
    adds = np.concatenate([of_a, of_b, *same], axis=1).reshape(first.size * (2 * q + size), items)

    def figures(sums: Floats) -> Floats:
        of_pairs = sums.reshape(first.size, 2 * q + size, sums.shape[1])
        a, b, same = np.split(of_pairs, [q, 2 * q], axis=1)
        n = a.sum(axis=1)
        found = [
            corrected(quotient(same[:, at], n), quotient(((each @ a) * b).sum(axis=1), n * n))
            for at, each in enumerate(weights)
        ]
        return np.stack(found, axis=1).reshape(first.size * size, sums.shape[1])

    return OfSums(adds, figures)


def cohen_error(table: NDArray[np.int64], weights: Floats) -> float | None:
    """Return the standard error of Cohen's kappa of a table of counts, shape (q, q).

    That of Fleiss, Cohen and Everitt (Psychol. Bull. 72, 1969), for a kappa that need not be 0.
    Undefined cases: kappa itself; no spread, as where all agree.

    >>> cohen_error(np.array([[1, 1], [0, 2]]), np.eye(2)).__round__(6)
    0.375
    """
    n = int(table.sum())
    if not n:
        return None
    shares = table / n
    of_a, of_b = shares.sum(axis=1), shares.sum(axis=0)
    observed, expected = float((weights * shares).sum()), float(of_a @ weights @ of_b)
    room = 1 - expected
    if room <= TIE:
        return None
    kappa = (observed - expected) / room
    margins = (weights @ of_b)[:, None] + of_a @ weights
    values = weights - (1 - kappa) * margins
    variance = float((shares * values**2).sum()) - (kappa - expected * (1 - kappa)) ** 2
    return float(np.sqrt(variance / n)) / room if variance > TIE else None


def _distorting(table: NDArray[np.int64]) -> tuple[float | None, float | None, float | None]:
    """Return the prevalence index, the bias index and PABAK of a table of counts."""
    n, q = int(table.sum()), len(table)
    if not n or q < 2:
        return None, None, None
    of_a, of_b = table.sum(axis=1) / n, table.sum(axis=0) / n
    room = 1 - 1 / q
    prevalence = max(0.0, float((((of_a + of_b) / 2) ** 2).sum()) - 1 / q)
    bias = float((((of_a - of_b) / 2) ** 2).sum())
    observed = float(np.trace(table)) / n
    return sqrt(prevalence / room), sqrt(bias / room), (observed - 1 / q) / room
