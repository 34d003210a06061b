"""Measure the rules of danger on the hand-labelled questions, and on the demo's.

python -m tests.pipeline.danger.quality [--write]

Rules were written for the part "tuning" only. "veiled" was written after them, to tell of danger
without any of the words that they know.
"""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pipeline
from pipeline.cli.estimates import interval, places
from pipeline.danger.danger import in_danger, rules_version
from pipeline.danger.measured import FILE, Count, Measured
from pipeline.stats.resampling.intervals import Estimate

QUESTIONS = Path(__file__).with_name("questions.jsonl")
DEMO = Path(pipeline.__path__[0]) / "demo" / "questions.json"
PARTS = ("tuning", "held_out", "veiled")
HEADER = """\
# How many questions the rules are right about, of how many: those of tests/pipeline/danger and of
# the demo. python -m tests.pipeline.danger.quality --write
"""


@dataclass(frozen=True)
class Labelled:
    """A question and what a person says of it: the kinds of danger, or `beside` what it is."""

    id: str
    part: str
    language: str
    text: str
    description: str
    kinds: tuple[str, ...]
    beside: str | None

    @property
    def found(self) -> bool:
        return in_danger(text=self.text, description=self.description, tags=())


def questions() -> list[Labelled]:
    rows = map(json.loads, QUESTIONS.read_text("utf-8").splitlines())
    return [
        Labelled(
            row["id"], row["part"], row["language"], row["text"], row["description"],
            tuple(row["kinds"]), row.get("not"),
        )
        for row in rows
    ]  # fmt: skip


def demo() -> list[Labelled]:
    """The demo's questions, which another hand wrote and tagged."""
    return [
        Labelled(
            row["questionID"], "demo", row["language"], row["question"], row["description"],
            ("danger",) if "danger" in row["tags"] else (), None,
        )
        for row in json.loads(DEMO.read_text("utf-8"))
    ]  # fmt: skip


def quality(name: str, some: Iterable[Labelled]) -> Measured:
    every = [(each, each.found) for each in some]
    kinds = dict.fromkeys(kind for each, _ in every for kind in each.kinds)
    beside = dict.fromkeys(each.beside for each, _ in every if each.beside)
    return Measured(
        name=name,
        danger=_count(found for each, found in every if each.kinds),
        safe=_count(not found for each, found in every if not each.kinds),
        kinds={kind: _count(found for each, found in every if kind in each.kinds)
               for kind in kinds if kind != "danger"},
        beside={what: _count(not found for each, found in every if each.beside == what)
                for what in beside},
    )  # fmt: skip


def _count(right: Iterable[bool]) -> Count:
    found = list(right)
    return Count(sum(found), len(found))


def every_part() -> list[Measured]:
    parts = [quality(part, [each for each in questions() if each.part == part]) for part in PARTS]
    return [*parts, quality("demo", demo())]


def write(parts: Sequence[Measured]) -> None:
    lines = [HEADER, f'rules = "{rules_version()}"']
    for part in parts:
        lines += [f"\n[parts.{part.name}]", f"danger = {list(part.danger)}"]
        lines += [f"safe = {list(part.safe)}"]
        for table in ("kinds", "beside"):
            counts = ", ".join(f"{name} = {list(n)}" for name, n in getattr(part, table).items())
            lines += [f"{table} = {{{counts}}}"]
    FILE.write_text("\n".join(lines) + "\n", "utf-8")


def _said(figure: Estimate, right: Count) -> str:
    return f"{places(figure.value)} ({interval(figure)}; {right.right} of {right.of})"


def tell(part: Measured, say: Callable[[str], object]) -> None:
    falsely = part.safe.of - part.safe.right
    said = Count(part.danger.right, part.danger.right + falsely)
    say(f"{part.name}: {part.danger.of + part.safe.of} questions")
    say(f"  recall       {_said(part.recall, part.danger)}")
    say(f"  precision    {_said(part.precision, said)}")
    say(f"  specificity  {_said(part.specificity, part.safe)}")
    for name, count in part.kinds.items():
        say(f"    {name:<16} found        {_said(count.share, count)}")
    for name, count in part.beside.items():
        say(f"    {name:<16} left alone   {_said(count.share, count)}")


def main(say: Callable[[str], object] = print) -> None:
    parts = every_part()
    english = [each for each in questions() if each.language == "en" and each.part == "held_out"]
    for part in [*parts, quality("held_out, English only", english)]:
        tell(part, say)
    if "--write" in sys.argv:
        write(parts)


if __name__ == "__main__":
    main()
