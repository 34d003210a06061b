"""Read the completion that a server sent."""

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

from pipeline.calling.replies import Reply, Usage

MOST_TOKENS = 2**31 - 1  # the largest number of PostgreSQL's integer column
DEEPEST = 3  # how many levels of what a server tells about the tokens are kept


class Unreadable(Exception):
    """What a server sent is no completion; the text says what it is instead."""


def parsed(raw: bytes) -> Any:
    """Return the JSON that a server sent. Raises Unreadable."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise Unreadable(_instead(raw)) from None


def error_status(said: object) -> int | None:
    """Return the status of an error that a proxy sent as if all were well."""
    error = said.get("error") if isinstance(said, Mapping) and not said.get("choices") else None
    status = error.get("code") if isinstance(error, Mapping) else None
    return status if type(status) is int and 400 <= status < 600 else None


def reply_of(said: object, *, seconds: float) -> Reply:
    """Return the reply in a completion, as the API writes it or in a batch's file.

    Raises Unreadable. What no store can hold (half a character, a zero) becomes a question mark.
    """
    if not isinstance(said, Mapping):
        raise Unreadable("JSON that is no object")
    choices = said.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], Mapping):
        raise Unreadable("a completion without choices")
    message = choices[0].get("message")
    if not isinstance(message, Mapping):
        raise Unreadable("a completion without a message")
    return Reply(
        content=storable(_content(message.get("content"))),
        finish_reason=_line(choices[0].get("finish_reason")) or "unknown",
        refusal=storable(_refusal(message)) or None,
        model=_line(said.get("model")),
        usage=_usage(said.get("usage")),
        seconds=seconds,
    )


def _content(content: object) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, list):
        return "".join(_part(part, "text") for part in content)
    raise Unreadable("a completion whose content is no text")


def _refusal(message: Mapping[str, Any]) -> str:
    refusal, content = message.get("refusal"), message.get("content")
    if isinstance(refusal, str) and refusal:
        return refusal
    if isinstance(content, list):
        return "".join(_part(part, "refusal") for part in content)
    return ""


def _part(part: object, kind: str) -> str:
    text = part.get(kind) if isinstance(part, Mapping) else part if kind == "text" else None
    return text if isinstance(text, str) else ""


def _line(text: object) -> str | None:
    return storable(text)[:200] if isinstance(text, str) and text else None


def _usage(told: object) -> Usage | None:
    if not isinstance(told, Mapping):
        return None
    tokens_in, tokens_out = _count(told.get("prompt_tokens")), _count(told.get("completion_tokens"))
    if tokens_in is None or tokens_out is None:
        return None
    return Usage(tokens_in, tokens_out, _told(told, DEEPEST))


def _count(number: object) -> int | None:
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    if not 0 <= number <= MOST_TOKENS or number != int(number):
        return None
    return int(number)


def _told(value: Any, depth: int) -> Any:
    """Return what a JSON column of every store takes of `value`."""
    if isinstance(value, Mapping) and depth:
        return {storable(name): _told(held, depth - 1) for name, held in value.items()}
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, int):
        return value if abs(value) <= MOST_TOKENS else None
    return None


def storable(text: str) -> str:
    r"""Return `text` without what no store can hold, as half of a cut emoji.

    >>> storable("so \ud83d")
    'so ?'
    """
    if "\0" in text:
        text = text.replace("\0", "?")
    return text if text.isascii() else text.encode(errors="replace").decode()


def _instead(raw: bytes) -> str:
    start = raw.lstrip()[:200]
    if not start:
        return "nothing"
    if start[:1] == b"<":
        return "a web page"
    if start.startswith((b"data:", b"event:", b":")):
        return "a stream of events"
    return "text that is no JSON"
