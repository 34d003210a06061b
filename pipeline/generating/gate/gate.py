"""Look through answers before they are kept: each must be one that a person could be shown."""

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.codebook.distortions import shipped
from pipeline.generating.gate.endings import broken_off
from pipeline.generating.gate.language import foreign, traditional
from pipeline.generating.gate.leftovers import Headings, about_task
from pipeline.generating.gate.near import Seen
from pipeline.generating.gate.problems import Finding, Problem, finding, quoted, worded
from pipeline.generating.gate.repetition import clauses_of, repeated
from pipeline.generating.gate.runs import Sources
from pipeline.generating.gate.shape import LIST, length, parts
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
        if draft.unread or not draft.text.strip():
            found = [self._unread(draft)]
        else:
            found = self._found(draft, question_id, question)
        return [worded(each, language=self._language) for each in found]

    def remember(self, question_id: int, text: str) -> None:
        """Keep an answer that was let through, now or by an earlier run, to compare with it."""
        self._seen.remember(question_id, text, self._clauses(text))

    def _found(self, draft: Draft, question_id: int, question: str) -> list[Finding]:
        text, clauses = draft.text, self._clauses(draft.text)
        each = (
            self._language_of(text, question),
            *parts(draft, self._prompt),
            length(text, self._prompt.characters),
            broken_off(text, draft.parts, self._language),
            self._near(question_id, text, clauses),
            repeated(clauses, self._language),
            *self._copied(text, question),
            self._left(draft),
            about_task(text, self._language),
            _named(text),
            self._personal(text, question),
        )
        return [found for found in each if found]

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

    def _language_of(self, text: str, question: str) -> Finding | None:
        found = foreign(text, self._language)
        if self._language == "zh" and not found:
            return traditional(text, question)
        return found

    def _near(self, question_id: int, text: str, clauses: Sequence[str]) -> Finding | None:
        near = self._seen.near(question_id, text, clauses)
        if near is None:
            return None
        share = round(100 * near.share)
        return finding("near_duplicate", share=share, question=near.question_id)

    def _copied(self, text: str, question: str) -> list[Finding]:
        copied = {code: run for code, run in self._sources.runs(text) if run not in question}
        return [finding(code, example=quoted(run)) for code, run in copied.items()]

    def _left(self, draft: Draft) -> Finding | None:
        if draft.marked_by == "fields":
            starts = (part["start"] for part in draft.parts or ())
            return self._headings.in_prose(draft.text, starts)
        return self._headings.in_text(draft.text) if self._prompt.parts else None

    def _personal(self, text: str, question: str) -> Finding | None:
        found = identifies_a_person(text)
        known = identifies_a_person(question) if found else ()
        new = [each for each in found if each not in known]
        if not new:
            return None
        kinds = dict.fromkeys(KINDS[self._language][each.kind] for each in new)
        shown = ", ".join(f"{each.kind} {each.found}" for each in new)
        return finding("personal_data", found=shown, kinds=LIST[self._language].join(kinds))


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


def _named(text: str) -> Finding | None:
    names = names_a_system(text)
    return finding("names_itself", example=quoted(names[0])) if names else None
