"""Draw the scores of studies that were not done: ordinal ones, cut from a latent normal scale."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

BLOCK = 2**20  # latent values held at once
MOST_DEVIATION = 1_000  # of the others' size, beyond which all else is rounded away
FARTHEST = 20.0  # standard deviations, beyond which no normal value lies


@dataclass(frozen=True)
class Deviations:
    """The standard deviations of what moves a score on the latent scale; only their ratios count.

    `item` is how questions differ, `item_system` how a system's answers differ from what its mean
    and the question let expect, `rater` severity, `item_rater` how a rater takes a question,
    whichever system answers it, `residual` all that is left of a single score.
    """

    item: float
    item_system: float
    rater: float
    item_rater: float = 0.0
    residual: float = 1.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not 0 <= value <= MOST_DEVIATION:
                raise ValueError(
                    f"a standard deviation is from 0 to {MOST_DEVIATION:,}, but {name} is {value:g}"
                )
        if not self.residual:
            raise ValueError("without a residual, two ratings of an answer never differ")

    @property
    def total(self) -> float:
        return float(np.sqrt(sum(value**2 for value in vars(self).values())))


@dataclass(frozen=True)
class Population:
    """What scores are drawn from: a system halfway between all gives each level with its share.

    `levels` are the scale's values, rising whole numbers, `shares` how often each is given.
    """

    levels: tuple[int, ...]
    shares: tuple[float, ...]
    deviations: Deviations

    def __post_init__(self) -> None:
        if len(self.levels) != len(self.shares) or len(self.levels) < 2:
            raise ValueError(
                f"each of two or more levels has its share, not {len(self.levels)} levels"
                f" {len(self.shares)} shares"
            )
        if min(self.shares) < 0 or abs(sum(self.shares) - 1) > 1e-6:
            raise ValueError("the shares of the levels are at least 0 and sum to 1")
        if max(self.shares) > 1 - 1e-6:
            raise ValueError("where all scores are the same, nothing can be planned")

    @property
    def gaps(self) -> Counts:
        """Return how far each level lies above the one below, shape (q - 1,)."""
        values = np.array(self.levels, dtype=np.int64)
        return values[1:] - values[:-1]

    @property
    def thresholds(self) -> Floats:
        """Return where the latent scale is cut, shape (q - 1,): its standard deviation is 1."""
        cut: Floats = ndtri(np.minimum(np.cumsum(self.shares)[:-1], 1.0))
        return cut

    @property
    def variance(self) -> float:
        """Return that of a score, over questions and raters."""
        values = np.array(self.levels, dtype=np.float64)
        shares = np.array(self.shares)
        return float(shares @ values**2 - (shares @ values) ** 2)

    def mean_at(self, shift: float) -> float:
        """Return the mean score of a system `shift` standard deviations above halfway."""
        return float(self.levels[0] + self.gaps @ ndtr(shift - self.thresholds))

    @property
    def room(self) -> float:
        """Return the bound of the differences of two means; levels without a share are no room."""
        return self.mean_at(FARTHEST) - self.mean_at(-FARTHEST)

    def shift_for(self, difference: float) -> float:
        """Return how far apart two systems lie whose mean scores differ by `difference`.

        Raises ValueError for a difference that the scale does not have room for.

        On a scale of 0 and 1, both given equally often, the means of systems a shift of 2 apart
        are the normal distribution at 1 and -1: 0.8413 - 0.1587.

        >>> even = Population((0, 1), (0.5, 0.5), Deviations(0.5, 0.5, 0.5))
        >>> round(even.shift_for(0.6826895), 4)
        2.0
        """
        if not 0 <= difference < self.room - 1e-9:
            raise ValueError(
                f"the means of two systems differ by less than {self.room:g} on this scale,"
                f" not by {difference:g}"
            )

        def missed(shift: float) -> float:
            return self.mean_at(shift / 2) - self.mean_at(-shift / 2) - difference

        return float(brentq(missed, 0.0, 2 * FARTHEST)) if difference else 0.0


@dataclass(frozen=True)
class Design:
    """How many questions are answered, and how many raters score every answer to them."""

    items: int
    raters: int

    def __post_init__(self) -> None:
        if self.items < 1 or self.raters < 1:
            raise ValueError(
                f"a design has at least one item and one rater, not {self.items} × {self.raters}"
            )


def draw(
    population: Population,
    design: Design,
    shifts: Floats,
    *,
    simulations: int,
    seed: int,
) -> Iterator[NDArray[np.int8]]:
    """Yield simulated studies in blocks of shape (b, systems, raters, items): places of levels.

    `shifts` has shape (systems,): each system's place on the latent scale, whose standard
    deviation is 1. A score is level k where the sum of shift, question, question × system, rater,
    question × rater and residual lies between thresholds k - 1 and k, each effect normal and drawn
    anew in every study. The same design and seed draw the same noise, whatever the shifts.
    """
    rng = np.random.default_rng([seed, design.items, design.raters])
    each = shifts.size * design.raters * design.items
    size = max(1, BLOCK // each)
    for start in range(0, simulations, size):
        shape = (min(size, simulations - start), shifts.size, design.raters, design.items)
        latent = _latent(population, rng, shape, shifts)
        scores = np.zeros(shape, dtype=np.int8)
        for cut in population.thresholds.astype(np.float32):
            scores += latent > cut
        yield scores


def _latent(
    population: Population, rng: np.random.Generator, shape: tuple[int, ...], shifts: Floats
) -> NDArray[np.float32]:
    """Return what the scores are cut from; in single precision, finer than a cut is known."""
    studies, systems, raters, items = shape
    deviations = population.deviations
    parts = (
        (deviations.residual, shape),
        (deviations.item, (studies, 1, 1, items)),
        (deviations.item_system, (studies, systems, 1, items)),
        (deviations.rater, (studies, 1, raters, 1)),
        (deviations.item_rater, (studies, 1, raters, items)),
    )
    latent = np.zeros(shape, dtype=np.float32)
    latent += shifts.astype(np.float32)[:, None, None]
    for deviation, of in parts:
        if deviation:
            effect = rng.standard_normal(of, dtype=np.float32)
            effect *= np.float32(deviation / deviations.total)
            latent += effect
    return latent
