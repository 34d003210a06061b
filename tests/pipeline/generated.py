"""What a model answers in tests: the demo's answers, and many more made of their parts."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from db import questions
from db.engine import Store
from pipeline.parts import PARTS
from pipeline.prompts import library
from tests.model_server import Answer

DEMO = Path(__file__).parents[2] / "pipeline" / "demo"
LONGEST = 740
CHINESE = 43  # the demo's others are in English


@cache
def _demo() -> Sequence[Mapping[str, Any]]:
    lines = (DEMO / "responses-five-part.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines[:CHINESE]]


@cache
def asked() -> Sequence[Mapping[str, str]]:
    """The demo's Chinese questions."""
    found: Sequence[Mapping[str, str]] = json.loads((DEMO / "questions.json").read_text("utf-8"))
    return found[:CHINESE]


@cache
def parts_of(number: int) -> Mapping[str, str]:
    """Return the five parts of an answer; different numbers share three parts at most."""
    demo = _demo()
    stride = number // len(demo) * 7
    places = [(number + place * stride) % len(demo) for place in range(len(PARTS))]
    parts = {name: demo[place]["parts"][name] for name, place in zip(PARTS, places, strict=True)}
    over = sum(map(len, parts.values())) - LONGEST
    if over > 0:
        cut = parts["strategy"][: -over - 1]
        parts["strategy"] = cut[: cut.rfind("。") + 1]
    return parts


def as_json(number: int, **changes: Any) -> str:
    """Return an answer as the schema of cbt-zh wants it; `changes` are other texts of parts."""
    named = [{"id": "mind_reading", "reason": "“都在看我”是猜的"}]
    return json.dumps({"distortions": named, **parts_of(number), **changes}, ensure_ascii=False)


def as_text(number: int) -> str:
    """Return an answer under the headings of cbt-zh."""
    names = {part.id: part.name for part in library.find(None, "cbt-zh").parts}
    return "\n".join(f"{names[id_]}\n{text}" for id_, text in parts_of(number).items())


def number_of(body: Mapping[str, Any]) -> int:
    """Return which question a request is about, by the number at the end of its title."""
    said = next(
        m["content"]
        for m in reversed(body["messages"])
        if "第" in m["content"] and m["role"] == "user"
    )
    return int(said.split("（第", 1)[1].split("问）", 1)[0])


def is_repair(body: Mapping[str, Any]) -> bool:
    """Whether a request asks to mend an answer: it does not end with the question."""
    return "（第" not in body["messages"][-1]["content"]


def answered(body: Mapping[str, Any]) -> Answer:
    """Answer as a good model does: by the schema where there is one, else in text."""
    make = as_json if "response_format" in body else as_text
    return Answer(make(number_of(body)), usage=(1_000, 500))


def add_questions(store: Store, n: int, *, first: int = 0) -> None:
    """Put n questions into the store whose numbers, from `first`, `number_of` finds again."""
    demo = asked()
    rows = [
        {
            "source": "forum",
            "external_id": f"{number:05d}",
            "text": f"{demo[number % len(demo)]['question']}（第{number}问）",
            "description": demo[number % len(demo)]["description"],
            "keywords": [],
            "tags": [],
            "content_hash": None,
        }
        for number in range(first, first + n)
    ]
    with store.writing() as session:
        questions.add(session, rows)
