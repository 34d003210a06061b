"""The score of many answers from the statistics of each: a formula over their sums."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.metrics.known import KNOWN, Whole
from pipeline.stats.resampling.intervals import Undefined

Floats = NDArray[np.float64]
Figure = Callable[[Floats], Floats]

ORDERS = 4  # of BLEU's n-grams
BETA = 2  # chrF's: recall counts as much as BETA^2 times precision
MEANS = ("mean", "share")
NO_SCORES = Undefined("no_scores", "no answer has a score")
LOG_OF_0 = -9_999_999_999.0  # as in sacrebleu


def adds(
    name: str, values: Sequence[float], statistics: Sequence[Sequence[float] | None]
) -> Floats:
    """Return what each of n answers adds to each of c sums, shape (c, n).

    `values` are the answers' own scores, and `statistics` theirs, None where the metric has none.

    >>> adds("rouge-l", [0.5, 0.25], [None, None]).tolist()
    [[0.5, 0.25], [1.0, 1.0]]
    """
    if KNOWN[name].whole in MEANS:
        return np.stack([np.array(values, dtype=np.float64), np.ones(len(values))])
    return np.array(statistics, dtype=np.float64).T


def figure(name: str) -> Figure:
    """Return the formula that makes scores, (b,), of the sums of b samples of answers, (c, b).

    A sample without answers has none: NaN.
    """
    return FIGURES[KNOWN[name].whole]


def ratio(sums: Floats) -> Floats:
    """Return the first sum over the second one."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = sums[0] / sums[1]
    return found


def bleu(sums: Floats) -> Floats:
    """Return BLEU, 0 to 100, as sacrebleu's corpus_bleu with smooth_method "exp".

    The sums are: tokens of the answers, of the references, the n-grams of answers that their
    references have too, and all n-grams of answers, for n from 1 to 4. An order without any common
    n-gram counts as half a one, the next such order as a quarter, and so on (NIST's mteval-v13a).

    A hand value: 4 tokens of 4; 3, 2, 1, 0 common of 4, 3, 2, 1: the product of 3/4, 2/3, 1/2 and
    (1/2)/1 is 1/8, whose fourth root is 0.5946.

    >>> round(bleu(np.array([[4, 4, 3, 2, 1, 0, 4, 3, 2, 1.0]]).T)[0], 2)
    np.float64(59.46)
    """
    answers, references = sums[:2]
    common, total = sums[2 : 2 + ORDERS], sums[2 + ORDERS :]
    logs, halved = np.zeros(answers.size), np.ones(answers.size)
    going = np.ones(answers.size, dtype=bool)
    for of_order, all_of_order in zip(common, total, strict=True):
        going &= all_of_order > 0
        none = going & (of_order == 0)
        halved[none] *= 2
        below = np.where(going, all_of_order, 1)
        shares = np.where(none, 100.0 / (halved * below), 100.0 * of_order / below)
        logs += np.where(going, _each(math.log, np.where(going, shares, 1)), LOG_OF_0)
    short = (answers < references) & (answers > 0)
    lengths = 1 - np.where(short, references, 1) / np.where(short, answers, 1)
    brevity = np.where(short, _each(math.exp, lengths), 1.0)
    found = brevity * _each(math.exp, logs / ORDERS)
    found[~common.any(axis=0)] = 0.0
    found[~sums.any(axis=0)] = np.nan
    return found


def _each(function: Callable[[float], float], of: Floats) -> Floats:
    """Apply a function of the C library: numpy's own may differ from it in the last digit."""
    return np.array([function(value) for value in of.tolist()])


def chrf(sums: Floats) -> Floats:
    """Return chrF2, 0 to 100, as sacrebleu's corpus_chrf.

    The sums are, for each order, the answers' n-grams, the references', and the common ones.
    Precision and recall are averaged over the orders that both have n-grams of; from these two
    means comes one F score with beta 2.

    A hand value, one order: 2 of 4 and 2 of 3 common, so precision 1/2, recall 2/3, and
    F = 5 * 1/3 / (4 * 1/2 + 2/3) = 0.625.

    >>> chrf(np.array([[4, 3, 2.0]]).T)
    array([62.5])
    """
    of_answers, of_references, common = sums[0::3], sums[1::3], sums[2::3]
    both = (of_answers > 0) & (of_references > 0)
    orders = np.maximum(both.sum(axis=0), 1)
    precision, recall = np.zeros(sums.shape[1]), np.zeros(sums.shape[1])
    for there, hypotheses, references, matches in zip(
        both, of_answers, of_references, common, strict=True
    ):
        precision += np.where(there, matches / np.where(there, hypotheses, 1), 0.0)
        recall += np.where(there, matches / np.where(there, references, 1), 0.0)
    precision /= orders
    recall /= orders
    some = precision + recall > 0
    below = np.where(some, BETA**2 * precision + recall, 1.0)
    found: Floats = np.where(some, 100 * ((1 + BETA**2) * precision * recall / below), 0.0)
    found[~sums.any(axis=0)] = np.nan
    return found


FIGURES: Mapping[Whole, Figure] = {
    "mean": ratio,
    "share": ratio,
    "ratio": ratio,
    "bleu": bleu,
    "chrf": chrf,
}
