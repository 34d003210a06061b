"""Fit the cumulative-logit model: the parameters that make ordered scores the likeliest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.optimize import minimize

from pipeline.stats.model.cumulative import Parameters, Scores, log_likelihood, parameters, turn
from pipeline.stats.model.cumulative_modes import place
from pipeline.stats.model.quadrature import Nodes, normal_rule

ROUGH = 5  # points with which the way to the maximum is found
POINTS = 7
MOST_POINTS = 31
OFF = 1e-3  # what the log likelihood may be off by quadrature
PLACINGS = 12
GAIN = 1e-5  # a log likelihood that could rise by no more is at its maximum
STEP = 1e-4  # of the difference that tells how a slope changes
FLAT = 1e-6  # the slope of a score's log likelihood at which a climb ends
FLATTEST = 1e-3
TOO_FAR = 25.0  # in log odds: such an effect, or error, cannot be told from one without bound

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

    Undefined cases: there may be no maximum, as where a rater gives only the highest score. The
    climb is then given up; `converged` is False or `covariance` None.

    Two of three scores are 0: without effects the threshold is logit(2 / 3) = log 2.

    >>> from pipeline.stats.model.cumulative import scores
    >>> found = fit(scores(np.array([0, 0, 1]), np.empty((3, 0))))
    >>> round(float(found.parameters.thresholds[0]), 6)
    0.693147
    >>> round(found.log_likelihood, 6), round(2 * np.log(2 / 3) + np.log(1 / 3), 6)
    (-1.909543, np.float64(-1.909543))
    """
    climb = _Climb(data, _start(data))
    points = points if data.random else 1
    climb.set_out(min(points, ROUGH))
    climb.go_on(points)
    while climb.off(points) > OFF and 2 * points < MOST_POINTS and climb.bounded:
        points = 2 * points + 1
        climb.go_on(points)
    covariance = climb.last_step(points) if information and climb.bounded else None
    found = parameters(climb.free, data)
    off = climb.off(points)
    return Fitted(
        parameters=Parameters(found.thresholds, found.effects, np.abs(found.deviations)),
        covariance=covariance,
        log_likelihood=climb.log,
        points=points,
        off=off,
        evaluations=climb.looks,
        converged=climb.bounded and max(climb.gain, off) <= OFF,
    )


def _start(data: Scores) -> Floats:
    times = data.times[data.group_of_cell][data.cell]
    below = np.bincount(data.codes, times).cumsum()[:-1] / times.sum()
    logits = np.log(below / (1 - below))
    effects = np.zeros(data.fixed.shape[1])
    return np.concatenate([logits[:1], np.log(np.diff(logits)), effects, np.ones(data.random)])


def _natural(inverse: Floats, free: Floats, data: Scores) -> Floats:
    """Return the covariance of the thresholds in place of their distances' logarithms."""
    turned = np.eye(free.size)
    fixed = slice(free.size - data.random)
    turned[fixed, fixed] = turn(free, data)
    found: Floats = turned @ inverse @ turned.T
    return found


class _Climb:
    """One way up: where it has come to, and how much higher it might go."""

    def __init__(self, data: Scores, free: Floats) -> None:
        self.data, self.free = data, free
        self.n = float(data.times[data.group_of_cell][data.cell].sum())
        self.looks = 0
        self.inverse: Floats = np.eye(free.size)
        self.log, self.gain = -np.inf, np.inf

    @property
    def bounded(self) -> bool:
        """Say whether the effects have stayed where a logit still tells them apart."""
        found = parameters(self.free, self.data)
        return all(np.abs(each).max(initial=0) < TOO_FAR for each in vars(found).values())

    def set_out(self, points: int) -> None:
        """Climb roughly; the groups' slopes tell about how the likelihood bends."""
        nodes = self._nodes(points)
        found = log_likelihood(self.free, self.data, nodes)
        bends = (found.slopes.T * found.times) @ found.slopes / self.n
        self._turn(np.array(np.linalg.inv(bends + np.eye(self.free.size) * FLATTEST)))
        self._climb(nodes)

    def go_on(self, points: int) -> None:
        """Climb, and place the nodes anew, until neither gains anything."""
        for _ in range(PLACINGS):
            before = self.log
            self._climb(self._nodes(points))
            still = self.gain <= GAIN and abs(self.log - before) <= GAIN
            if still or not (self.data.random and self.bounded):
                break

    def off(self, points: int) -> float:
        """Return how far the log likelihood moves with twice as many nodes."""
        if not (self.data.random and self.bounded):
            return 0.0
        finer = log_likelihood(self.free, self.data, self._nodes(2 * points))
        return abs(finer.log - self.log)

    def last_step(self, points: int) -> Floats | None:
        """Take one of Newton's steps; return the covariance where the maximum has one."""
        nodes = self._nodes(points)
        _, slope = self._look(self.free, nodes)
        steps = np.eye(self.free.size) * STEP
        ahead, behind = (
            np.array([self._look(self.free + side * step, nodes)[1] for step in steps])
            for side in (1, -1)
        )
        bends = (ahead - behind) / (2 * STEP)
        try:
            factor = cho_factor(self.n * (bends + bends.T) / 2)
        except LinAlgError:
            self.gain = np.inf
            return None
        inverse: Floats = cho_solve(factor, np.eye(self.free.size))
        step = -self.n * inverse @ slope
        self.gain = -self.n * float(slope @ step) / 2
        better, _ = self._look(self.free + step, nodes)
        if -better * self.n >= self.log:
            self.free, self.log = self.free + step, -better * self.n
        covariance = _natural(inverse, self.free, self.data)
        return covariance if covariance.diagonal().max() < TOO_FAR**2 else None

    def _nodes(self, points: int) -> Nodes:
        rules = [normal_rule(points if depth < self.data.random else 1) for depth in range(2)]
        return place(parameters(self.free, self.data), self.data, rules[0], rules[1])

    def _look(self, free: Floats, nodes: Nodes) -> tuple[float, Floats]:
        self.looks += 1
        found = log_likelihood(free, self.data, nodes)
        return -found.log / self.n, -found.slope / self.n

    def _climb(self, nodes: Nodes) -> None:
        found = minimize(
            self._look,
            self.free,
            (nodes,),
            method="BFGS",
            jac=True,
            options={"gtol": FLAT, "hess_inv0": self.inverse},
        )
        self._turn(np.array(found.hess_inv))
        self.free, self.log = found.x, -float(found.fun) * self.n
        self.gain = float(found.jac @ self.inverse @ found.jac) * self.n / 2

    def _turn(self, bent: Floats) -> None:
        inverse: Floats = (bent + bent.T) / 2
        self.inverse = inverse if np.linalg.eigvalsh(inverse)[0] > 0 else np.eye(len(inverse))
