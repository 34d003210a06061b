"""What moves the scores of a study: fit the population that its scores look drawn from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from pipeline.stats.planning.simulation import Deviations, Floats, Population
from pipeline.stats.ratings import Ratings

Places = NDArray[np.int64]

METHOD = "moments of the scores, cut from a latent normal scale"
NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(48)
MOST = 0.999  # a correlation of 1 leaves nothing for the residual
LEAST_RESIDUAL = 0.01  # of the variance
NOTHING = 1e-9


@dataclass(frozen=True)
class Alike:
    """How scores correlate that share an answer, a question, a rater, or rater and question.

    None where the study has no such pairs; `question` is that of answers by different systems.
    """

    answer: float | None
    question: float | None
    rater: float | None
    rater_and_question: float | None


@dataclass(frozen=True)
class Fitted:
    """A population fitted to `scores` of so many raters on the answers to so many questions.

    `alike` are the correlations of the scores themselves, which the population has too. `at_zero`
    names the deviations whose estimated variance was below 0 and counts as 0.
    """

    population: Population
    alike: Alike
    scores: int
    questions: int
    systems: int
    raters: int
    at_zero: tuple[str, ...]


def fitted(ratings: Ratings, question: Places, system: Places) -> Fitted:
    """Return the population of a study's scores.

    `question` and `system` have shape (units,): which question and system each column of the
    ratings belongs to.

    Moments: half the mean squared difference of two scores estimates, without a bias and whatever
    the design's gaps, the variance of all effects that the two do not share (the analysis of
    variance by pairs; Searle, Casella and McCulloch, Variance Components, 1992, section 11.3).
    Over pairs of the same answer, question, rater, and rater and question, each against that of
    pairs that share nothing but the system, it gives the correlations of such scores, from which
    systems' means have been taken. Each is then translated into the correlation of two normal
    variables that, cut at the thresholds, correlate so (a polychoric correlation), and these are
    sums of the latent variances: answer = item + item × system, question = item, rater = rater,
    rater and question = item + rater + item × rater. The thresholds are the mean over systems of
    the normal quantiles of their shares, half a score added to both sides.

    Systems are compared as if they lay halfway: of systems as far apart as single answers are, the
    parts that two systems' answers share are found too small, and a difference too hard to find.

    With scores of one system, `item` is all that answers differ by. Raises ValueError where there
    is no score, where no answer has two, where all are the same, or where one question is all.
    """
    rater, unit = np.nonzero(ratings.given)
    codes = ratings.codes[rater, unit]
    if not codes.size:
        raise ValueError("nobody has given a score")
    if np.unique(codes).size < 2 <= codes.size:
        raise ValueError("all scores are the same")
    alike = _alike(ratings.levels[codes], rater, unit, question[unit], system[unit])
    if alike.answer is None:
        raise ValueError("no answer has two scores, so raters cannot be told from answers")
    shares = _shares(codes, system[unit], ratings.q)
    levels = tuple(int(level) for level in ratings.levels)
    variances, at_zero = _variances(alike, _Cut(levels, shares))
    left = max(1 - sum(variances.values()), LEAST_RESIDUAL)
    deviations = Deviations(**{name: (each / left) ** 0.5 for name, each in variances.items()})
    return Fitted(
        Population(levels, tuple(shares.tolist()), deviations),
        alike,
        scores=codes.size,
        questions=np.unique(question[unit]).size,
        systems=np.unique(system[unit]).size,
        raters=np.unique(rater).size,
        at_zero=at_zero,
    )


def implied(population: Population) -> Alike:
    """Return how scores of a population correlate; scores of the same answer as alpha does.

    Scores 0 and 1, both as likely, whose latent correlation is 1/2 correlate by arcsin(1/2) over
    arcsin(1): 1/3 (Sheppard).

    >>> even = Population((0, 1), (0.5, 0.5), Deviations(item=0.0, item_system=1.0, rater=0.0))
    >>> round(implied(even).answer, 6), implied(even).rater
    (0.333333, 0.0)
    """
    cut = _Cut(population.levels, np.array(population.shares))
    squares = {name: each**2 for name, each in vars(population.deviations).items()}
    whole = sum(squares.values())

    def of(*shared: str) -> float:
        return cut.correlation(float(np.arcsin(sum(squares[name] for name in shared) / whole)))

    return Alike(
        answer=of("item", "item_system"),
        question=of("item"),
        rater=of("rater"),
        rater_and_question=of("item", "rater", "item_rater"),
    )


@dataclass(frozen=True)
class _Pairs:
    """A sum of squared differences over pairs of scores, and how many these are."""

    squares: float
    n: float

    def __sub__(self, other: "_Pairs") -> "_Pairs":
        return _Pairs(self.squares - other.squares, self.n - other.n)


def _pairs(values: Floats, *groups: Places) -> _Pairs:
    """Return the pairs within groups: their sum is n times that of squares less the sum's."""
    _, which = np.unique(np.stack(groups, axis=1), axis=0, return_inverse=True)
    n = np.bincount(which.ravel()).astype(np.float64)
    sums, squares = (np.bincount(which.ravel(), each) for each in (values, values**2))
    return _Pairs(float((n * squares - sums**2).sum()), float((n * (n - 1)).sum()) / 2)


def _alike(scores: Floats, rater: Places, unit: Places, question: Places, system: Places) -> Alike:
    _, of_system = np.unique(system, return_inverse=True)
    means = np.bincount(of_system, scores) / np.bincount(of_system)
    values = scores - means[of_system]
    answer = _pairs(values, unit)
    of_rater = _pairs(values, rater, system)
    of_both = _pairs(values, rater, question)
    of_question = _pairs(values, question) - answer - of_both
    apart = _pairs(values, system) - answer - of_rater
    questions = np.unique(question).size
    if questions < 2 or apart.n <= 0 or apart.squares <= 0:
        raise ValueError(
            "two raters with scores on two questions or more are needed to tell what varies"
        )
    # Each system's mean is its own scores', which takes one of its questions from the variance.
    across = questions / (questions - 1)
    whole = apart.squares / apart.n

    def share(pairs: _Pairs, correction: float = 1.0) -> float | None:
        return 1 - correction * pairs.squares / pairs.n / whole if pairs.n > 0 else None

    return Alike(share(answer), share(of_question, across), share(of_rater), share(of_both, across))


def _shares(codes: Places, system: Places, q: int) -> Floats:
    """Return the shares of a system halfway between all on the latent scale."""
    _, which = np.unique(system, return_inverse=True)
    counts = np.zeros((which.max() + 1, q))
    np.add.at(counts, (which, codes), 1)
    below = np.cumsum(counts, axis=1)[:, :-1]
    cuts = ndtri((below + 0.5) / (counts.sum(axis=1, keepdims=True) + 1)).mean(axis=0)
    return np.diff(ndtr(np.concatenate([[-np.inf], cuts, [np.inf]])))


def _variances(alike: Alike, cut: "_Cut") -> tuple[dict[str, float], tuple[str, ...]]:
    """Return the parts of the latent variance, and which of them were estimated below 0."""
    answer, question, rater, both = (
        None if each is None else cut.latent(each)
        for each in (alike.answer, alike.question, alike.rater, alike.rater_and_question)
    )
    item = answer if question is None else question
    found = {
        "item": item or 0.0,
        "item_system": (answer or 0.0) - (item or 0.0),
        "rater": rater or 0.0,
        "item_rater": 0.0 if both is None or question is None else both - question - (rater or 0.0),
    }
    return {name: max(each, 0.0) for name, each in found.items()}, tuple(
        name for name, each in found.items() if each < -NOTHING
    )


class _Cut:
    """Two normal variables that are cut at the same thresholds."""

    def __init__(self, levels: tuple[int, ...], shares: Floats) -> None:
        population = Population(levels, tuple(shares.tolist()), Deviations(0, 0, 0))
        there = np.isfinite(population.thresholds)  # a level that nobody gives is not cut off
        self.gaps, self.thresholds = population.gaps[there], population.thresholds[there]
        self.variance = population.variance

    def correlation(self, angle: float) -> float:
        """Return that of the scores where the latent correlation is the sine of an angle.

        The covariance's slope along the latent correlation is the density of both at each pair of
        thresholds (Plackett, Biometrika 41, 1954), which is smooth along the angle.
        """
        angles = angle * (NODES + 1) / 2
        a, b = self.thresholds[:, None, None], self.thresholds[:, None]
        squares = (a**2 - 2 * a * b * np.sin(angles) + b**2) / np.cos(angles) ** 2
        density = np.exp(-squares / 2) / (2 * np.pi) @ NODE_WEIGHTS * angle / 2
        return float(self.gaps @ density @ self.gaps) / self.variance

    def latent(self, correlation: float) -> float:
        """Return the latent correlation where the scores have that one; below 0 it stays there."""
        most = float(np.arcsin(MOST))
        if abs(correlation) >= self.correlation(most):
            return float(np.copysign(MOST, correlation))
        size = brentq(lambda angle: self.correlation(angle) - abs(correlation), 0.0, most)
        return float(np.copysign(np.sin(size), correlation))
