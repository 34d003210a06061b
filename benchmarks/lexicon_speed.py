"""Time the lexicon over a dataset's answers against bare searches for the same names.

    python benchmarks/lexicon_speed.py [--answers 22327] [--rounds 3]

One process, one core, in turns. Answers of 520 characters on average are put together from parts
of the demo's answers. "parsed and named" is what 'cbt detect' does with an answer that has no
parts marked; "named" leaves answers without a name unparsed. The rivals look for each name of the
codebook as it stands, with `in` or with a compiled pattern: they tell no part, no negation, no
advice, no other spelling. What they flag beyond the lexicon is what its rules are for.
"""

import argparse
import json
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pipeline
from pipeline.codebook.distortions import shipped
from pipeline.codebook.lexicon import named_in
from pipeline.parts import parse

DEMO = Path(pipeline.__path__[0]) / "demo"
CHARACTERS = 520
NAMES = sorted(
    {
        name.casefold()
        for label in shipped().labels
        for name in (*label.name.values(), *label.aliases["zh"], *label.aliases["en"])
    }
)
PATTERNS = [re.compile(re.escape(name)) for name in NAMES]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--answers", type=int, default=22_327)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    answers = made(given.answers)
    mean = sum(map(len, answers)) / len(answers)
    print(f"{len(answers):,} answers of {mean:.0f} characters, {len(NAMES)} names")
    for warm in WAYS.values():
        warm(answers[0])
    turns = [{name: timed(way, answers) for name, way in WAYS.items()} for _ in range(given.rounds)]
    base = next(iter(WAYS))
    for name in WAYS:
        seconds = [turn[name][0] for turn in turns]
        ratios = [turn[base][0] / turn[name][0] for turn in turns]
        line = f"{name:<18} {median(seconds):6.2f} s ({min(seconds):.2f} to {max(seconds):.2f})"
        line += f"  {len(answers) / median(seconds):7,.0f} answers/s  flags {turns[0][name][1]:,}"
        if name != base:
            line += f"   {base} takes {median(ratios):.2f} times as long"
        print(line)


def timed(way: Callable[[str], object], answers: list[str]) -> tuple[float, int]:
    """Return the seconds of processor time, and how many answers name something."""
    began = time.process_time()
    flagged = sum(bool(way(answer)) for answer in answers)
    return time.process_time() - began, flagged


def parsed_and_named(answer: str) -> object:
    return named_in(answer, parse(answer))


def by_in(answer: str) -> object:
    text = answer.casefold()
    return [name for name in NAMES if name in text]


def by_pattern(answer: str) -> object:
    text = answer.casefold()
    return [pattern for pattern in PATTERNS if pattern.search(text)]


WAYS: dict[str, Callable[[str], object]] = {
    "parsed and named": parsed_and_named,
    "named": named_in,
    "in": by_in,
    "re.search": by_pattern,
}


def made(count: int) -> list[str]:
    """Return answers of five paragraphs, each paragraph from any answer of the demo."""
    chance = random.Random(7)  # noqa: S311
    lines = (DEMO / "responses-five-part.jsonl").read_text("utf-8").splitlines()
    parts = [list(json.loads(line)["parts"].values()) for line in lines]
    chinese = [each for each in parts if "，" in each[0]]
    answers = []
    for _ in range(count):
        answer = "\n\n".join(chance.choice(chinese)[place] for place in range(5))
        while len(answer) < CHARACTERS:
            answer += chance.choice(chinese)[4]
        answers.append(answer[:CHARACTERS])
    return answers


if __name__ == "__main__":
    main()
