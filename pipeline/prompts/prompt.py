"""A prompt: all that a language model is told, shown and asked, in one version."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from hashlib import sha256
from itertools import product
from typing import Any, Literal, NamedTuple

from db.columns import Presence
from pipeline.calling.asking import Message
from pipeline.prompts import schemas
from pipeline.prompts.headed import with_headings
from pipeline.prompts.placeholders import filled
from pipeline.prompts.toml_text import written

Language = Literal["zh", "en"]
Purpose = Literal["answer", "detection"]
Protocol = Literal["cbt", "act", "dbt", "plain", "distortions"]
By = Literal["people", "model"]
SHORT = 12  # characters of a hash that tell versions apart for a person


@dataclass(frozen=True)
class Part:
    """One part of an answer, what it is called in the prompt's language, and what it holds."""

    id: str
    name: str
    holds: str


@dataclass(frozen=True)
class Named:
    """A distortion of the codebook in an example, and why; `quote` only where some are sought."""

    id: str
    reason: str
    quote: str | None = None


@dataclass(frozen=True)
class Origin:
    """Where an example comes from: people wrote it, or a model answered a question of a store."""

    by: By
    model: str | None = None
    source: str | None = None
    question: str | None = None
    seed: int | None = None
    made_on: str | None = None


@dataclass(frozen=True)
class Example:
    """A question and what a model should make of it.

    That is `parts` by their ids, or an `answer` where the prompt has none. Where distortions are
    sought it is `presence` with `distortions`: in the `answer` if there is one, else in the
    question.
    """

    question: str
    description: str
    answer: str | None = None
    presence: Presence | None = None
    origin: Origin | None = None
    parts: Mapping[str, str] | None = None
    distortions: tuple[Named, ...] = ()


class _Mode(NamedTuple):
    structured: bool
    danger: bool
    about_answer: bool


@dataclass(frozen=True)
class Prompt:
    """One version of a prompt; the fields are the keys of its file, and in its order.

    `characters` are the fewest and the most that an answer may have. `distortions` are those of
    the codebook that a model may name, None where it is told of none.
    """

    name: str
    language: Language
    purpose: Purpose
    protocol: Protocol
    characters: tuple[int, int] | None
    distortions: tuple[str, ...] | None
    system: str
    as_json: str | None
    as_text: str | None
    when_in_danger: str | None
    ask: str
    ask_about_answer: str | None
    parts: tuple[Part, ...]
    examples: tuple[Example, ...]

    @property
    def example(self) -> Example | None:
        """The worked example; there are several only where distortions are sought."""
        return self.examples[0] if self.examples else None

    @cached_property
    def text(self) -> str:
        """The whole prompt as the store keeps it: equal prompts have equal texts."""
        table = asdict(self)
        if self.distortions is not None:
            table["distortions"] = list(self.distortions)
        table["example"] = table.pop("examples")
        return written(_without_the_absent(table))

    @cached_property
    def content_hash(self) -> str:
        return sha256(self.text.encode()).hexdigest()

    @property
    def version(self) -> str:
        """The beginning of the hash, by which people name a version."""
        return self.content_hash[:SHORT]

    def with_example(self, example: Example | None) -> "Prompt":
        """Return the prompt with this example and no other, or with none."""
        return replace(self, examples=() if example is None else (example,))

    def schema(self) -> dict[str, Any] | None:
        """Return the JSON schema of a reply; None where an answer has no parts."""
        return self._schema

    def messages(
        self,
        *,
        question: str,
        description: str,
        structured: bool,
        danger: bool = False,
        answer: str | None = None,
    ) -> tuple[Message, ...]:
        """Return what a model is sent to answer a question, or to look at an `answer` to it.

        A `structured` reply follows the schema. For a person in danger the prompt's own
        instruction for that comes last, and no example is shown, as it would draw the reply
        towards an ordinary one.
        """
        mode = _Mode(structured, danger, answer is not None)
        asked = self._asked(question=question, description=description, answer=answer)
        return (*self._beginnings[mode], _message("user", asked))

    @cached_property
    def _schema(self) -> dict[str, Any] | None:
        if self.purpose == "detection":
            return schemas.of_detection(self.distortions or ())
        if not self.parts:
            return None
        described = {part.id: f"{part.name}: {part.holds}" for part in self.parts}
        return schemas.of_answer(described, self.distortions or ())

    @cached_property
    def _beginnings(self) -> Mapping[_Mode, tuple[Message, ...]]:
        """What comes before the question, which is the same for thousands of them."""
        modes = (_Mode(*each) for each in product((False, True), repeat=3))
        return {mode: tuple(self._beginning(mode)) for mode in modes}

    def _beginning(self, mode: _Mode) -> Iterator[Message]:
        form = self.as_json if self._in_json(mode) else self.as_text
        danger = self.when_in_danger if mode.danger else None
        yield _message("system", "\n\n".join(filter(None, (self.system, form, danger))))
        for example in () if mode.danger else self._shown(mode):
            looked_at = example.answer if mode.about_answer else None
            asked = self._asked(
                question=example.question, description=example.description, answer=looked_at
            )
            yield _message("user", asked)
            yield _message("assistant", self._reply(example, in_json=self._in_json(mode)))

    def _in_json(self, mode: _Mode) -> bool:
        return self.purpose == "detection" or (mode.structured and self._schema is not None)

    def _shown(self, mode: _Mode) -> Iterator[Example]:
        for example in self.examples:
            if self.purpose == "answer" or (example.answer is not None) == mode.about_answer:
                yield example

    def _asked(self, *, question: str, description: str, answer: str | None) -> str:
        template = self.ask if answer is None else self.ask_about_answer or self.ask
        values = {"question": question, "description": description, "answer": answer or ""}
        return filled(template, values)

    def _reply(self, example: Example, *, in_json: bool) -> str:
        if in_json:
            return json.dumps(self._object(example), ensure_ascii=False)
        if example.parts is None:
            return example.answer or ""
        named = {part.name: example.parts[part.id] for part in self.parts}
        return with_headings(named, language=self.language)

    def _object(self, example: Example) -> dict[str, Any]:
        """Return what a reply to the example says, in the order of the schema."""
        if self.purpose == "detection":
            found = [
                {"quote": x.quote, "reason": x.reason, "id": x.id} for x in example.distortions
            ]
            return {"distortions": found, "presence": example.presence}
        texts = {part.id: (example.parts or {})[part.id] for part in self.parts}
        if not self.distortions:
            return texts
        named = [{"reason": x.reason, "id": x.id} for x in example.distortions]
        return {"distortions": named, **texts}


def _message(role: str, content: str) -> Message:
    return {"role": role, "content": content}


def _without_the_absent(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_the_absent(v) for k, v in value.items() if v is not None and v != ()}
    if isinstance(value, (list, tuple)):
        return [_without_the_absent(each) for each in value]
    return value
