"""Time `cbt agreement --json` of a large study against a loop over known packages.

    python -m benchmarks.agreement_page [--items 2000] [--raters 10] [--criteria 1,3] [--rounds 3]

Ours is a whole command, from the start of its process to its end: every coefficient, kappas of
every pair, leaving out each rater, all with intervals by 10,000 resamples. The rival has the scores
in memory already and computes, for each resample of items, what packages have for this: alpha
nominal, ordinal and interval by `krippendorff`, and three kappas of every pair by scikit-learn's
`cohen_kappa_score`. It is timed on a few resamples and extrapolated to as many; it has no interval
of AC1, AC2, Fleiss', Conger's and Light's kappa and of the ICCs, and leaves out no rater.
"""

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path
from statistics import median

import krippendorff
import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

RESAMPLES = 10_000
TIMED = 5  # resamples of the rival
NAMES = ("relevance", "structure", "helpfulness")
METRICS = ("nominal", "ordinal", "interval")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=2_000)
    parser.add_argument("--raters", type=int, default=10)
    parser.add_argument("--criteria", default="1,3")
    parser.add_argument("--rounds", type=int, default=3)
    size = parser.parse_args()
    print(f"{size.raters} raters × {size.items:,} items, {RESAMPLES:,} resamples, whole command")
    rival = rival_seconds(scores(size, seed=0))
    print(f"  packages, one criterion, extrapolated from {TIMED} resamples: {rival:,.0f} s")
    with tempfile.TemporaryDirectory() as folder:
        for criteria in map(int, size.criteria.split(",")):
            store = f"--database=sqlite:///{Path(folder) / f'{criteria}.sqlite'}"
            fill(Path(folder), size, criteria, store)
            command = ("agreement", "--study", "large", "--json", store)
            took, busy = zip(*(timed(*command) for _ in range(size.rounds)), strict=True)
            print(
                f"  cbt agreement, {criteria} criteria: {median(took):.2f} s"
                f" ({min(took):.2f} to {max(took):.2f}), processor {median(busy):.2f} s,"
                f" rival / ours {criteria * rival / median(took):,.0f}"
            )


def scores(size: argparse.Namespace, *, seed: int) -> NDArray[np.int64]:
    """Return scores from 0 to 2 that agree moderately, shape (raters, items)."""
    rng = np.random.default_rng(seed)
    quality = rng.normal(0.9, 0.7, size.items)
    severity = rng.normal(0, 0.3, (size.raters, 1))
    noise = rng.normal(0, 0.6, (size.raters, size.items))
    return np.clip(np.round(quality + severity + noise), 0, 2).astype(np.int64)


def fill(folder: Path, size: argparse.Namespace, criteria: int, store: str) -> None:
    path = folder / "ratings.csv"
    given = [scores(size, seed=seed) for seed in range(criteria)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item_id", "system", "rater", *NAMES[:criteria]])
        writer.writerows(
            [f"q{item}", "system", f"r{rater}", *(each[rater, item] for each in given)]
            for item in range(size.items)
            for rater in range(size.raters)
        )
    timed("import", "ratings", str(path), "--study", "large", "--json", store)


def timed(*arguments: str) -> tuple[float, float]:
    """Run the command in a process of its own; return its seconds and its processor seconds."""
    began, used = time.perf_counter(), _processor_seconds()
    command = [sys.executable, "-m", "pipeline.cli.main", *arguments]
    done = subprocess.run(command, check=True, capture_output=True)
    took = time.perf_counter() - began
    assert "error" not in json.loads(done.stdout)
    return took, _processor_seconds() - used


def _processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def rival_seconds(given: NDArray[np.int64]) -> float:
    rng = np.random.default_rng(1)
    items = given.shape[1]
    began = time.perf_counter()
    for _ in range(TIMED):
        drawn = given[:, rng.integers(items, size=items)]
        for metric in METRICS:
            krippendorff.alpha(drawn, level_of_measurement=metric, value_domain=[0, 1, 2])
        for a, b in combinations(range(len(given)), 2):
            for weights in (None, "linear", "quadratic"):
                cohen_kappa_score(drawn[a], drawn[b], weights=weights, labels=[0, 1, 2])
    return (time.perf_counter() - began) / TIMED * RESAMPLES


if __name__ == "__main__":
    main()
