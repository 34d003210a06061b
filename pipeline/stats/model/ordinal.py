"""The cumulative-logit mixed model: systems and raters compared on an ordered scale."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtri

from pipeline.stats.model.ordinal_design import (
    ALONE,
    CELL,
    NO_BOUND,
    ONE,
    QUESTION,
    RATERS,
    SYSTEMS,
    Model,
    Rows,
)
from pipeline.stats.model.ordinal_design import model as fitted_model
from pipeline.stats.model.ordinal_design import rows as rows_of
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.intervals import Estimate, Undefined

NOTHING = 1e-3  # a random effect that makes the log likelihood no larger than this is not there
NAMES = {QUESTION: "question", CELL: "question × system"}
SEVERAL_ANSWERS = Undefined(
    "several_answers",
    "a system has several answers to one question, which the model does not tell apart; mean"
    " differences over questions allow for them",
)
AT_ZERO = Undefined("at_zero", "the scores are the likeliest without this effect")

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Effect:
    """How much higher the scores of a system or rater are than on average, in log odds."""

    place: int
    estimate: Estimate
    standard_error: float | None


@dataclass(frozen=True)
class Contrast:
    """How much higher the scores of system `a` are than those of `b`, in log odds."""

    a: int
    b: int
    estimate: Estimate
    standard_error: float | None


@dataclass(frozen=True)
class RatioTest:
    """A likelihood-ratio test: twice the gain in log likelihood, its degrees of freedom, and p."""

    statistic: float
    df: int
    p: float


@dataclass(frozen=True)
class Component:
    """The standard deviation of a random effect, in log odds.

    There is no test where it is undefined, or where the model without it has no maximum.
    """

    deviation: Estimate
    standard_error: float | None
    test: RatioTest | None


@dataclass(frozen=True)
class OrdinalFit:
    """The fitted model: effects sum to 0 over the systems, and raters, that have one.

    `thresholds` lie between the used levels; `unused` are the places on the scale of those that
    nobody gave. A test is None where there are no two effects. `quadrature_off` is how far the log
    likelihood moves with twice as many points.
    """

    n: int
    questions: int
    systems: tuple[Effect, ...]
    differences: tuple[Contrast, ...]
    raters: tuple[Effect, ...]
    system_test: RatioTest | None
    rater_test: RatioTest | None
    question: Component
    question_by_system: Component
    thresholds: tuple[float, ...]
    unused: tuple[int, ...]
    log_likelihood: float
    quadrature_off: float
    evaluations: int
    method: str


def fit(
    ratings: Ratings, *, systems: Places, questions: Places, level: float
) -> OrdinalFit | Undefined:
    """Return the model fitted to all scores of one criterion, or why there is none.

    `ratings` has the shape (raters, units); `systems` and `questions` have shape (units,): whose
    answer to what each unit is, as places from 0. The score y of rater r for the answer of system
    s to question i has the chances

        logit P(y <= k) = t_k - (a_s + c_r + u_i + v_is),

    with fixed effects a and c, and u and v normal around 0 (McCullagh, J. R. Stat. Soc. B 42,
    1980; Tutz and Hennevogl, Comput. Stat. Data Anal. 22, 1996). An effect of 0.7 doubles the odds
    of a score above any level. Fitted by maximum likelihood (`cumulative_fit.fit`); standard errors
    are from the observed information, intervals Wald's, for a deviation on the scale of its
    logarithm. Tests compare the log likelihoods with and without the effects; p of a deviation is
    half that of chi-square with one degree, as none is negative, and 1 at 0 (Self and Liang, J.
    Am. Stat. Assoc. 82, 1987).

    A level that nobody gave has no threshold. A rater or system with only the lowest or highest
    score has no finite effect; what the others have is then as without its scores, which is where
    the likelihood tends to. A deviation of 0 is a result, without an interval.

    Undefined cases: no scores; all the same; one question; several answers by one system to a
    question, which would share v though they differ, so that errors would be too small; systems
    that no raters link; a likelihood without a maximum, as where raters always agree.

    Two raters, ten answers: with the odds 1 and 9 of the higher score, and nothing that answers
    have in common, the effects are log(1 / 9) / 2 and log(9) / 2 = 1.0986.

    >>> from pipeline.stats.ratings import ratings
    >>> found = fit(
    ...     ratings([[0, 1] * 5, [1, 1] * 4 + [1, 0]], levels=(0, 1)),
    ...     systems=np.zeros(10, dtype=int), questions=np.arange(10), level=0.95,
    ... )
    >>> found.question.deviation.value, [round(each.estimate.value, 3) for each in found.raters]
    (0.0, [-1.099, 1.099])
    """
    rows = rows_of(ratings, systems=systems, questions=questions)
    full = fitted_model(rows, information=True)
    if isinstance(full, Undefined):
        return full
    if _several_answers(ratings, systems, questions):
        return SEVERAL_ANSWERS
    return _Result(rows, full, level).found(ratings.q)


def _several_answers(ratings: Ratings, systems: Places, questions: Places) -> bool:
    scored = ratings.given.any(axis=0)
    answers = np.stack([questions[scored], systems[scored]])
    return bool(np.unique(answers, axis=1).shape[1] < answers.shape[1])


class _Result:
    """What the full model says, beside those with one effect less."""

    def __init__(self, rows: Rows, full: Model, level: float) -> None:
        self.rows, self.full, self.level = rows, full, level
        self.quantile = float(ndtri(0.5 + level / 2))
        self.evaluations = full.fitted.evaluations
        self.method = f"Wald, {_model_name(full)}"

    def found(self, q: int) -> OrdinalFit:
        full = self.full
        tests = [self._fixed_test(SYSTEMS, RATERS), self._fixed_test(RATERS, SYSTEMS)]
        question, cell = self._component(QUESTION), self._component(CELL)
        return OrdinalFit(
            n=full.n,
            questions=full.questions,
            systems=self._effects(SYSTEMS),
            differences=self._differences(),
            raters=self._effects(RATERS),
            system_test=tests[0],
            rater_test=tests[1],
            question=question,
            question_by_system=cell,
            thresholds=tuple(full.fitted.parameters.thresholds.tolist()),
            unused=tuple(place for place in range(q) if place not in full.levels),
            log_likelihood=full.fitted.log_likelihood,
            quadrature_off=full.fitted.off,
            evaluations=self.evaluations,
            method=self.method,
        )

    def _effects(self, factor: str) -> tuple[Effect, ...]:
        members = self.full.members[factor].tolist()
        values, covariance = self._centred(factor)
        told = {
            place: self._wald(float(values[row]), float(covariance[row, row]))
            for row, place in enumerate(members)
            if len(members) > 1
        }
        refused = self.full.refused[factor]
        unbounded = any(each in NO_BOUND for each in refused.values())
        why = dict.fromkeys(members, ALONE if unbounded else ONE[factor]) | refused
        return tuple(
            Effect(place, *(told.get(place) or self._untold(why[place])))
            for place in range(self.rows.counts[factor])
        )

    def _differences(self) -> tuple[Contrast, ...]:
        members = self.full.members[SYSTEMS].tolist()
        refused = self.full.refused[SYSTEMS]
        values, covariance = self._centred(SYSTEMS)
        found = []
        for a, b in combinations(range(self.rows.counts[SYSTEMS]), 2):
            why = refused.get(a) or refused.get(b)
            if why:
                found.append(Contrast(a, b, *self._untold(why)))
                continue
            along = np.zeros(len(members))
            along[members.index(a)], along[members.index(b)] = 1, -1
            apart = self._wald(float(along @ values), float(along @ covariance @ along))
            found.append(Contrast(a, b, *apart))
        return tuple(found)

    def _centred(self, factor: str) -> tuple[Floats, Floats]:
        """Return the effects of all members of a factor, and their covariance."""
        sizes = [self.full.members[each].size - 1 for each in (SYSTEMS, RATERS)]
        thresholds = self.full.levels.size - 1
        start = thresholds + (0 if factor == SYSTEMS else sizes[0])
        size = sizes[0] if factor == SYSTEMS else sizes[1]
        turn = np.vstack([np.eye(size), -np.ones((1, size))])
        block = self._covariance()[start : start + size, start : start + size]
        effects = self.full.fitted.parameters.effects[start - thresholds :][:size]
        return turn @ effects, turn @ block @ turn.T

    def _covariance(self) -> Floats:
        covariance = self.full.fitted.covariance
        if covariance is None:
            raise ValueError("the full model is fitted with its information")
        return covariance

    def _wald(self, value: float, variance: float) -> tuple[Estimate, float]:
        error = float(np.sqrt(variance))
        half = self.quantile * error
        return Estimate(value, value - half, value + half, self.level, self.method), error

    def _untold(self, why: Undefined) -> tuple[Estimate, None]:
        return why.estimate(level=self.level, method=self.method), None

    def _log_without(self, factors: tuple[str, ...], leave_out: str | None = None) -> float | None:
        less = fitted_model(self.rows, factors, leave_out=leave_out)
        if isinstance(less, Undefined):
            return None
        self.evaluations += less.fitted.evaluations
        return less.fitted.log_likelihood

    def _fixed_test(self, factor: str, other: str) -> RatioTest | None:
        df = np.unique(self.rows.of(factor)).size - 1
        log = self._log_without((other,)) if df else None
        if log is None:
            return None
        statistic = max(0.0, 2 * (self.full.fitted.log_likelihood - log))
        return RatioTest(statistic, df, float(chdtrc(df, statistic)))

    def _component(self, name: str) -> Component:
        if name in self.full.without:
            return Component(*self._untold(self.full.without[name]), None)
        place = self.full.random.index(name)
        value = float(self.full.fitted.parameters.deviations[place])
        log = self._log_without((SYSTEMS, RATERS), leave_out=name)
        gain = None if log is None else max(0.0, self.full.fitted.log_likelihood - log)
        method = f"{self.method}, on the logarithm"
        if gain is not None and gain <= NOTHING:
            why = AT_ZERO
            none = Estimate(0.0, None, None, self.level, method, why.code, why.reason)
            return Component(none, None, RatioTest(0.0, 1, 1.0))
        test = None if gain is None else RatioTest(2 * gain, 1, float(chdtrc(1, 2 * gain)) / 2)
        at = place - len(self.full.random)
        error = float(np.sqrt(self._covariance()[at, at]))
        times = float(np.exp(self.quantile * error / value))
        return Component(
            Estimate(value, value / times, value * times, self.level, method), error, test
        )


def _model_name(full: Model) -> str:
    random = " and ".join(NAMES[name] for name in full.random) or "nothing"
    by = f" by adaptive Gauss-Hermite quadrature with {full.fitted.points} points"
    return (
        "cumulative logit model (raters and systems fixed,"
        f" {random} random), maximum likelihood{by if full.random else ''}"
    )
