"""Time the default tables of `cbt power` against a loop over SciPy's permutation test.

    python -m benchmarks.power_speed [--rounds 3] [--studies 10]

4 × 4 designs with 2,000 simulated studies each, in process, from assumed deviations. Ours is the
whole call: the drawing of scores, the exact test of every study, the intervals. The rival is only
the test, on our own simulated studies: scipy.stats.permutation_test of paired differences with its
default of 9,999 random flips, vectorised over them as its manual shows, timed on `--studies` of a
design in each round and multiplied up to 2,000. How often the two decide alike is printed.
"""

import argparse
import time
from collections.abc import Callable
from itertools import product
from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy.stats import permutation_test

from pipeline.power import (
    ASSUMED,
    ASSUMED_SHARES,
    ITEMS,
    RATERS,
    SIMULATIONS,
    Goal,
    PowerOf,
    ToFind,
    ToKnow,
    ToNarrow,
    run,
)
from pipeline.stats.planning.power import sign_flip_ps
from pipeline.stats.planning.simulation import Design, Population, draw

SCALE = Population((0, 1, 2), ASSUMED_SHARES, ASSUMED)
DIFFERENCE, LEVEL = 0.1, 0.05
WISHES: dict[str, Goal] = {
    "--difference 0.1": ToFind(DIFFERENCE, 0.8),
    "--width 0.06": ToNarrow(0.06, "difference"),
    "--width 0.06 --of alpha": ToNarrow(0.06, "alpha"),
    "--detectable": ToKnow(0.8),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--studies", type=int, default=10, help="a design and round of the rival's")
    given = parser.parse_args()
    ours: dict[str, list[float]] = {wish: [] for wish in WISHES}
    theirs: list[float] = []
    alike = 0
    for seed in range(given.rounds):
        for wish, goal in WISHES.items():
            ours[wish].append(timed(lambda goal=goal: run(None, PowerOf(goal, SCALE))))
        seconds, same = rival(given.studies, seed)
        theirs.append(seconds)
        alike += same
    for wish, seconds in ours.items():
        print(f"{wish}: {median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})")
    ratio = median(theirs) / median(ours["--difference 0.1"])
    tests = given.rounds * given.studies * len(ITEMS) * len(RATERS)
    print(f"SciPy, the tests alone, extrapolated: {median(theirs):.0f} s, {ratio:.0f} times")
    print(f"alike at 0.05: {alike} of {tests}")


def rival(studies: int, seed: int) -> tuple[float, int]:
    """Return the seconds of all tests, extrapolated, and how many of those made decide alike."""
    shift = SCALE.shift_for(DIFFERENCE)
    seconds, alike = 0.0, 0
    for items, raters in product(ITEMS, RATERS):
        shifts = np.array([-shift / 2, shift / 2])
        blocks = draw(SCALE, Design(items, raters), shifts, simulations=studies, seed=seed)
        sums = np.concatenate(list(blocks)).sum(axis=2, dtype=np.int64)
        differences = sums[:, 1] - sums[:, 0]
        found: list[float] = []
        took = timed(lambda rows=differences, to=found: to.extend(flipped(row) for row in rows))
        seconds += took * SIMULATIONS / studies
        alike += int(np.sum((np.array(found) <= LEVEL) == (sign_flip_ps(differences) <= LEVEL)))
    return seconds, alike


def flipped(differences: NDArray[np.int64]) -> float:
    found = permutation_test(
        (differences.astype(float),),
        lambda x, axis: x.sum(axis=axis),
        permutation_type="samples",
        vectorized=True,
        rng=np.random.default_rng(1),
    )
    return float(found.pvalue)


def timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
