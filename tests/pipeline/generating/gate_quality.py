"""Measure the gate on labelled answers: bad ones, good ones that look bad, and the demo's.

python -m tests.pipeline.generating.gate_quality
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pipeline
from pipeline.generating.gate.gate import HELPLINE, Gate
from pipeline.generating.gate.runs import ECHO
from pipeline.generating.reading import Draft, read
from pipeline.prompts import library
from pipeline.prompts.headed import with_headings
from pipeline.prompts.prompt import Prompt

EXAMPLES = Path(__file__).with_name("gate_examples.jsonl")
DEMO = Path(pipeline.__path__[0]) / "demo"
# The demo's answers were written to these lengths, which are not those of the shipped prompts.
LENGTHS = {"zh": (300, 750), "en": (300, 2800)}
JSON, HEADED, PROSE, PLAIN = "json", "headed", "prose", "plain"
HALVES = ("tuning", "held_out")
OF_DEMO = (
    ("five-part", JSON), ("five-part", HEADED), ("five-part", PROSE), ("five-part", PLAIN),
    ("kind", PLAIN), ("weak", PLAIN),
)  # fmt: skip
SENTENCE = re.compile(r"[^。\n.?？]+[。.?？]")
OTHER = 0  # the id of the question whose answer was there before
Parts = dict[str, str]


@dataclass(frozen=True)
class Example:
    """An answer with the code of what is wrong with it, None where nothing is.

    It is an answer of the demo (`base`) with changes, or a reply as it came.
    """

    code: str | None
    half: str = "tuning"
    base: str | None = None
    form: str = JSON
    reply: str | None = None
    language: str = "zh"
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Looked:
    """What the gate said of an example."""

    example: Example
    draft: Draft
    codes: tuple[str, ...]
    asks: tuple[str, ...]

    @property
    def right(self) -> bool:
        wanted = self.example.code
        return wanted in self.codes if wanted else not self.codes


def examples() -> list[Example]:
    rows = map(json.loads, EXAMPLES.read_text("utf-8").splitlines())
    named = ("code", "half", "base", "form", "reply", "language")
    found = []
    for row in rows:
        about = {key: row.pop(key) for key in named if key in row}
        if "base" in about:
            about["language"] = questions()[about["base"]]["language"]
        found.append(Example(**about, changes=row))
    return found


@cache
def prompt(name: str) -> Prompt:
    found = library.find(None, name)
    return replace(found, characters=LENGTHS[found.language])


@cache
def questions() -> Mapping[str, Any]:
    rows = json.loads((DEMO / "questions.json").read_text("utf-8"))
    return {row["questionID"]: row for row in rows}


@cache
def answers(kind: str) -> Mapping[str, Any]:
    lines = (DEMO / f"responses-{kind}.jsonl").read_text("utf-8").splitlines()
    return {row["question_id"]: row for row in map(json.loads, lines)}


def asked(base: str | None) -> str:
    row = questions()[base] if base else {"question": "", "description": ""}
    return f"{row['question']}\n{row['description']}"


def looked_at(example: Example) -> Looked:
    of = prompt(f"{'plain' if example.form == PLAIN else 'cbt'}-{example.language}")
    gate = Gate(of)
    if "remember" in example.changes:
        gate.remember(
            OTHER, "\n\n".join(answers("five-part")[example.changes["remember"]]["parts"].values())
        )
    draft = read(_reply(example, of), of, structured=example.form == JSON)
    found = gate.problems(draft, question_id=1, question=asked(example.base))
    return Looked(
        example, draft, tuple(each.code for each in found), tuple(each.ask for each in found)
    )


def _reply(example: Example, of: Prompt) -> str:
    changes = example.changes
    reply = example.reply
    if reply is None:
        parts = _changed(dict(answers("five-part")[example.base or ""]["parts"]), example, of)
        reply = _written(parts, example.form, of)
    for old, new in changes.get("replace", ()):
        reply = reply.replace(old, new)
    reply = changes.get("reply_before", "") + reply + changes.get("reply_after", "")
    if "twice" in changes:
        reply = f"{reply}\n\n{reply}"
    if "fenced" in changes:
        reply = f"```json\n{reply}\n```"
    return f"<think>先共情。</think>\n{reply}" if "thinking" in changes else reply


def _changed(parts: Parts, example: Example, of: Prompt) -> Parts:
    changes = example.changes
    parts |= changes.get("set", {})
    parts |= {to: parts[from_] for to, from_ in changes.get("same", {}).items()}
    for part, text in changes.get("before", {}).items():
        parts[part] = text + parts[part]
    for part, text in changes.get("after", {}).items():
        parts[part] += text
    if "copy" in changes:
        copy = changes["copy"]
        parts[copy["part"]] += sentences(of, copy["from"])[copy["nth"]]
    if "until" in changes:
        part, at = changes["until"]["part"], changes["until"]["at"]
        parts[part] = parts[part][: parts[part].index(at) + len(at)]
    if "cite_question" in changes:
        parts["thought"] += f"你写道：“{asked(example.base).splitlines()[1][:60]}”"
    if "bold" in changes:
        parts["strategy"] = f"**{parts['strategy'][:8]}**{parts['strategy'][8:]}"
    order = changes.get("order", parts)
    return {part: parts[part] for part in order if part not in changes.get("drop", ())}


def _written(parts: Parts, form: str, of: Prompt) -> str:
    if form == JSON:
        return json.dumps({"distortions": [], **parts}, ensure_ascii=False)
    if form == HEADED:
        names = {part.id: part.name for part in of.parts}
        named = {names[id_]: text for id_, text in parts.items()}
        return with_headings(named, language=of.language)
    return "\n\n".join(parts.values())


def sentences(of: Prompt, place: str) -> list[str]:
    """Return the sentences of a prompt that are long enough to be told as copied."""
    example = of.examples[0]
    texts = {
        "system": of.system,
        "json": of.as_json or "",
        "text": of.as_text or "",
        "example": "\n".join((example.parts or {}).values()),
        "question": example.description,
    }
    lines = [line for line in texts[place].splitlines() if not HELPLINE.search(line)]
    found = SENTENCE.findall("\n".join(lines))
    return [each for each in found if len(each) > ECHO[of.language]]


def demo(kind: str, form: str) -> list[Looked]:
    """Look at the demo's answers, each after those before it, as one system's would be."""
    found = []
    for language in ("zh", "en"):
        of = prompt(f"{'plain' if form == PLAIN else 'cbt'}-{language}")
        gate = Gate(of)
        for number, (base, row) in enumerate(answers(kind).items()):
            if questions()[base]["language"] != language:
                continue
            reply = row["response"] if form == PLAIN else _written(row["parts"], form, of)
            draft = read(reply, of, structured=form == JSON)
            problems = gate.problems(draft, question_id=number, question=asked(base))
            gate.remember(number, draft.text)
            example = Example(None, base=base, form=form, language=language)
            asks = tuple(each.ask for each in problems)
            found.append(Looked(example, draft, tuple(each.code for each in problems), asks))
    return found


def by_code(some: Iterable[Looked]) -> Mapping[str, tuple[int, int]]:
    """Return how many examples of each code were told by it, and how many there are."""
    told, there = Counter[str](), Counter[str]()
    for each in some:
        if each.example.code:
            there[each.example.code] += 1
            told[each.example.code] += each.right
    return {code: (told[code], there[code]) for code in sorted(there)}


def also(some: Sequence[Looked]) -> list[Looked]:
    """Return the bad answers of which the gate said something more than what was planted."""
    return [each for each in some if each.example.code and set(each.codes) - {each.example.code}]


def main(say: Callable[[str], object] = print) -> None:
    every = [looked_at(example) for example in examples()]
    for half in HALVES:
        some = [each for each in every if each.example.half == half]
        say(f"{half}: {len(some)} answers")
        for code, (told, there) in by_code(some).items():
            say(f"  {code:<16} {told} of {there}")
        bad = [each for each in some if each.example.code]
        good = [each for each in some if not each.example.code]
        say(f"  {'all bad ones':<16} {sum(each.right for each in bad)} of {len(bad)},"
            f" {len(also(bad))} with a further code")  # fmt: skip
        say(f"  {'good ones':<16} {sum(each.right for each in good)} of {len(good)}"
            " without an alarm")  # fmt: skip
        for each in [*(each for each in some if not each.right), *also(bad)]:
            say(f"    {each.example.code} {each.example.base} {each.example.form}: {each.codes}")
    for kind, form in OF_DEMO:
        found = demo(kind, form)
        right = sum(each.right for each in found)
        say(f"the demo's {kind} answers as {form}: {right} of {len(found)} without an alarm")
        for each in found:
            if not each.right:
                say(f"    {each.example.base}: {each.codes}")


if __name__ == "__main__":
    main()
