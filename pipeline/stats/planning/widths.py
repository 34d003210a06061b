"""How wide the intervals of a design will be: of a mean, a difference, or agreement."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from pipeline.stats.planning.power import Simulating
from pipeline.stats.planning.simulation import Counts, Design, Floats, Population, draw
from pipeline.stats.resampling.intervals import UNDEFINED_AT_MOST, Estimate, Undefined
from pipeline.stats.systems.ratios import fewest_questions

Figure = Literal["mean", "difference", "alpha"]
TINY = 1e-20  # a complex step so small that its square is 0: the derivative is exact


def half_width(
    population: Population, design: Design, of: Figure, how: Simulating, *, systems: int = 2
) -> Estimate:
    """Return half the expected length of an interval, with the interval of the simulation.

    The program's intervals are BCa over questions, raters held fixed. Half their length is about z
    standard errors, the spread that the bootstrap tends to: of a mean or a difference over n
    questions their standard deviation / sqrt(n), of alpha, the ordinal one of the answers by all
    `systems`, that of the infinitesimal jackknife over questions (Efron and Tibshirani, An
    Introduction to the Bootstrap, 1993, sections 5.2 and 21.3). The systems are simulated alike,
    which decides next to nothing.

    Undefined cases: too few questions for any interval of this level; nothing varies in more than
    5 % of the simulated studies. The others of these are left out. Raises ValueError for alpha of
    one rater.

    >>> from pipeline.stats.planning.simulation import Deviations
    >>> scale = Population((0, 1, 2), (0.2, 0.3, 0.5), Deviations(0.5, 0.5, 0.5))
    >>> how = Simulating(0.95, 200, seed=1)
    >>> round(half_width(scale, Design(items=100, raters=3), "mean", how).value, 2)
    0.1
    """
    if of == "alpha" and design.raters < 2:
        raise ValueError("agreement needs two raters or more")
    method = f"mean over {how.simulations} simulated studies, seed {how.seed}"
    fewest = fewest_questions(how.level)
    if design.items < fewest:
        reason = f"fewer than {fewest} questions are too few for a {100 * how.level:g}% interval"
        return Undefined("few_questions", reason).estimate(level=how.level, method=method)
    shifts = np.zeros({"mean": 1, "difference": 2, "alpha": systems}[of])
    studies = draw(population, design, shifts, simulations=how.simulations, seed=how.seed)
    levels = np.array(population.levels, dtype=np.int64)
    errors = np.concatenate([_errors(codes, levels, of) for codes in studies])
    return _expected(float(ndtri(0.5 + how.level / 2)) * errors, how, method)


def _errors(codes: NDArray[np.int8], levels: Counts, of: Figure) -> Floats:
    """Return each study's standard error, NaN if nothing varies; (b, systems, raters, items)."""
    if of == "alpha":
        answers = np.moveaxis(codes, 3, 1)  # (b, items, systems, raters)
        each = [(answers == code).sum(axis=3) for code in range(levels.size)]
        return alpha_errors(np.stack(each, axis=3))
    means = levels[codes].mean(axis=2)
    figure = means[:, 0] if of == "mean" else means[:, 1] - means[:, 0]
    spread: Floats = figure.std(axis=1) / np.sqrt(figure.shape[1])
    return np.where(spread > 0, spread, np.nan)


def _expected(halves: Floats, how: Simulating, method: str) -> Estimate:
    defined = halves[~np.isnan(halves)]
    if defined.size < (1 - UNDEFINED_AT_MOST) * halves.size:
        without = 1 - defined.size / halves.size
        reason = (
            f"in {without:.1%} of the simulated studies nothing varies, so there is no interval"
        )
        return Undefined("undefined_in_simulations", reason).estimate(
            level=how.level, method=method
        )
    value = float(defined.mean())
    off = float(ndtri(0.5 + how.level / 2)) * float(defined.std()) / np.sqrt(defined.size)
    return Estimate(value, value - off, value + off, how.level, method)


def alpha_errors(counts: Counts) -> Floats:
    """Return the standard error of ordinal alpha in each of s studies, NaN if undefined.

    `counts` has shape (s, n, c, q): how often each of c answers to each of n questions, all of them
    with two ratings or more, was given each level. Alpha is a function of the coincidences o
    (Krippendorff 2011): the sum over answers of (n_k n_l - n_k [k = l]) / (m - 1). Its slope along
    them, times what a question's answers add, is that question's influence, and the squares of the
    influences sum to the variance.
    """
    questions = counts.shape[1]
    counts = counts.reshape(len(counts), -1, counts.shape[3])
    each = counts.sum(axis=2)
    weights = 1 / (each[:, :, None] - 1)
    given = counts.astype(np.float64)
    pairs = np.einsum("snk,snl->skl", given * weights, given)
    place = np.arange(counts.shape[2])
    pairs[:, place, place] -= (given * weights).sum(axis=1)
    slope = _slope(pairs)
    with np.errstate(invalid="ignore"):  # where nothing varies, there is no slope
        of_pairs = ((given @ slope) * given).sum(axis=2)
        of_self = given @ np.einsum("skk->sk", slope)[:, :, None]
        of_answers = (of_pairs - of_self[:, :, 0]) * weights[:, :, 0]
        influence = of_answers.reshape(len(counts), questions, -1).sum(axis=2)
        found: Floats = influence.std(axis=1) * np.sqrt(questions)
    return found


def _slope(pairs: Floats) -> Floats:
    """Return the derivative of alpha along each cell of the coincidences, shape (s, q, q)."""
    found = np.empty_like(pairs)
    for row, column in np.ndindex(pairs.shape[1:]):
        moved = pairs.astype(np.complex128)
        moved[:, row, column] += TINY * 1j
        found[:, row, column] = alpha_of_coincidences(moved).imag / TINY
    return found


def alpha_of_coincidences(pairs: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Return the ordinal alpha of each matrix of coincidences, NaN if undefined."""
    given = pairs.sum(axis=2)
    ranks = np.cumsum(given, axis=1) - given / 2
    apart = (ranks[:, :, None] - ranks[:, None, :]) ** 2
    observed = (pairs * apart).sum(axis=(1, 2))
    expected = (given[:, :, None] * given[:, None, :] * apart).sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        found: NDArray[np.complex128] = 1 - (given.sum(axis=1) - 1) * observed / expected
    return found
