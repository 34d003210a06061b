"""Measure the parser and the lexicon on the hand-labelled passages, and on the demo's answers.

python -m tests.pipeline.codebook.quality
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pipeline
from pipeline.codebook.distortions import resolve, shipped
from pipeline.codebook.lexicon import named_in
from pipeline.parts import parse

PASSAGES = Path(__file__).with_name("passages.jsonl")
DEMO = Path(pipeline.__path__[0]) / "demo"
HALVES = ("tuning", "held_out")
WHOLE = ("numbered", "headed", "unheaded")
NAMES = {
    name.casefold()
    for label in shipped().labels
    for name in (*label.name.values(), *label.aliases["zh"], *label.aliases["en"])
}
Spans = list[tuple[str, int, int]]


@dataclass(frozen=True)
class Passage:
    """A text with its distortions, and the parts of a whole answer ({part: text}, in order)."""

    id: str
    half: str
    language: str
    form: str
    text: str
    labels: list[str]
    parts: dict[str, str] | None = None

    @property
    def spans(self) -> Spans:
        found, end = [], 0
        for part, said in (self.parts or {}).items():
            start = self.text.index(said, end)
            end = start + len(said)
            found.append((part, start, end))
        return found


@dataclass
class Agreement:
    """What was found against what is there: labels, or beginnings of parts; `exact` of `n`."""

    both: int = 0
    only_found: int = 0
    missed: int = 0
    exact: int = 0
    n: int = 0

    def add(self, there: set[Any], found: set[Any]) -> None:
        self.both += len(there & found)
        self.only_found += len(found - there)
        self.missed += len(there - found)
        self.exact += there == found
        self.n += 1

    @property
    def precision(self) -> float:
        return self.both / (self.both + self.only_found)

    @property
    def recall(self) -> float:
        return self.both / (self.both + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.both / (2 * self.both + self.only_found + self.missed)

    def __str__(self) -> str:
        return (
            f"precision {self.precision:.3f} ({self.both}/{self.both + self.only_found})"
            f"  recall {self.recall:.3f} ({self.both}/{self.both + self.missed})"
            f"  F1 {self.f1:.3f}  exact {self.exact / self.n:.3f} ({self.exact}/{self.n})"
        )


@dataclass
class Parsed:
    """How the parser did: characters in the right part (or rightly in none), and beginnings."""

    right: int = 0
    characters: int = 0
    begins: Agreement = field(default_factory=Agreement)

    def add(self, text: str, there: Spans, found: Spans) -> None:
        pairs = zip(_by_character(text, there), _by_character(text, found), strict=True)
        self.right += sum(one == other for one, other in pairs)
        self.characters += len(text)
        self.begins.add({span[:2] for span in there}, {span[:2] for span in found})

    @property
    def share(self) -> float:
        return self.right / self.characters

    def __str__(self) -> str:
        return f"characters {self.share:.3f}  beginnings: {self.begins}"


def _by_character(text: str, spans: Spans) -> list[str | None]:
    found: list[str | None] = [None] * len(text)
    for part, start, end in spans:
        found[start:end] = [part] * (end - start)
    return found


def passages() -> list[Passage]:
    return [Passage(**json.loads(line)) for line in PASSAGES.read_text("utf-8").splitlines()]


def parsed(text: str) -> Spans:
    return [(span["part"], span["start"], span["end"]) for span in parse(text)]


def lexicon_quality(some: Iterable[Passage]) -> Agreement:
    found = Agreement()
    for each in some:
        found.add(set(each.labels), {name.label for name in named_in(each.text)})
    return found


def names_alone(some: Iterable[Passage]) -> Agreement:
    """What looking for the codebook's names alone would find, wherever they stand."""
    found = Agreement()
    for each in some:
        text = each.text.casefold()
        found.add(set(each.labels), {resolve(name) for name in NAMES if name in text})
    return found


def parser_quality(some: Iterable[Passage]) -> Parsed:
    found = Parsed()
    for each in some:
        if each.parts is not None:
            found.add(each.text, each.spans, parsed(each.text))
    return found


def demo() -> list[Passage]:
    """The demo's answers in five parts, which others wrote and nothing was tuned on."""
    lines = (DEMO / "responses-five-part.jsonl").read_text("utf-8").splitlines()
    return [
        Passage(
            id=each["question_id"],
            half="demo",
            language="",
            form="unheaded",
            text=each["response"],
            labels=[resolve(name) or name for name in each["detections"]],
            parts=each["parts"],
        )
        for each in map(json.loads, lines)
    ]


def run_together(some: Sequence[Passage]) -> list[Passage]:
    """The same answers without paragraphs."""
    return [
        Passage(**{**vars(each), "text": _joined(each.parts or {}), "parts": each.parts})
        for each in some
    ]


def _joined(parts: dict[str, str]) -> str:
    chinese = any("一" <= character <= "鿿" for text in parts.values() for character in text)
    return ("" if chinese else " ").join(parts.values())


def main(say: Callable[[str], object] = print) -> None:
    every = passages()
    for half in HALVES:
        some = [each for each in every if each.half == half]
        say(f"{half}: {len(some)} passages")
        say(f"  lexicon      {lexicon_quality(some)}")
        for language in ("zh", "en"):
            of = [each for each in some if each.language == language]
            say(f"    {language}         {lexicon_quality(of)}")
        say(f"  names alone  {names_alone(some)}")
        say(f"  parser       {parser_quality(some)}")
        for form in WHOLE:
            of = [each for each in some if each.form == form]
            say(f"    {form:<10} {parser_quality(of)}")
    say(f"the demo's {len(demo())} answers in five parts")
    say(f"  lexicon      {lexicon_quality(demo())}")
    say(f"  names alone  {names_alone(demo())}")
    say(f"  parser       {parser_quality(demo())}")
    say(f"    together   {parser_quality(run_together(demo()))}")


if __name__ == "__main__":
    main()
