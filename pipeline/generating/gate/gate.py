"""Look through answers before they are kept: each must be one that a person could be shown."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.codebook.distortions import shipped
from pipeline.generating.gate.endings import broken_off
from pipeline.generating.gate.language import foreign, traditional
from pipeline.generating.gate.leftovers import Headings, about_task
from pipeline.generating.gate.near import Seen
from pipeline.generating.gate.problems import Finding, Problem, finding, quoted, worded
from pipeline.generating.gate.repetition import clauses_of, repeated
from pipeline.generating.gate.runs import Sources
from pipeline.generating.gate.shape import length, parts
from pipeline.generating.reading import Draft
from pipeline.prompts.prompt import Prompt
from pipeline.scan import identifies_a_person, names_a_system

__all__ = ["Gate", "Problem"]

HELPLINE = re.compile(r"12356|(?<!\d)(?:120|110|988|911)(?!\d)|热线|crisis line|emergency")
KINDS = {
    "zh": {
        "email": "邮箱", "id_number": "身份证号", "mobile": "手机号", "landline": "座机号",
        "wechat": "微信号", "qq": "QQ号",
    },
    "en": {
        "email": "an e-mail address", "id_number": "an ID number", "mobile": "a mobile number",
        "landline": "a phone number", "wechat": "a WeChat name", "qq": "a QQ number",
    },
}  # fmt: skip


class Gate:
    """The checks for answers to one prompt, and the answers that it has let through."""

    def __init__(self, prompt: Prompt) -> None:
        self._prompt, self._language = prompt, prompt.language
        self._headings = Headings(prompt.parts, prompt.language)
        self._sources = Sources(
            {"prompt_echo": _instructions(prompt), "example_echo": _example(prompt)},
            language=prompt.language,
        )
        self._seen = Seen(prompt.language)
        self._clauses = lru_cache(maxsize=2)(clauses_of)  # an answer is checked, then remembered

    def problems(self, draft: Draft, *, question_id: int, question: str = "") -> list[Problem]:
        """Return what is wrong with an answer, the worst first; [] where nothing is.

        `question` is all that the person asked, with the description: what an answer repeats of it
        is no echo of the prompt, and no personal data that the answer brings in.
        """
        found = self._found(draft, question_id, question)
        return [worded(each, language=self._language) for each in found]

    def remember(self, question_id: int, text: str) -> None:
        """Keep an answer that was let through, now or by an earlier run, to compare with it."""
        self._seen.remember(question_id, text, self._clauses(text))

    def _found(self, draft: Draft, question_id: int, question: str) -> Iterator[Finding]:
        if draft.unread or not draft.text.strip():
            yield self._unread(draft)
            return
        text, clauses = draft.text, self._clauses(draft.text)
        yield from self._language_of(text, question)
        yield from parts(draft, self._prompt)
        yield from length(text, self._prompt.characters)
        yield from broken_off(text, draft.parts, self._language)
        yield from self._near(question_id, text, clauses)
        yield from repeated(clauses, self._language)
        yield from self._copied(text, question)
        yield from self._left(draft)
        yield from about_task(text, self._language)
        yield from _scanned(text, question, self._language)

    def _unread(self, draft: Draft) -> Finding:
        names = [part.id for part in self._prompt.parts]
        if self._prompt.distortions:
            names.append("distortions")
        return finding(
            draft.unread or "empty",
            fields=", ".join(names),
            problem=draft.problem,
            example=quoted(draft.text[-20:]),
        )

    def _language_of(self, text: str, question: str) -> list[Finding]:
        found = list(foreign(text, self._language))
        if self._language == "zh" and not found:
            return list(traditional(text, question))
        return found

    def _near(self, question_id: int, text: str, clauses: Sequence[str]) -> Iterator[Finding]:
        near = self._seen.near(question_id, text, clauses)
        if near:
            share = round(100 * near.share)
            yield finding("near_duplicate", share=share, question=near.question_id)

    def _copied(self, text: str, question: str) -> Iterator[Finding]:
        copied = {code: run for code, run in self._sources.runs(text) if run not in question}
        for code, run in copied.items():
            yield finding(code, example=quoted(run))

    def _left(self, draft: Draft) -> Iterator[Finding]:
        if draft.marked_by == "fields":
            starts = [part["start"] for part in draft.parts or ()]
            yield from self._headings.in_prose(draft.text, starts)
        elif self._prompt.parts:
            yield from self._headings.in_text(draft.text)


def _instructions(prompt: Prompt) -> str:
    """Return what the prompt tells a model, but what it says of a person in danger.

    Neither are the codebook's definitions, in which a model may well explain a distortion, nor the
    helplines, which are to be given as they stand.
    """
    texts = (
        message["content"]
        for structured in (True, False)
        for message in prompt.messages(question="", description="", structured=structured)
        if message["role"] == "system"
    )
    definitions = [label.definition[prompt.language] for label in shipped().labels]
    lines = dict.fromkeys(line for text in texts for line in text.split("\n"))
    return "\n".join(
        line
        for line in lines
        if not HELPLINE.search(line) and not any(each in line for each in definitions)
    )


def _example(prompt: Prompt) -> str:
    example = prompt.example
    if example is None:
        return ""
    texts = (example.question, example.description, example.answer, *(example.parts or {}).values())
    return "\n".join(filter(None, texts))


def _scanned(text: str, question: str, language: str) -> Iterator[Finding]:
    names = names_a_system(text)
    if names:
        yield finding("names_itself", example=quoted(names[0]))
    found = identifies_a_person(text)
    if found:
        known = identifies_a_person(question)
        new = [each for each in found if each not in known]
        if new:
            kinds = dict.fromkeys(KINDS[language][each.kind] for each in new)
            yield finding(
                "personal_data",
                found=", ".join(f"{each.kind} {each.found}" for each in new),
                kinds=("、" if language == "zh" else ", ").join(kinds),
            )
