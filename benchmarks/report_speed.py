"""Time `cbt report` on a large imported study: 16 systems × 100 items × 3 raters × 4 criteria.

    python benchmarks/report_speed.py [--systems 16] [--items 100] [--raters 3] [--criteria 4]

The study is made by `cbt import ratings` from a file of seeded scores. Every figure is that of a
whole command, from the start of its process to its end: the seconds that a person waits, the
seconds of processor that it takes, and its peak memory.
"""

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROUNDS = 3
GOAL = 15.0


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, usual in (("systems", 16), ("items", 100), ("raters", 3), ("criteria", 4)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    size = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scores = write_ratings(folder / "ratings.csv", size)
        print(f"{size.systems} systems × {size.items} items × {size.raters} raters", end="")
        print(f" × {size.criteria} criteria, {scores:,} scores; load {os.getloadavg()[0]:.1f}")
        database = f"--database=sqlite:///{folder / 'store.sqlite'}"
        took = timed("import", "ratings", str(folder / "ratings.csv"), "--study", "big", database)
        print(f"  cbt import ratings   {took[0]:6.2f} s")
        rounds = []
        for turn in range(ROUNDS):
            out = folder / f"report{turn}"
            rounds.append(timed("report", "--study", "big", "--out", str(out), database))
        wall, processor, memory = (median(column) for column in zip(*rounds, strict=True))
        print(f"  cbt report           {wall:6.2f} s, {processor:.2f} s of processor,", end="")
        print(f" {memory:.0f} MB; median of {ROUNDS}, goal {GOAL:.0f} s")
        print_folder(folder)


def write_ratings(path: Path, size: argparse.Namespace) -> int:
    dice = random.Random(7)  # noqa: S311
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item", "system", "rater", "criterion", "value"])
        for item in range(size.items):
            hard = dice.gauss(0, 0.4)
            for system in range(size.systems):
                good = system / size.systems + hard + dice.gauss(0, 0.4)
                for rater in range(size.raters):
                    for criterion in range(size.criteria):
                        level = 0.7 + good + 0.2 * rater + dice.gauss(0, 0.5)
                        value = max(0, min(2, round(level)))
                        row = (item, f"system {system}", f"r{rater}", f"criterion {criterion}")
                        writer.writerow([*row, value])
                        written += 1
    return written


def print_folder(folder: Path) -> None:
    """Print what was written, and whether it is the same each time."""
    reports = [files(folder / f"report{turn}") for turn in range(ROUNDS)]
    figures = json.loads(reports[0]["report.json"])["figures"]
    size = sum(map(len, reports[0].values())) / 2**20
    same = all(report == reports[0] for report in reports)
    print(
        f"  {len(reports[0])} files, {size:.1f} MB, {len(figures):,} figures with a source;", end=""
    )
    print(f" {ROUNDS} reports {'are' if same else 'ARE NOT'} the same bytes")
    assert same


def files(folder: Path) -> dict[str, bytes]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def timed(*words: str) -> tuple[float, float, float]:
    """Run a command in a process of its own; return its seconds, processor's and memory in MB."""
    began = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([sys.executable, "-m", "pipeline.cli.main", *words], **quiet)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words
    took = time.perf_counter() - began
    return took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
