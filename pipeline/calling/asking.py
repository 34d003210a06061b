"""What is asked of a language model, in the words of the chat completions API."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal

from db.columns import AttemptStep

Message = Mapping[str, str]  # {"role": "system", "content": "…"}
LimitName = Literal["max_tokens", "max_completion_tokens"]
EACH_MESSAGE = 32  # tokens that a server's chat template may put around a message, at most


@dataclass(frozen=True)
class Model:
    """A language model behind a URL, and how it is asked; None leaves a setting to the server.

    `schema` is the JSON schema that a reply must follow; without one a reply is plain text.
    """

    name: str
    base_url: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    schema: Mapping[str, Any] | None = None
    limit_name: LimitName = "max_tokens"

    @cached_property
    def schema_bytes(self) -> int:
        """How long the schema is as it is sent; 0 without one."""
        return len(json.dumps(self.schema, ensure_ascii=False).encode()) if self.schema else 0


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model: about a question of the store, or about an answer to it.

    `sample` numbers the answers to one question from 0; each is drawn with a seed of its own.
    `plain` asks for text where the model is else asked by a schema.
    """

    question_id: int
    messages: tuple[Message, ...]
    max_tokens: int
    response_id: int | None = None
    step: AttemptStep = "first"
    sample: int = 0
    plain: bool = False

    @property
    def most_tokens_in(self) -> int:
        """How many tokens these messages can be at most: one a byte, and the template's."""
        return sum(len(m["content"].encode()) + EACH_MESSAGE for m in self.messages)


def body(model: Model, request: Request) -> dict[str, Any]:
    """Return the request as the API takes it; the same in a batch file."""
    settings = {
        "temperature": model.temperature,
        "top_p": model.top_p,
        "seed": None if model.seed is None else model.seed + request.sample,
        "response_format": _format(None if request.plain else model.schema),
    }
    return {
        "model": model.name,
        "messages": [dict(message) for message in request.messages],
        model.limit_name: request.max_tokens,
        **{name: value for name, value in settings.items() if value is not None},
    }


def _format(schema: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if schema is None:
        return None
    named = {"name": "answer", "schema": schema, "strict": True}
    return {"type": "json_schema", "json_schema": named}


def request_hash(body: Mapping[str, Any]) -> str:
    """Return what is equal for equal requests only."""
    said = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(said.encode()).hexdigest()
