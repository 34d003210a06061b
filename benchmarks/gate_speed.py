"""Time reading and checking a model's replies against bare JSON readers, and weigh what is kept.

    python -m benchmarks.gate_speed [--answers 22327] [--rounds 3]

One process, one core, in turns, processor time. Replies are JSON of five parts, 520 Chinese
characters on average, put together from clauses of the demo's answers in which two characters are
exchanged; one clause in five is left as it is, as stock phrases come back. The gate knows
the answers of the batches before. The rivals are json.loads, and pydantic's
model_validate_json, by which openai's own `parse` reads structured output: they look at nothing
but the JSON.
"""

import argparse
import json
import random
import re
import time
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from pydantic import BaseModel

import pipeline
from pipeline.generating.gate.gate import Gate
from pipeline.generating.reading import Draft, read
from pipeline.parts import PARTS
from pipeline.prompts import library

DEMO = Path(pipeline.__path__[0]) / "demo"
PROMPT = library.find(None, "cbt-zh")
CLAUSE = re.compile("[^，。！？；\n]+[，。！？；]")
HAN = re.compile("[一-鿿]")
PART_CHARACTERS = 103
CHECKED, BATCH = "read and checked", 500
REASON = "对方说“她肯定烦我”，并没有问过她。"


class Named(BaseModel):
    id: str
    reason: str


class Answer(BaseModel):
    distortions: list[Named]
    validation: str
    thought: str
    challenge: str
    strategy: str
    encouragement: str


RIVALS: dict[str, Callable[[str], object]] = {
    "json.loads": json.loads,
    "pydantic's model_validate_json": Answer.model_validate_json,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--answers", type=int, default=22_327)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    replies = list(islice(made(), given.answers))
    texts = [read(reply, PROMPT, structured=True).text for reply in replies]
    print(f"{len(texts):,} replies, answers of {sum(map(len, texts)) / len(texts):.0f} characters")
    rounds = [one_round(replies) for _ in range(given.rounds)]
    for name in rounds[0]:
        each = [turn[name] / len(replies) * 1e6 for turn in rounds]
        ratio = median(turn[CHECKED] / turn[name] for turn in rounds)
        print(f"{name:<32} {median(each):6.1f} us ({min(each):.1f} to {max(each):.1f})"
              f"   {CHECKED} takes {ratio:.1f} times as long")  # fmt: skip
    print(f"the gate's memory of all answers: {weighed(texts):.1f} MB")


def one_round(replies: list[str]) -> dict[str, float]:
    """Return the seconds that each way takes for all replies; batches of them take turns."""
    gate = Gate(PROMPT)
    seconds = dict.fromkeys((CHECKED, "remembered", "read", *RIVALS), 0.0)
    for start in range(0, len(replies), BATCH):
        batch = replies[start : start + BATCH]
        drafts: list[Draft] = []

        def checked(reply: str, drafts: list[Draft] = drafts) -> None:
            draft = read(reply, PROMPT, structured=True)
            gate.problems(draft, question_id=-1)
            drafts.append(draft)

        seconds[CHECKED] += timed(checked, batch)
        seconds["remembered"] += timed(lambda draft: gate.remember(0, draft.text), drafts)
        seconds["read"] += timed(lambda reply: read(reply, PROMPT, structured=True), batch)
        for name, way in RIVALS.items():
            seconds[name] += timed(way, batch)
    return seconds


def timed(way: Callable[[Any], object], some: list[Any]) -> float:
    began = time.process_time()
    for each in some:
        way(each)
    return time.process_time() - began


def weighed(texts: list[str]) -> float:
    """Return the megabytes that a gate takes to know these answers."""
    gate = Gate(PROMPT)
    tracemalloc.start()
    for number, text in enumerate(texts):
        gate.remember(number, "".join([text, " "]).rstrip())  # a copy, as from the store
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return taken / 1e6


def made() -> Iterator[str]:
    chance = random.Random(7)  # noqa: S311
    lines = (DEMO / "responses-five-part.jsonl").read_text("utf-8").splitlines()
    texts = [text for line in lines for text in json.loads(line)["parts"].values()]
    clauses = [clause for text in texts if "，" in text for clause in CLAUSE.findall(text)]
    characters = sorted(set(HAN.findall("".join(clauses))))
    while True:
        parts = {part: said(clauses, characters, chance) for part in PARTS}
        named = [{"reason": REASON, "id": "mind_reading"}, {"reason": REASON, "id": "labeling"}]
        yield json.dumps({"distortions": named, **parts}, ensure_ascii=False)


def said(clauses: list[str], characters: list[str], chance: random.Random) -> str:
    text = ""
    while len(text) < PART_CHARACTERS - 7:
        clause = chance.choice(clauses)
        exchanged = HAN.findall(clause) if chance.random() < 0.8 else []
        for character in chance.sample(exchanged, min(2, len(exchanged))):
            clause = clause.replace(character, chance.choice(characters), 1)
        text += clause
    return text[:-1] + "。"


if __name__ == "__main__":
    main()
