"""Work out each system's values with intervals, and test the differences of all pairs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pipeline.metrics import whole
from pipeline.metrics.known import KNOWN
from pipeline.scoring.answers import Answer
from pipeline.scoring.computing import Computed
from pipeline.scoring.found import Difference, MetricFound, SystemValue
from pipeline.scoring.wanted import TRIALS
from pipeline.stats.resampling.drawn import of_enough
from pipeline.stats.resampling.intervals import (
    QUESTIONS,
    WILSON,
    Estimate,
    Resampling,
    estimates,
    wilson,
)
from pipeline.stats.resampling.sums import OfSums, sampled_together
from pipeline.stats.systems.comparisons import NO_PAIRS, holm
from pipeline.stats.systems.exchange import Exchange, exchange_tests
from pipeline.stats.systems.signflip import sign_flip

EXACT_AT_MOST = 50_000_000  # differences times their sum: beyond it, random flips take less time

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Sums:
    """What each question adds to the sums of a system, (c, questions), and which have a score."""

    adds: Floats
    there: NDArray[np.bool_]

    def over(self, questions: NDArray[np.bool_]) -> Floats:
        return self.adds * questions


@dataclass(frozen=True)
class _Pair:
    """Two systems' sums over the questions that both have."""

    a: str
    b: str
    of_a: Floats
    of_b: Floats
    both: NDArray[np.bool_]

    @property
    def n(self) -> int:
        return int(np.count_nonzero(self.both))


def found(
    computed: Sequence[Computed], answers: Mapping[str, Sequence[Answer]], plan: Resampling
) -> list[MetricFound]:
    """Return what is found by each metric; all tests of all metrics are one family for Holm.

    A pair without a common question has no test and is not in the family: nobody froze it before.
    Questions are resampled, the same ones for all systems and metrics.
    """
    place = {
        question: at
        for at, question in enumerate(
            sorted({one.question_id for each in answers.values() for one in each})
        )
    }
    of_metrics = [_of_metric(each, answers, place, plan) for each in computed]
    tested = _tested([pairs for _, pairs in of_metrics], [each.name for each in computed], plan)
    made = [test.p for tests in tested for test in tests if test.p is not None]
    adjusted = iter(holm(made))
    return [
        replace(
            metric,
            differences=tuple(
                replace(each, p=test.p, p_holm=_next(adjusted, test), test=test.test)
                for each, test in zip(metric.differences, tests, strict=True)
            ),
        )
        for (metric, _), tests in zip(of_metrics, tested, strict=True)
    ]


def _of_metric(
    computed: Computed,
    answers: Mapping[str, Sequence[Answer]],
    place: Mapping[int, int],
    plan: Resampling,
) -> tuple[MetricFound, list[_Pair]]:
    bare = MetricFound(computed.name, computed.signature, computed.why)
    if computed.why:
        return bare, []
    sums = {name: _sums(computed, each, place) for name, each in answers.items()}
    pairs = [_pair(a, b, sums) for a, b in combinations(sums, 2)]
    figure = whole.figure(computed.name)
    parts = [OfSums(each.adds, lambda sums: figure(sums)[None]) for each in sums.values()]
    parts += [OfSums(np.vstack([each.of_a, each.of_b]), _difference(figure)) for each in pairs]
    kinds = np.ones(len(place), dtype=np.int64)
    counts = [int(np.count_nonzero(each.there)) for each in sums.values()]
    counts += [each.n for each in pairs]
    why = [whole.NO_SCORES] * len(sums) + [NO_PAIRS] * len(pairs)
    told = [
        of_enough(estimates(samples, plan=plan, undefined=[none], of=QUESTIONS)[0], n, plan.level)
        for samples, none, n in zip(sampled_together(parts, kinds, plan), why, counts, strict=True)
    ]
    values = [
        SystemValue(name, n, estimate, computed.reasons(answers[name]))
        for name, n, estimate in zip(sums, counts, told, strict=False)
    ]
    if KNOWN[computed.name].whole == "share":
        values = [replace(each, estimate=_share(sums[each.system], plan)) for each in values]
    differences = [
        Difference(each.a, each.b, each.n, estimate, None, None, None)
        for each, estimate in zip(pairs, told[len(sums) :], strict=True)
    ]
    return replace(
        bare,
        values=tuple(values),
        differences=tuple(differences),
        added=computed.added,
        known=sum(each.n for each in values) - computed.added,
        windowed=computed.windowed(),
    ), pairs


def _share(sums: _Sums, plan: Resampling) -> Estimate:
    """Return a share with Wilson's interval, which has a width where the share is 0 or 1 too."""
    yes, n = sums.adds.sum(axis=1).tolist()
    if not n:
        return whole.NO_SCORES.estimate(level=plan.level, method=WILSON)
    return wilson(int(yes), int(n), level=plan.level)


def _sums(computed: Computed, answers: Sequence[Answer], place: Mapping[int, int]) -> _Sums:
    scored = [each for each in answers if each.id in computed.scores]
    scores = [computed.scores[each.id] for each in scored]
    there = np.zeros(len(place), dtype=np.bool_)
    if not scored:
        return _Sums(np.zeros((2, len(place))), there)
    adds = whole.adds(
        computed.name, [each.value for each in scores], [each.statistics for each in scores]
    )
    at = [place[each.question_id] for each in scored]
    spread = np.zeros((len(adds), len(place)))
    spread[:, at] = adds
    there[at] = True
    return _Sums(spread, there)


def _pair(a: str, b: str, sums: Mapping[str, _Sums]) -> _Pair:
    both = sums[a].there & sums[b].there
    rows = max(len(sums[a].adds), len(sums[b].adds))
    of_a, of_b = (
        each.over(both) if len(each.adds) == rows else np.zeros((rows, both.size))
        for each in (sums[a], sums[b])
    )
    return _Pair(a, b, of_a, of_b, both)


def _difference(figure: whole.Figure) -> whole.Figure:
    def of(sums: Floats) -> Floats:
        a, b = np.split(sums, 2)
        found: Floats = (figure(a) - figure(b))[None]
        return found

    return of


@dataclass
class _Test:
    p: float | None = None
    test: str | None = None


def _tested(
    pairs: Sequence[Sequence[_Pair]], names: Sequence[str], plan: Resampling
) -> list[list[_Test]]:
    """Return the tests of all pairs; those by exchanging all use the same exchanges."""
    tests = [[_Test() for _ in each] for each in pairs]
    exchanges: list[Exchange] = []
    waiting: list[_Test] = []
    for name, of_metric, found_ in zip(names, pairs, tests, strict=True):
        for pair, test in zip(of_metric, found_, strict=True):
            if not pair.n:
                continue
            whole_ones = _whole_differences(name, pair)
            if whole_ones is not None:
                flipped = sign_flip(whole_ones, plan=plan)
                test.p, test.test = flipped.p, flipped.test
                continue
            exchanges.append(Exchange(pair.of_a, pair.of_b, whole.figure(name)))
            waiting.append(test)
    for test, done in zip(
        waiting, exchange_tests(exchanges, trials=TRIALS, seed=plan.seed), strict=True
    ):
        test.p, test.test = done.p, done.test
    return tests


def _next(adjusted: Iterator[float | None], test: _Test) -> float | None:
    return None if test.p is None else next(adjusted)


def _whole_differences(name: str, pair: _Pair) -> NDArray[np.int64] | None:
    """Return the differences of a mean that an exact test can take: whole numbers, not too many."""
    if KNOWN[name].whole not in whole.MEANS:
        return None
    apart = (pair.of_a[0] - pair.of_b[0])[pair.both]
    if (apart % 1).any() or np.abs(apart).sum() * apart.size > EXACT_AT_MOST:
        return None
    found: NDArray[np.int64] = apart.astype(np.int64)
    return found
