"""Fit the cumulative-logit model: the parameters that make ordered scores the likeliest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.optimize import minimize

from pipeline.stats.cumulative import Parameters, Scores, log_likelihood, parameters, place, turn
from pipeline.stats.quadrature import Nodes, normal_rule

ROUGH = 5  # points with which the way to the maximum is found
POINTS = 7
MOST_POINTS = 31
OFF = 1e-3  # what the log likelihood may be off by quadrature
PLACINGS = 12
GAIN = 1e-5  # a log likelihood that could rise by no more is at its maximum
DIFFERENCE = 1e-4

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """The maximum of the likelihood.

    `covariance` has shape (m, m), in the order thresholds, effects, deviations: the inverse of
    the observed information; None where it was not asked for, or does not exist. `off` is how far
    the log likelihood moves with twice as many points. `converged` is whether it is a maximum.
    """

    parameters: Parameters
    covariance: Floats | None
    log_likelihood: float
    points: int
    off: float
    evaluations: int
    converged: bool


def fit(data: Scores, *, points: int = POINTS, information: bool = True) -> Fitted:
    """Return the maximum-likelihood fit of logit P(score <= k) = t_k - (x'b + s z_g + r z_c).

    The effects z of groups and cells are independent and standard normal, s and r their standard
    deviations. They are integrated out by adaptive Gauss-Hermite quadrature with `points` nodes
    for each, that of a cell inside that of its group; twice as many, until the log likelihood no
    longer moves by 0.001. Nodes stay where they are while BFGS climbs with the exact slope, then
    are placed anew around the likeliest effects, until both stand still. The information is the
    central difference of the exact slope.

    Undefined cases: the maximum may not exist (a rater who gives only the highest score); then
    `converged` is False or `covariance` None. `pipeline.stats.ordinal` refuses these before.

    Two of three scores are 0: without effects the threshold is logit(2 / 3) = log 2.

    >>> from pipeline.stats.cumulative import scores
    >>> found = fit(scores(np.array([0, 0, 1]), np.empty((3, 0))))
    >>> round(float(found.parameters.thresholds[0]), 6)
    0.693147
    >>> round(found.log_likelihood, 6), round(2 * np.log(2 / 3) + np.log(1 / 3), 6)
    (-1.909543, np.float64(-1.909543))
    """
    climb = _Climb(data, _start(data), information=information)
    if not data.random:
        return climb.fitted(1)
    climb.rough(min(ROUGH, points))
    found = climb.fitted(points)
    while found.off > OFF and 2 * points < MOST_POINTS:
        points = 2 * points + 1
        found = climb.fitted(points)
    return found


def _start(data: Scores) -> Floats:
    times = data.times[data.group_of_cell][data.cell]
    below = np.bincount(data.codes, times).cumsum()[:-1] / times.sum()
    logits = np.log(below / (1 - below))
    effects = np.zeros(data.fixed.shape[1])
    return np.concatenate([logits[:1], np.log(np.diff(logits)), effects, np.ones(data.random)])


class _Climb:
    """One way up: where it has come to, and how many looks at the likelihood it has taken."""

    def __init__(self, data: Scores, free: Floats, *, information: bool) -> None:
        self.data, self.free, self.information = data, free, information
        self.n = float(data.times[data.group_of_cell][data.cell].sum())
        self.looks = 0
        self.inverse: Floats = np.eye(free.size)
        self.log = -np.inf

    def rough(self, points: int) -> None:
        nodes = self._nodes(points)
        found = log_likelihood(self.free, self.data, nodes)
        bends = (found.slopes.T * found.times) @ found.slopes / self.n
        bends += np.eye(self.free.size) * 0.001
        self.inverse = cho_solve(cho_factor(bends), np.eye(self.free.size))
        self.inverse = (self.inverse + self.inverse.T) / 2
        self._climb(nodes)

    def fitted(self, points: int) -> Fitted:
        gain = np.inf
        for _ in range(PLACINGS):
            before = self.log
            nodes = self._nodes(points)
            gain = self._climb(nodes)
            if gain <= GAIN and abs(self.log - before) <= GAIN:
                break
        inverse = None
        if self.information:
            nodes = self._nodes(points)
            inverse, gain = self._newton(nodes)
        off = 0.0
        if self.data.random:
            finer = log_likelihood(self.free, self.data, self._nodes(2 * points)).log
            off = abs(finer - self.log)
        found = parameters(self.free, self.data)
        return Fitted(
            parameters=Parameters(found.thresholds, found.effects, np.abs(found.deviations)),
            covariance=None if inverse is None else self._natural(inverse),
            log_likelihood=self.log,
            points=points,
            off=off,
            evaluations=self.looks,
            converged=gain <= OFF and off <= OFF,
        )

    def _nodes(self, points: int) -> Nodes:
        rules = [normal_rule(points if level < self.data.random else 1) for level in range(2)]
        return place(parameters(self.free, self.data), self.data, rules[0], rules[1])

    def _look(self, free: Floats, nodes: Nodes) -> tuple[float, Floats]:
        self.looks += 1
        found = log_likelihood(free, self.data, nodes)
        return -found.log / self.n, -found.slope / self.n

    def _climb(self, nodes: Nodes) -> float:
        """Climb with the nodes where they are; return what could still be gained, about."""
        found = minimize(
            self._look,
            self.free,
            (nodes,),
            method="BFGS",
            jac=True,
            options={"gtol": 1e-6, "hess_inv0": self.inverse},
        )
        inverse = np.asarray(found.hess_inv)
        inverse = (inverse + inverse.T) / 2
        self.inverse = inverse if np.linalg.eigvalsh(inverse)[0] > 0 else np.eye(len(inverse))
        self.free, self.log = found.x, -float(found.fun) * self.n
        return float(found.jac @ inverse @ found.jac) * self.n / 2

    def _newton(self, nodes: Nodes) -> tuple[Floats | None, float]:
        """Take one last step; return the inverse information, and what the step could gain."""
        _, slope = self._look(self.free, nodes)
        steps = np.eye(self.free.size) * DIFFERENCE
        bends = np.array(
            [
                (self._look(self.free + h, nodes)[1] - self._look(self.free - h, nodes)[1])
                / (2 * DIFFERENCE)
                for h in steps
            ]
        )
        try:
            factor = cho_factor(self.n * (bends + bends.T) / 2)
        except LinAlgError:
            return None, np.inf
        inverse: Floats = cho_solve(factor, np.eye(self.free.size))
        step = -self.n * inverse @ slope
        gain = -self.n * float(slope @ step) / 2
        better, _ = self._look(self.free + step, nodes)
        if -better * self.n >= self.log:
            self.free, self.log = self.free + step, -better * self.n
        return inverse, gain

    def _natural(self, inverse: Floats) -> Floats:
        """Return the covariance of the thresholds in place of their distances' logarithms."""
        found = inverse.copy()
        fixed = slice(self.free.size - self.data.random)
        turned = turn(self.free, self.data)
        found[fixed] = turned @ found[fixed]
        found[:, fixed] = found[:, fixed] @ turned.T
        return found
