"""Time the intervals of label statistics against loops over NLTK and scikit-learn.

    python -m benchmarks.label_statistics [--items 500] [--labels 10] [--resamples 10000]

Two labellers of whom each gives 1.5 labels an item, and a detector with as many errors. Ours is the
whole call, with its jackknife and its quantiles. The rivals are what one would write with the
libraries' own functions: compute the figures of the items of a resample, and so on. They are timed
on 1,500 of our own resamples, in turn with ours, without the drawing, the jackknife and the
quantiles, and the time is multiplied up to all resamples. Every figure of these 1,500 is compared.
"""

import argparse
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251 - as the command does

import time
from collections.abc import Callable
from statistics import median

import numpy as np
from nltk.metrics import masi_distance
from nltk.metrics.agreement import AnnotationTask
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_fscore_support

from pipeline.stats.agreement.alpha import alphas, paired
from pipeline.stats.labels.multilabel import figures, label_quality
from pipeline.stats.labels.sets import set_alpha, set_distances
from pipeline.stats.resampling.intervals import Resampling, resampled

ROUNDS = 5
A_ROUND = 300  # resamples of a rival
LABELS_AN_ITEM = 1.5

Items = NDArray[np.int64]
Figures = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--labels", type=int, default=10)
    parser.add_argument("--resamples", type=int, default=10_000)
    size = parser.parse_args()
    rng = np.random.default_rng(20240324)
    a, b = labels_of_two(rng, size.items, size.labels)
    print(f"{size.items} items, {size.labels} labels, {size.resamples:,} resamples")
    alpha_of_sets(a, b, size.resamples)
    quality_of_labels(a, b, size.resamples)
    anything = rng.integers(1, 2**size.labels, size=(2, size.items))
    times = [
        timed(lambda: set_alpha(anything, distance="masi", plan=plan_of(size.resamples)))
        for _ in range(ROUNDS)
    ]
    distinct = np.unique(anything).size
    print(f"MASI alpha, sets drawn evenly from all, {distinct} different: {median(times):.3f} s")


def plan_of(resamples: int) -> Resampling:
    return Resampling(level=0.95, resamples=resamples, seed=7)


def labels_of_two(
    rng: np.random.Generator, items: int, labels: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Two answers to each item, never empty, which share four of five labels."""
    often = rng.dirichlet(np.ones(labels)) * LABELS_AN_ITEM
    truth = rng.random((items, labels)) < often
    answers = []
    for _ in range(2):
        other = rng.random((items, labels)) < often
        given = np.where(rng.random((items, labels)) < 0.8, truth, other)
        empty = ~given.any(axis=1)
        given[empty, rng.choice(labels, size=empty.sum(), p=often / often.sum())] = True
        answers.append(given)
    return answers[0], answers[1]


def alpha_of_sets(a: NDArray[np.bool_], b: NDArray[np.bool_], resamples: int) -> None:
    bits = 1 << np.arange(a.shape[1])
    sets = np.stack([a @ bits, b @ bits])
    answers = paired(sets)
    of_samples = alphas(answers, lambda values: set_distances(values, "masi"))
    names = [frozenset(np.flatnonzero(value & bits).tolist()) for value in answers.values]
    kinds = [np.repeat(np.arange(len(names)), row.astype(int)) for row in answers.counts]

    def theirs(items: Items) -> Figures:
        triples = [
            (rater, item, names[value])
            for item, kind in enumerate(items)
            for rater, value in enumerate(kinds[kind])
        ]
        return np.array([AnnotationTask(triples, distance=masi_distance).alpha()])

    print(f"MASI alpha, {len(names)} different sets, against NLTK")
    compare(
        lambda: set_alpha(sets, distance="masi", plan=plan_of(resamples)),
        theirs,
        lambda weights: of_samples(weights)[:, None],
        samples(answers.items, resamples),
    )


def quality_of_labels(gold: NDArray[np.bool_], found: NDArray[np.bool_], resamples: int) -> None:
    labels = [str(place) for place in range(gold.shape[1])]
    kinds, counts = np.unique(np.hstack([gold, found]), axis=0, return_counts=True)
    has, gets = kinds[:, : len(labels)], kinds[:, len(labels) :]

    def theirs(items: Items) -> Figures:
        of_gold, of_found = has[items].astype(int), gets[items].astype(int)
        there = np.flatnonzero((of_gold | of_found).any(axis=0))
        each = precision_recall_fscore_support(of_gold, of_found, zero_division=0)[2]
        averages = [
            precision_recall_fscore_support(
                of_gold, of_found, labels=there, zero_division=0, average=average
            )[:3]
            for average in ("micro", "macro", "weighted")
        ]
        return np.hstack([each, *averages]).astype(float)

    def own(weights: Figures) -> Figures:
        with np.errstate(invalid="ignore"):
            return np.nan_to_num(figures(has, gets, weights))

    print("F1 of each label; precision, recall, F1 by micro, macro, weighted; against scikit-learn")
    compare(
        lambda: label_quality(gold, found, labels=labels, plan=plan_of(resamples)),
        theirs,
        own,
        samples(counts, resamples),
    )


def samples(kinds: Items, resamples: int) -> list[Figures]:
    """Our own resamples, so that both sides can be asked for the same figures."""
    return [row for block in resampled(kinds, plan_of(resamples)) for row in block]


def compare(
    ours: Callable[[], object],
    theirs: Callable[[Items], Figures],
    own: Callable[[Figures], Figures],
    drawn: list[Figures],
) -> None:
    """Time both sides in turn, and print how many times as long the rival takes."""
    times, rival_times, apart = [], [], 0.0
    for turn in range(ROUNDS):
        times.append(timed(ours))
        for weights in drawn[turn * A_ROUND : (turn + 1) * A_ROUND]:
            items = np.repeat(np.arange(weights.size), weights.astype(int))
            began = time.perf_counter()
            expected = theirs(items)
            rival_times.append(time.perf_counter() - began)
            apart = max(apart, float(np.abs(own(weights[None])[0] - expected).max()))
    whole = sum(rival_times) / len(rival_times) * len(drawn)
    print(
        f"  {median(times):.3f} s ({min(times):.3f} to {max(times):.3f}); the rival {whole:,.1f} s"
        f" ({len(rival_times)} of {len(drawn):,} resamples timed); {whole / median(times):,.0f}"
        f" times; furthest apart {apart:.1e}"
    )


def timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
