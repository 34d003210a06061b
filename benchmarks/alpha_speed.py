"""Time ordinal alpha with its interval beside a loop over the package krippendorff.

    python -m benchmarks.alpha_speed [--resamples 10000] [--rounds 5]

Five raters give values of 0 to 2 to 100 items, with and without gaps, and to 100,000. Timed of ours
is one whole call of krippendorff_alpha: sorting the items into kinds, drawing all resamples, alpha
in each by its own ordinal distances, the jackknife, the BCa interval, and the figure itself by the
package. Timed of the rival is, for each resample, drawing the items, taking their columns, and
krippendorff.alpha: no jackknife and no interval. It runs on our own resamples, in turn with ours,
and only on a sample of them; its time in a round is multiplied up to all resamples. Every alpha of
that sample is compared with ours.
"""

import argparse
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251 - as the command does

import time
from collections.abc import Iterator
from statistics import median

import krippendorff
import numpy as np
from numpy.typing import NDArray

from pipeline.stats.agreement.alpha import alpha_of_counts, krippendorff_alpha, paired
from pipeline.stats.ratings import MISSING, Ratings
from pipeline.stats.resampling.intervals import Resampling, resampled

RATERS, LEVELS = 5, (0.0, 1.0, 2.0)
CALLS = 5  # of ours in a round
IN_A_ROUND = {100: 500, 100_000: 10}  # resamples of the rival


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--resamples", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    plan = Resampling(level=0.95, resamples=options.resamples, seed=7)
    for items, missing in ((100, 0.0), (100, 0.2), (100_000, 0.0)):
        size = f"{items:,} items × {RATERS} raters, {missing:.0%} missing"
        print(f"{size}, {plan.resamples:,} resamples")
        compare(ratings(items, missing), plan, rounds=options.rounds)


def ratings(items: int, missing: float) -> Ratings:
    """Raters who give the true value in 7 of 10 items, else any."""
    rng = np.random.default_rng(20240324)
    truth = rng.integers(len(LEVELS), size=items)
    shape = (RATERS, items)
    given = np.where(rng.random(shape) < 0.7, truth, rng.integers(len(LEVELS), size=shape))
    given[rng.random(shape) < missing] = MISSING
    return Ratings(given, np.array(LEVELS))


def compare(rated: Ratings, plan: Resampling, *, rounds: int) -> None:
    items = rated.codes.shape[1]
    values = np.where(rated.given, rated.levels[np.maximum(rated.codes, 0)], np.nan)
    rng = np.random.default_rng(1)
    sample = own_resamples(rated, plan)
    times, rival_times, apart = [], [], 0.0
    krippendorff_alpha(rated, metric="ordinal", plan=plan)  # first calls load code
    for _ in range(rounds):
        began = time.perf_counter()
        for _ in range(CALLS):
            krippendorff_alpha(rated, metric="ordinal", plan=plan)
        times.append((time.perf_counter() - began) / CALLS)
        drawn = [next(sample) for _ in range(IN_A_ROUND[items])]
        began = time.perf_counter()
        theirs = [by_package(values, columns, rng) for columns, _ in drawn]
        rival_times.append((time.perf_counter() - began) / len(drawn) * plan.resamples)
        own = [ours for _, ours in drawn]
        apart = max(apart, float(np.abs(np.subtract(own, theirs)).max()))
    ratios = np.divide(rival_times, times)
    each = 1000 * np.array(times)
    print(
        f"  {np.median(each):.1f} ms ({each.min():.1f} to {each.max():.1f}); the rival"
        f" {median(rival_times):,.2f} s ({rounds * len(drawn):,} of {plan.resamples:,} timed);"
        f" {np.median(ratios):,.0f} times ({ratios.min():,.0f} to {ratios.max():,.0f});"
        f" furthest apart {apart:.1e}"
    )


def by_package(
    values: NDArray[np.float64], columns: NDArray[np.int64], rng: np.random.Generator
) -> float:
    """Draw items as the rival would, then take those that we drew, to compare the figures."""
    rng.integers(columns.size, size=columns.size)
    found = krippendorff.alpha(
        values[:, columns], value_domain=LEVELS, level_of_measurement="ordinal"
    )
    return float(found)


def own_resamples(rated: Ratings, plan: Resampling) -> Iterator[tuple[NDArray[np.int64], float]]:
    """The columns of items of our resamples, and the alpha that we give each."""
    answers = paired(rated.codes)
    alphas = alpha_of_counts(answers.counts, rated.levels[answers.values], "ordinal")
    given = (rated.codes[:, :, None] == answers.values).sum(axis=0)
    first = [int(np.flatnonzero((given == counts).all(axis=1))[0]) for counts in answers.counts]
    for block in resampled(answers.items, plan):
        for weights, ours in zip(block.astype(np.int64), alphas(block), strict=True):
            yield np.repeat(first, weights), float(ours)


if __name__ == "__main__":
    main()
