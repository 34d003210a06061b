"""How often a design finds a difference of two systems, and the smallest that it mostly finds."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from pipeline.stats.planning.components import implied
from pipeline.stats.planning.simulation import Counts, Design, Floats, Population, draw
from pipeline.stats.resampling.intervals import Estimate, Undefined, wilson

FARTHEST_SUM = 9.0  # standard deviations; a sum lies beyond with a probability below 1e-17
LATTICE_AT_ONCE = 2**20
TRIES = 16
NEAR = 0.02  # how near the wished power a difference is looked for; the rest is interpolated
RARE = 1e-3  # a power nearer to 0 or 1 does not tell how far it is from the wished one
TO_ROOM = 1 - 1e-6


@dataclass(frozen=True)
class Simulating:
    """How to simulate: tests reject at (1 - level) / comparisons, intervals have the level."""

    level: float
    simulations: int
    seed: int
    comparisons: int = 1

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise ValueError(f"a level lies between 0 and 1, not at {self.level:g}")
        if self.simulations < 1 or self.comparisons < 1:
            raise ValueError("at least one simulation and one comparison are needed")

    @property
    def alpha(self) -> float:
        """Return the error of the first kind that one test may have (Bonferroni's bound)."""
        return round((1 - self.level) / self.comparisons, 15)

    @property
    def method(self) -> str:
        return (
            f"{self.simulations} simulated studies, seed {self.seed}, exact sign-flip test over"
            f" items at {self.alpha:.4g}"
        )


def power(population: Population, design: Design, difference: float, how: Simulating) -> Estimate:
    """Return how often two systems that differ by `difference` are told apart, with its interval.

    Each simulated study has every rater score both systems' answers to every question. Its test is
    that of the program: the exact two-sided sign-flip test of the questions' differences, raters
    held fixed. With several comparisons each test rejects at (1 - level) / comparisons, which is
    the first of Holm's steps, so that power is at least what is told. The interval is Wilson's,
    for the number of simulations.

    Undefined cases: none. Raises ValueError for a difference that the scale has no room for.

    With 5 questions even five equal signs have p = 2 / 32, so nothing is ever found at 0.05.

    >>> from pipeline.stats.planning.simulation import Deviations
    >>> scale = Population((0, 1, 2), (0.2, 0.3, 0.5), Deviations(0.5, 0.5, 0.5))
    >>> power(scale, Design(items=5, raters=3), 1.5, Simulating(0.95, 100, seed=1)).value
    0.0
    """
    shift = population.shift_for(difference)
    found = sum(
        int(np.count_nonzero(sign_flip_ps(each) <= how.alpha * (1 + 1e-9)))
        for each in _differences(population, design, shift, how)
    )
    share = wilson(found, how.simulations, level=how.level)
    return Estimate(share.value, share.low, share.high, how.level, f"Wilson score, {how.method}")


def _differences(
    population: Population, design: Design, shift: float, how: Simulating
) -> Iterator[Counts]:
    """Yield the questions' differences, summed over raters, shape (b, items)."""
    shifts = np.array([-shift / 2, shift / 2])
    levels = np.array(population.levels, dtype=np.int64)
    values = (levels - levels[0]).astype(np.int32)
    for codes in draw(population, design, shifts, simulations=how.simulations, seed=how.seed):
        sums = values[codes].sum(axis=2)
        yield sums[:, 1] - sums[:, 0]


def sign_flip_ps(differences: Counts) -> Floats:
    """Return the exact two-sided sign-flip p of each of s studies, shape (s,).

    `differences` has shape (s, n): whole numbers, one row a study. It is the test of
    `sign_flip` for many studies at once: a study's sum with random signs has the characteristic
    function prod_v cos(v t)^c_v, where c_v differences have the size v, and the
    probability of each sum is its discrete Fourier transform on the lattice of sums. The lattice
    is cut where sums have a probability below 1e-17 (Hoeffding), so p is exact to about 1e-12.

    1, 2 and 3: of the 8 sums only 6 and -6 are as far from 0.

    >>> sign_flip_ps(np.array([[1, 2, 3], [0, 0, 0]])).round(12).tolist()
    [0.25, 1.0]
    """
    sizes = np.abs(differences)
    observed = np.abs(differences.sum(axis=1))
    spread = np.sqrt((sizes.astype(np.float64) ** 2).sum(axis=1))
    most = int(min(sizes.sum(axis=1).max(), np.ceil(FARTHEST_SUM * spread.max())))
    points = 2 * most + 1  # odd, so that no cosine below is 0
    values = np.arange(1, sizes.max(initial=1) + 1)
    counts = np.stack([np.count_nonzero(sizes == value, axis=1) for value in values], axis=1)
    angles = 2 * np.pi * np.arange(points // 2 + 1) / points
    cosines = np.cos(values[:, None] * angles)
    rows = max(1, LATTICE_AT_ONCE // points)
    found = [
        _tails(counts[at : at + rows], cosines, np.minimum(observed[at : at + rows], most + 1))
        for at in range(0, len(counts), rows)
    ]
    return np.concatenate(found)


def _tails(counts: Counts, cosines: Floats, observed: Counts) -> Floats:
    """Return the probability of a sum at least as far from 0 as each observed one."""
    logs = counts @ np.log(np.abs(cosines))
    odd = (counts % 2) @ (cosines < 0) % 2
    transformed = np.exp(logs) * (1 - 2 * odd)
    likely = np.fft.irfft(transformed, 2 * cosines.shape[1] - 1, axis=1)
    nearer = np.cumsum(likely[:, : cosines.shape[1]], axis=1)  # P(0) + ... + P(s), s upwards
    below = np.where(observed > 0, observed - 1, 0)
    inside = 2 * np.take_along_axis(nearer, below[:, None], axis=1)[:, 0] - likely[:, 0]
    return np.where(observed > 0, np.clip(1 - inside, 0.0, 1.0), 1.0)


def minimal_detectable(
    population: Population, design: Design, wished: float, how: Simulating
) -> Estimate:
    """Return the difference of two systems' means that is found with the `wished` power.

    Power rises with the difference d, about like the normal distribution at d / s - z, s being
    the standard error and z the quantile of the test's level; that is followed to a difference
    whose simulated power is near the wished one. The same noise is drawn for each difference, so
    that power rises with it in the simulation too. The interval tells the simulation's noise alone.

    Undefined case: no difference that the scale has room for is found so often. Raises ValueError
    for a power below one half, where that rise says little, or of 1.
    """
    if not 0.5 <= wished < 1:
        raise ValueError(f"a power to plan with is from 0.5 to below 1, not {wished:g}")
    z = float(ndtri(1 - how.alpha / 2))
    near = max(NEAR, 1 / how.simulations)
    low, high = 0.0, TO_ROOM * population.room
    guess = min((z + float(ndtri(wished))) * _standard_error(population, design), high)
    for _ in range(TRIES):
        found = power(population, design, guess, how)
        reached = found.value or 0.0
        if abs(reached - wished) <= near:
            value, nearest, farthest = (
                guess * _ratio(wished, each or 0.0, z) for each in (reached, found.high, found.low)
            )
            return Estimate(value, nearest, farthest, how.level, how.method)
        low, high = (guess, high) if reached < wished else (low, guess)
        step = guess * _ratio(wished, reached, z)
        guess = step if low < step < high else (low + high) / 2
    return _beyond(population.room, wished, how)


def _standard_error(population: Population, design: Design) -> float:
    """Return about that of two means' difference: what raters share of it does not shrink."""
    alike = implied(population)
    own = 1 - (alike.rater_and_question or 0.0)
    shared = (alike.answer or 0.0) - (alike.question or 0.0)
    of_question = 2 * population.variance * (own + (design.raters - 1) * shared) / design.raters
    return float(np.sqrt(of_question / design.items))


def _beyond(room: float, wished: float, how: Simulating) -> Estimate:
    reason = (
        f"no difference of two means below {room:.3g}, the most that the scale has room for, is"
        f" found with power {wished:g}"
    )
    return Undefined("beyond_scale", reason).estimate(level=how.level, method=how.method)


def items_needed(items: int, reached: Estimate, wished: float, how: Simulating) -> int | None:
    """Return about how many items have the wished power if so many have the one reached.

    The standard error shrinks like 1 / sqrt(n), and power is about the normal distribution at
    d / s - z. None where the power reached is too small to tell.

    Power 0.5 means d / s = z = 1.96; 0.8 needs 2.80, so 100 items become 100 (2.80 / 1.96)^2.

    >>> how = Simulating(level=0.95, simulations=2000, seed=7)
    >>> items_needed(100, wilson(1000, 2000, level=0.95), 0.8, how)
    205
    """
    z = float(ndtri(1 - how.alpha / 2))
    if reached.value is None or reached.value < 2 * how.alpha:
        return None
    return int(np.ceil(items * _ratio(wished, reached.value, z) ** 2))


def _ratio(wished: float, reached: float, z: float) -> float:
    """Return how many times the difference has the wished power, by the normal distribution."""
    return float((z + ndtri(wished)) / (z + ndtri(np.clip(reached, RARE, 1 - RARE))))
