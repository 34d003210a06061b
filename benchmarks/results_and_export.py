"""Time `cbt import ratings`, `results` and `export ratings` against pandas on the same rows.

    python benchmarks/results_and_export.py [--questions 5000] [--systems 4] [--raters 5]

Every figure is that of a whole command, from the start of its process to its end. The baselines,
also whole processes, do the same with pandas' own tools: read_sql, groupby and mean; read_sql,
explode and to_csv; read_csv and to_sql. They give no intervals, know no revisions, repeats or
missing answers, check no row and defuse no cell.
"""

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROUNDS = 3
COLUMNS = ["item", "system", "rater", "rater_group", "criterion", "value", "comment"]
COLUMNS += ["position", "seconds", "submitted_at"]
CRITERIA = ("relevance", "structure", "helpfulness")
COMMENT = "这个回答很贴合求助者的处境，但建议可以更具体一些。"

PANDAS = """
import json, sqlite3, sys
import pandas
task, store, source, out = sys.argv[1:]
if task == "import":
    rows = pandas.read_csv(source)
    rows.to_sql("ratings", sqlite3.connect(out), index=False)
    sys.exit()
rows = pandas.read_sql(
    "SELECT s.name AS study, coalesce(i.external_id, i.code) AS item, q.external_id AS question,"
    " y.name AS system, p.pseudonym AS rater, p.'group' AS rater_group, j.'values' AS marks,"
    " j.comment, j.flags, a.position, j.seconds, j.revision, j.submitted_at, i.is_calibration"
    " FROM judgement j JOIN assignment a ON a.id = j.assignment_id JOIN item i ON i.id = a.item_id"
    " JOIN response r ON r.id = i.response_id JOIN system y ON y.id = r.system_id"
    " JOIN question q ON q.id = i.question_id JOIN person p ON p.id = a.person_id"
    " JOIN study s ON s.id = a.study_id",
    sqlite3.connect(store),
)
rows["marks"] = rows["marks"].map(lambda text: list(json.loads(text).items()))
long = rows.explode("marks", ignore_index=True)
long["criterion"] = long["marks"].str[0]
long["value"] = long["marks"].str[1].astype("float")
long = long.drop(columns="marks")
if task == "results":
    groups = long.groupby(["criterion", "system"])["value"]
    print(groups.agg(["count", "mean"]), groups.value_counts(normalize=True))
else:
    long.to_csv(out, index=False, encoding="utf-8-sig")
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--questions", type=int, default=5_000)
    parser.add_argument("--systems", type=int, default=4)
    parser.add_argument("--raters", type=int, default=5)
    size = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "ratings.csv"
        judgements = write_ratings(source, size)
        print(f"{judgements:,} judgements × {len(CRITERIA)} criteria, CSV, SQLite, whole commands,")
        print(f"median of {ROUNDS}; seconds and peak memory")
        for task in ("import", "results", "export"):
            compare(task, Path(folder), source)


def write_ratings(path: Path, size: argparse.Namespace) -> int:
    dice = random.Random(7)  # noqa: S311
    number = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for question in range(size.questions):
            for system in range(size.systems):
                for rater in range(size.raters):
                    number += 1
                    about = [f"q{question}", f"system {system}", f"r{rater}", "student"]
                    at = f"2026-05-{1 + number % 28:02}T{number % 24:02}:{number % 60:02}:00Z"
                    comment = f"{COMMENT}{number}" if number % 10 == 0 else ""
                    rest = [comment, number, round(dice.expovariate(1 / 40), 3), at]
                    for criterion in CRITERIA:
                        value = dice.choice((0, 1, 1, 2, 2, 2)) if number % 97 else ""
                        writer.writerow([*about, criterion, value, *rest])
    return number


def compare(task: str, folder: Path, source: Path) -> None:
    ours, theirs = [], []
    for turn in range(ROUNDS):
        # The last import's store is what the other two tasks read.
        store = folder / f"store{turn if task == 'import' else ROUNDS - 1}.sqlite"
        out = folder / f"{task}{turn}.csv"
        command = {
            "import": ["import", "ratings", str(source), "--study", "large"],
            "results": ["results", "--study", "large"],
            "export": ["export", "ratings", "--study", "large", "--out", str(out)],
        }[task]
        ours.append(timed(["-m", "pipeline.cli.main", *command, f"--database=sqlite:///{store}"]))
        theirs.append(timed(["-c", PANDAS, task, str(store), str(source), f"{out}.pandas"]))
    took, memory = (median(column) for column in zip(*ours, strict=True))
    baseline, its_memory = (median(column) for column in zip(*theirs, strict=True))
    print(
        f"  cbt {task:<8} {took:6.2f} s {memory:5.0f} MB    pandas {baseline:6.2f} s"
        f" {its_memory:5.0f} MB    ratio {took / baseline:.2f}"
    )


def timed(arguments: list[str]) -> tuple[float, float]:
    """Run Python in a process of its own; return its seconds and its peak memory in MB."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, arguments
    return time.perf_counter() - began, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
