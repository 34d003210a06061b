"""Time the import of PsyQA-sized questions against json.load and bare sqlite3 of the same rows.

    python benchmarks/import_questions.py [--records 22341] [--rounds 5]

Both read the same file and put the same rows into an SQLite file (WAL, synchronous FULL) in one
transaction, each time in a process of its own, in turns. The baseline's tables have no index and
no foreign key. What the import does beyond it: tell the encoding, read every field under any of
its names, check the texts, hash them, find equal ones, scan all of them for what could identify a
person or break blinding, record the run, keep the indexes.
"""

import argparse
import json
import random
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

import pipeline

ANSWERS = 2
SIZES = {"question": 22, "description": 180, "answer": 520}
DEMO = Path(pipeline.__path__[0]) / "demo"
EXTRAS = ("😭", "加我QQ：123456789", "作为一个AI语言模型", "13812345678", "a@b.com")
ONE_IN = 1_000  # clauses is an extra
SOURCE = "bench"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=22_341)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--run", choices=RUNS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        print(json.dumps(_measured(given.run, given.file)))
    else:
        _compare(given.records, given.rounds)


def _compare(records: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "psyqa.json"
        _write(file, records)
        size = file.stat().st_size / 1e6
        print(f"{records:,} records with {ANSWERS} answers each, {size:.0f} MB, {rounds} rounds")
        found = [{name: _in_own_process(name, file) for name in RUNS} for _ in range(rounds)]
    seconds = {name: median(each[name]["seconds"] for each in found) for name in RUNS}
    for name in RUNS:
        rows = {each[name]["rows"] for each in found}
        peak = max(each[name]["megabytes"] for each in found)
        rate = records / seconds[name]
        print(f"{name:<7} {seconds[name]:6.2f} s  {rate:9,.0f} records/s  {peak:5.0f} MB  {rows}")
    ratios = [each["bare"]["seconds"] / each["import"]["seconds"] for each in found]
    print(f"rate of the import / rate of the baseline: {seconds['bare'] / seconds['import']:.2f}")
    print(f"in each round: {', '.join(f'{ratio:.2f}' for ratio in ratios)}")


def _in_own_process(name: str, file: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--run", name, "--file", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _measured(name: str, file: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        seconds, rows = RUNS[name](file, Path(folder) / "store.sqlite")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "rows": rows, "megabytes": peak}


def _import(file: Path, made: Path) -> tuple[float, int]:
    from db import schema  # noqa: PLC0415  the baseline's memory is its own
    from db.engine import connect  # noqa: PLC0415
    from pipeline.importing.questions import QuestionsImport, run  # noqa: PLC0415

    store = connect(f"sqlite:///{made}")
    schema.upgrade(store.engine)
    began = time.perf_counter()
    done = run(store, QuestionsImport(file, source=SOURCE))
    seconds = time.perf_counter() - began
    assert not done.counts.rejected
    return seconds, done.counts.added + done.responses_added


def _bare(file: Path, made: Path) -> tuple[float, int]:
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE question (id, source, own, text, description, keywords)")
        connection.execute("CREATE TABLE response (question, system, sample, text, status)")
        began = time.perf_counter()
        with file.open(encoding="utf-8") as opened:
            records = json.load(opened)
        questions = [
            (id_, SOURCE, r["questionID"], r["question"], r["description"], r["keywords"])
            for id_, r in enumerate(records)
        ]
        responses = [
            (id_, 1, sample, answer["answer_text"], "kept")
            for id_, record in enumerate(records)
            for sample, answer in enumerate(record["answers"])
        ]
        connection.executemany("INSERT INTO question VALUES (?, ?, ?, ?, ?, ?)", questions)
        connection.executemany("INSERT INTO response VALUES (?, ?, ?, ?, ?)", responses)
        connection.commit()
        return time.perf_counter() - began, len(questions) + len(responses)


RUNS = {"import": _import, "bare": _bare}


def _write(file: Path, records: int) -> None:
    """Write records as PsyQA is published, of clauses of the demo's texts in any order."""
    chance = random.Random(7)  # noqa: S311
    clauses = sorted(set(clauses_of_the_demo()))
    made = [_record(number, clauses, chance) for number in range(records)]
    text = json.dumps(made, ensure_ascii=False, indent=1).replace("\n", "\r\n")
    file.write_bytes(text.encode())


def clauses_of_the_demo() -> Iterator[str]:
    asked = json.loads((DEMO / "questions.json").read_text("utf-8"))
    lines = [line for path in DEMO.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    texts = [each["description"] for each in asked]
    texts += [json.loads(line)["response"] for line in lines]
    for text in texts:
        if re.search("[一-鿿]", text):
            yield from re.findall("[^，。！？；\n]{4,}[，。！？；]", text)


def _record(number: int, clauses: list[str], chance: random.Random) -> dict[str, object]:
    return {
        "question": made_text(SIZES["question"], clauses, chance),
        "description": made_text(SIZES["description"], clauses, chance),
        "keywords": "情绪,睡眠,人际",
        "answers": [
            {"answer_text": made_text(SIZES["answer"], clauses, chance), "has_label": False}
            for _ in range(ANSWERS)
        ],
        "questionID": 4_394 + number,
    }


def made_text(size: int, clauses: list[str], chance: random.Random) -> str:
    text = ""
    while len(text) < size:
        text += chance.choice(EXTRAS if chance.randrange(ONE_IN) == 0 else clauses)
    return text[:size]


if __name__ == "__main__":
    main()
