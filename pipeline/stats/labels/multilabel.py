"""The quality of a detector that gives each item a set of labels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.labels.detection import (
    NEITHER,
    NO_POSITIVES,
    NOTHING_FOUND,
    TwoByTwo,
    shares,
    two_by_two,
)
from pipeline.stats.resampling.intervals import (
    NO_ITEMS,
    Estimate,
    Resampling,
    Weights,
    bootstrap,
    wilson,
)

CONVENTION = (
    "labels that neither gold nor detector gives are left out of macro; in macro and weighted, a"
    " precision without detections and a recall without support count as 0 (scikit-learn: labels="
    "those that either gives, zero_division=0)"
)
NO_AVERAGES = [NOTHING_FOUND, NO_POSITIVES, NEITHER, *[NEITHER] * 3, *[NO_POSITIVES] * 3]


@dataclass(frozen=True)
class LabelScore:
    """One label: `support` items have it in the gold, `found` by the detector."""

    label: str
    support: int
    found: int
    precision: Estimate
    recall: Estimate
    f1: Estimate


@dataclass(frozen=True)
class Averages:
    """Precision, recall and F1 over all labels, averaged in one way."""

    precision: Estimate
    recall: Estimate
    f1: Estimate


@dataclass(frozen=True)
class LabelQuality:
    """Each label's figures, their averages, and the share of items with exactly the gold's labels.

    `absent` are labels that neither gold nor detector gives; `convention` says how these and
    undefined figures enter the averages.
    """

    labels: tuple[LabelScore, ...]
    micro: Averages
    macro: Averages
    weighted: Averages
    exact_match: Estimate
    absent: tuple[str, ...]
    convention: str = CONVENTION


def label_quality(
    gold: NDArray[np.bool_],
    found: NDArray[np.bool_],
    *,
    labels: Sequence[str],
    plan: Resampling,
) -> LabelQuality:
    """Return how well the labels found fit the gold's.

    `gold` and `found` have shape (n, L): whether item i has the label `labels[j]`.

    A label's precision tp / (tp + fp) and recall tp / (tp + fn), and exact match, are shares of
    items and have Wilson's interval. A label's F1 is 2 tp / (2 tp + fp + fn). Micro takes these
    figures from counts summed over all labels; macro is the plain mean of the labels' figures,
    so macro F1 is the mean of F1s, not the F1 of means; weighted is their mean with the labels'
    support as weights (Sebastiani, ACM Comput. Surv. 34, 2002, section 7.1; Opitz and Burst,
    Macro F1 and Macro F1, 2019). F1s and averages have a bootstrap interval: items are drawn with
    all their labels, and each resample goes through the convention below anew.

    Undefined cases: for a label, precision if it is never found, recall if the gold never has
    it, F1 if both. In macro and weighted such a precision or recall counts as 0, and a label that
    neither has is left out of macro and listed as absent; a label that the gold has and nobody
    finds has an F1 of 0. Averages are undefined without any label to average: micro precision
    without detections, micro recall and weighted averages without support, micro F1 and macro
    averages without either.

    Two items, gold {a} and {a, b}, found {a} and {a, c}: a is right twice (F1 1), b missed and c
    wrong (F1 0), d absent. Micro F1 is 4 / (4 + 1 + 1), macro 1 / 3, weighted (2 * 1 + 1 * 0) / 3.

    >>> quality = label_quality(
    ...     np.array([[1, 0, 0, 0], [1, 1, 0, 0]], dtype=bool),
    ...     np.array([[1, 0, 0, 0], [1, 0, 1, 0]], dtype=bool),
    ...     labels="abcd", plan=Resampling(level=0.95, resamples=1000, seed=7),
    ... )
    >>> [round(average.f1.value, 3) for average in (quality.micro, quality.macro, quality.weighted)]
    [0.667, 0.333, 0.667]
    >>> quality.absent, quality.exact_match.value
    (('d',), 0.5)
    """
    if gold.shape != found.shape or gold.ndim != 2 or gold.shape[1] != len(labels):
        raise ValueError(
            f"gold is {gold.shape} and found {found.shape}, both should be items by {len(labels)}"
            " labels"
        )
    kinds, items = np.unique(np.hstack([gold, found]), axis=0, return_counts=True)
    has, gets = kinds[:, : len(labels)], kinds[:, len(labels) :]
    undefined = [*[NEITHER] * len(labels), *NO_AVERAGES]
    estimates = bootstrap(
        lambda weights: figures(has, gets, weights),
        items,
        plan=plan,
        undefined=undefined if len(gold) else [NO_ITEMS] * len(undefined),
    )
    f1s, averages = estimates[: len(labels)], estimates[len(labels) :]
    scores = [
        _score(label, two_by_two(gold[:, place], found[:, place]), f1s[place], level=plan.level)
        for place, label in enumerate(labels)
    ]
    return LabelQuality(
        labels=tuple(scores),
        micro=Averages(*averages[:3]),
        macro=Averages(*averages[3:6]),
        weighted=Averages(*averages[6:]),
        exact_match=wilson(int((gold == found).all(axis=1).sum()), len(gold), level=plan.level),
        absent=tuple(score.label for score in scores if not score.support + score.found),
    )


def figures(
    gold: NDArray[np.bool_], found: NDArray[np.bool_], weights: Weights
) -> NDArray[np.float64]:
    """Return the bootstrapped figures of samples in which items have weights, shape (b, L + 9).

    `weights` has shape (b, k): how often each of the k rows of `gold` and `found` counts. The
    figures are each label's F1, then precision, recall and F1 by micro, macro and weighted
    averaging; NaN where one is undefined.
    """
    kinds = np.hstack([gold & found, gold, found]).astype(np.float64)
    counted = (kinds.T @ weights.T).T
    tp, support, given = np.split(counted, 3, axis=1)
    quotients = [(tp, given), (tp, support), (2 * tp, given + support)]
    each = np.stack([part / whole for part, whole in quotients])
    counting = np.nan_to_num(each)
    micro = [part.sum(axis=1) / whole.sum(axis=1) for part, whole in quotients]
    macro = counting.sum(axis=2) / np.count_nonzero(given + support, axis=1)
    weighted = (counting * support).sum(axis=2) / support.sum(axis=1)
    return np.hstack([each[2], np.stack([*micro, *macro, *weighted], axis=1)])


def _score(label: str, table: TwoByTwo, f1: Estimate, *, level: float) -> LabelScore:
    of = shares(table, level=level)
    support, found = table.tp + table.fn, table.tp + table.fp
    return LabelScore(label, support, found, of["precision"], of["recall"], f1)
