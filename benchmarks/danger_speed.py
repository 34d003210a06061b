"""Time how long the rules of danger take for a question, and for all of PsyQA.

    python -m benchmarks.danger_speed [--questions 22327] [--rounds 5]

The questions are of PsyQA's size (22 and 180 characters), of clauses of the demo's texts in any
order; and the hand-labelled ones of the tests as they are. The rival searches for the words of
the Chinese signs alone, as one alternation: what a list of words would do.
"""

import argparse
import json
import random
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.import_questions import clauses_of_the_demo, made_text
from pipeline.danger.danger import in_danger, whole
from pipeline.danger.rules import signs

LABELLED = Path(__file__).parent.parent / "tests" / "pipeline" / "danger" / "questions.jsonl"
Question = tuple[str, str]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--questions", type=int, default=22_327)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    chance = random.Random(7)  # noqa: S311
    clauses = sorted(set(clauses_of_the_demo()))
    made = [
        (made_text(22, clauses, chance), made_text(180, clauses, chance))
        for _ in range(given.questions)
    ]
    began = time.process_time()
    in_danger(text="第一问 first", description=None, tags=())
    print(f"the rules are read in {(time.process_time() - began) * 1e3:.0f} ms")
    words = re.compile("|".join(sorted(map(re.escape, signs("zh").words), key=len, reverse=True)))
    _tell("PsyQA's size, rules", made, _by_rules, given.rounds)
    _tell("PsyQA's size, words alone", made, lambda one: bool(words.search(whole(*one))), 1)
    rows = [json.loads(line) for line in LABELLED.read_text("utf-8").splitlines()]
    for danger in (True, False):
        some = [
            (row["text"], row["description"]) for row in rows if bool(row["kinds"]) == danger
        ] * 20
        _tell(f"labelled as {'' if danger else 'not '}in danger", some, _by_rules, given.rounds)


def _by_rules(question: Question) -> bool:
    return in_danger(text=question[0], description=question[1], tags=())


def _tell(
    name: str, some: Sequence[Question], look: Callable[[Question], bool], rounds: int
) -> None:
    seconds = []
    for _ in range(rounds):
        began = time.process_time()
        found = sum(map(look, some))
        seconds.append(time.process_time() - began)
    best = min(seconds)
    each = best / len(some) * 1e6
    print(f"{name:<28} {len(some):7,} questions {best:6.2f} s {each:6.1f} µs each, found {found:,}")


if __name__ == "__main__":
    main()
