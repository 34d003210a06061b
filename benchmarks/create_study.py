"""Time the creation of a large study against shuffling and inserting the same rows bare.

    python benchmarks/create_study.py [--questions 2233] [--systems 4] [--raters 5]

The baseline shuffles the items once for each rater and puts the same items and assignments into a
store of the same tables with sqlite3's executemany, in one transaction. What creation does beyond
it: find the questions that every system has answered, draw the sample, deal the questions out,
keep answers and repeats apart, balance the systems' turns, measure the balance, record the run.
"""

import argparse
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

from db import people, schema
from db.engine import Store, connect
from db.tables import Question, Response, System
from pipeline.study import create
from pipeline.study.studyfile import Plan

ROUNDS = 3
TEXT = "我知道这段时间对你来说很不容易。" * 32


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--questions", type=int, default=2_233)
    parser.add_argument("--systems", type=int, default=4)
    parser.add_argument("--raters", type=int, default=5)
    size = parser.parse_args()
    designs = {
        "every rater judges every item": {},
        "with 5 % repeats": {"repeats": 0.05},
        "3 raters a question, 5 % repeats": {"per_item": 3, "repeats": 0.05},
    }
    shape = f"{size.questions:,} questions × {size.systems} systems × {size.raters} raters"
    print(f"{shape}, SQLite, median of {ROUNDS}")
    for name, options in designs.items():
        _compare(name, size, options)


def _compare(name: str, size: argparse.Namespace, options: dict[str, float]) -> None:
    seconds, bare = [], []
    for _ in range(ROUNDS):
        with _filled(size) as (store, systems):
            plan = Plan(name="large", systems=tuple(systems), seed=7, **options)
            began = time.perf_counter()
            made = create.run(store, plan)
            seconds.append(time.perf_counter() - began)
            bare.append(_bare(Path(store.name)))
    took, baseline = median(seconds), median(bare)
    print(f"\n{name}: {took:.2f} s, bare {baseline:.2f} s, ratio {took / baseline:.1f}")
    for field, value in made.balance.as_json().items():
        print(f"  {field:<20} {value}")


@contextmanager
def _filled(size: argparse.Namespace) -> Iterator[tuple[Store, list[str]]]:
    with tempfile.TemporaryDirectory() as folder:
        store = connect(f"sqlite:///{Path(folder) / 'store.sqlite'}")
        schema.upgrade(store.engine)
        with store.writing() as session:
            systems = [System(name=f"model-{n}", kind="local") for n in range(size.systems)]
            questions = [
                Question(source="large", external_id=str(n), text=f"{n}", content_hash=str(n))
                for n in range(size.questions)
            ]
            session.add_all([*systems, *questions])
            session.flush()
            session.add_all(
                Response(question_id=question.id, system_id=system.id, text=TEXT)
                for question in questions
                for system in systems
            )
            for n in range(size.raters):
                name = f"rater-{n}"
                people.add(session, username=name, roles=["rater"], group=None, password_hash=None)
            names = [system.name for system in systems]
        yield store, names
        store.engine.dispose()


def _bare(made: Path) -> float:
    """Return the seconds that the same rows take without this program."""
    with closing(sqlite3.connect(made)) as connection:
        items = connection.execute("SELECT * FROM item").fetchall()
        assignments = connection.execute("SELECT * FROM assignment").fetchall()
    empty = made.with_name("bare.sqlite")
    store = connect(f"sqlite:///{empty}")
    schema.upgrade(store.engine)
    store.engine.dispose()
    with closing(sqlite3.connect(empty)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        began = time.perf_counter()
        for _ in range(len(assignments) // len(items) + 1):
            random.shuffle(items)
        _insert(connection, "item", items)
        _insert(connection, "assignment", assignments)
        connection.commit()
        return time.perf_counter() - began


def _insert(connection: sqlite3.Connection, table: str, rows: list[tuple[object, ...]]) -> None:
    marks = ", ".join("?" * len(rows[0]))
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608


if __name__ == "__main__":
    main()
