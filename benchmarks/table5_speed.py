"""Time Table 5 with BCa intervals, differences and tests, against scipy.stats.bootstrap.

    python -m benchmarks.table5_speed [--systems 6] [--questions 100] [--raters 5]

Ours is all that `cbt results` works out from the scores of three criteria: means, pairwise
differences with exact sign-flip tests and Holm, and ranks, every interval BCa and from the same
resamples. The rival, scipy.stats.bootstrap over the means of the questions, cell by cell,
vectorised and with as many resamples, gives the intervals of the means only; so ours is timed with
these alone too. All are timed in turn.
"""

import argparse
import csv
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251 - threads gain nothing here

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from db import urls
from db.engine import open_store
from pipeline import rated
from pipeline.comparing.compared import Compared, MeanOf
from pipeline.comparing.differences import Family, differences
from pipeline.comparing.tally import tally
from pipeline.importing import ratings as importing
from pipeline.importing.ratings import RatingsImport
from pipeline.rated import RatedStudy
from pipeline.stats.systems.ratios import intervals, resample

CRITERIA = ("relevance", "structure", "helpfulness")
RESAMPLES = 10_000
ROUNDS = 7


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--systems", type=int, default=6)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--raters", type=int, default=5)
    size = parser.parse_args()
    study = made(size)
    print(
        f"{size.systems} systems × {len(CRITERIA)} criteria, {size.questions} questions ×"
        f" {size.raters} raters, {RESAMPLES:,} resamples; ms, median of {ROUNDS}"
    )
    tasks = {
        "means, differences, tests, ranks": lambda: whole(study),
        "means only": lambda: means(study),
        "scipy.stats.bootstrap, means only": lambda: theirs(study),
    }
    timed: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            timed[name].append(milliseconds(task))
    *_, rival = map(median, timed.values())
    for name, times in timed.items():
        print(f"  {name:<34} {shown(times)}   scipy takes {rival / median(times):.1f} times this")
    print(f"  furthest apart: {apart(study):.4f} of the scale, by the chance of other resamples")


def made(size: argparse.Namespace) -> RatedStudy:
    """Import made-up scores as a user would, and read them back."""
    rng = np.random.default_rng(7)
    shape = (size.questions, size.raters)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ratings.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["item", "system", "rater", "criterion", "value"])
            for criterion in CRITERIA:
                question = rng.normal(0, 0.7, (size.questions, 1))
                for system in range(size.systems):
                    answer = question + rng.normal(0, 0.6, (size.questions, 1)) + 0.1 * system
                    liked = answer + rng.logistic(size=shape)
                    scores = (liked > -1.5).astype(int) + (liked > 0.3)
                    for (item, rater), score in np.ndenumerate(scores):
                        writer.writerow([item, f"system {system}", f"r{rater}", criterion, score])
        store = open_store(
            urls.of_file(Path(folder) / "store.sqlite"), write=True, make=True, say=lambda _: None
        )
        importing.run(store, RatingsImport(path, "speed"))
        study = rated.read(store, study="speed")
        store.engine.dispose()
    return study


def whole(study: RatedStudy) -> None:
    compared = Compared(study)
    differences(compared, Family.of(study))
    for criterion in study.criteria:
        compared.ranks(criterion.id)


def means(study: RatedStudy) -> None:
    ratios = [
        tally(study, criterion, np.ones(len(study.raters), dtype=np.bool_)).mean(place)
        for criterion in study.criteria
        for place in range(len(study.systems))
    ]
    intervals(ratios, resample(ratios, study.plan), study.plan)


def theirs(study: RatedStudy) -> list[tuple[float, float]]:
    found = []
    for number, cell in enumerate(cells(study)):
        ends = stats.bootstrap(
            (cell,),
            np.mean,
            n_resamples=RESAMPLES,
            vectorized=True,
            method="BCa",
            rng=np.random.default_rng(number),
        ).confidence_interval
        found.append((float(ends.low), float(ends.high)))
    return found


def cells(study: RatedStudy) -> list[NDArray[np.float64]]:
    """Return the questions' mean scores of each system on each criterion."""
    found = []
    for criterion in study.criteria:
        of_units = study.codes[criterion.id].mean(axis=0)
        found += [of_units[study.unit_system == place] for place in range(len(study.systems))]
    return found


def apart(study: RatedStudy) -> float:
    compared = Compared(study)
    keys = [
        MeanOf(None, criterion.id, place)
        for criterion in study.criteria
        for place in range(len(study.systems))
    ]
    ours = [(compared.estimates[key].low, compared.estimates[key].high) for key in keys]
    return float(np.abs(np.array(ours, dtype=float) - np.array(theirs(study))).max())


def milliseconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - began)


def shown(times: list[float]) -> str:
    return f"{median(times):7.0f} ({min(times):.0f} to {max(times):.0f})"


if __name__ == "__main__":
    main()
