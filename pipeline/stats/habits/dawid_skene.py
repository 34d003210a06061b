"""What the answers of several raters together suggest, by Dawid and Skene's model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.resampling.intervals import Undefined

STEPS = 2000
GAIN = 1e-9  # of the log likelihood, at which the climb ends
LEAST = 1e-300  # stands for a chance of 0 where its logarithm is taken
FEWEST = 3

ONE_VALUE = Undefined("one_value", "all answers are the same, so there are no classes to tell")
FEW_RATERS = Undefined(
    "few_raters",
    "no item has answers of three raters; of two, nobody can tell which is right when they differ",
)

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Consensus:
    """What the answers suggest: a class for each item, and how well each rater tells classes.

    `shares` (q,) are those of the classes among all items. `confusion` has shape (raters, q, q):
    the chance of a rater's answer (column) to an item of a class (row), NaN where the rater saw
    none. `chances` has shape (items, q), NaN without an answer, `labels` (items,) the likeliest
    class, -1 without an answer. `converged` is whether the climb ended by itself.
    """

    shares: Floats
    confusion: Floats
    chances: Floats
    labels: Places
    log_likelihood: float
    steps: int
    converged: bool


def consensus(counts: Places) -> Consensus | Undefined:
    """Return the fit of Dawid and Skene's model (Appl. Stat. 28, 1979) by their EM algorithm.

    `counts` has shape (raters, items, q): how often a rater gave an answer to an item. Each item is
    of one class, with chances `shares`; given its class a rater's answers are drawn from the
    class's row of the rater's confusion matrix, independently of the other raters and of anything
    else about the item. The climb begins with each item's shares of answers, which is what makes
    the classes mean the answers, and ends where a step gains less than 1e-9.

    The suggestion is no truth: raters who share a mistake share it with the model too; classes have
    no order; and nothing is allowed for items that are harder than others. Where answers are few
    or mostly one value, several solutions may fit about as well.

    Undefined cases: no item with answers of three raters; all answers the same.

    Two of three raters agree on each of four items, the third says the contrary of the first two:

    >>> answers = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 0, 0]])
    >>> found = consensus((answers[:, :, None] == np.arange(2)).astype(int))
    >>> found.labels.tolist(), found.confusion[2].round(3).tolist()
    ([0, 0, 1, 1], [[0.0, 1.0], [1.0, 0.0]])
    """
    answered = counts.sum(axis=2) > 0
    if not (answered.sum(axis=0) >= FEWEST).any():
        return FEW_RATERS
    if np.count_nonzero(counts.sum(axis=(0, 1))) < 2:
        return ONE_VALUE
    raters, _, q = counts.shape
    there = np.flatnonzero(answered.any(axis=0))
    of_items = counts[:, there].transpose(1, 0, 2).reshape(there.size, raters * q)
    kinds, kind, times = np.unique(of_items, axis=0, return_inverse=True, return_counts=True)
    climb = _Climb(kinds.astype(np.float64), times.astype(np.float64), (raters, q))
    steps, converged = climb.up()
    chances = np.full((counts.shape[1], q), np.nan)
    chances[there] = climb.chances[kind.ravel()]
    labels = np.full(counts.shape[1], -1)
    labels[there] = chances[there].argmax(axis=1)
    return Consensus(
        climb.shares, climb.confusion(), chances, labels, climb.log_likelihood, steps, converged
    )


class _Climb:
    """The EM algorithm on kinds of items: `counts` has shape (kinds, raters × q)."""

    def __init__(self, counts: Floats, times: Floats, shape: tuple[int, int]) -> None:
        self.counts, self.times, self.shape = counts, times, shape
        votes = counts.reshape(len(counts), *shape).sum(axis=1)
        self.chances = votes / votes.sum(axis=1, keepdims=True)
        self.log_likelihood = -np.inf

    def up(self) -> tuple[int, bool]:
        for step in range(1, STEPS + 1):
            before = self.log_likelihood
            self._step()
            if self.log_likelihood - before < GAIN:
                return step, True
        return STEPS, False

    def _step(self) -> None:
        weighted = self.times[:, None] * self.chances
        self.shares = weighted.sum(axis=0) / self.times.sum()
        self.answers = (weighted.T @ self.counts).reshape(-1, *self.shape)  # (class, rater, answer)
        whole = self.answers.sum(axis=2, keepdims=True)
        chances = np.divide(
            self.answers, whole, out=np.zeros_like(self.answers), where=whole > LEAST
        )
        logs = np.log(np.maximum(chances, LEAST)).reshape(len(chances), -1)
        joint = self.counts @ logs.T + np.log(np.maximum(self.shares, LEAST))
        most = joint.max(axis=1, keepdims=True)
        parts = np.exp(joint - most)
        self.chances = parts / parts.sum(axis=1, keepdims=True)
        self.log_likelihood = float(self.times @ (most[:, 0] + np.log(parts.sum(axis=1))))

    def confusion(self) -> Floats:
        """Return the raters' rows, NaN for a class of which a rater has seen no item."""
        answers = self.answers.transpose(1, 0, 2)
        whole = answers.sum(axis=2, keepdims=True)
        seen = whole > LEAST
        found: Floats = np.divide(answers, whole, out=np.full_like(answers, np.nan), where=seen)
        return found
