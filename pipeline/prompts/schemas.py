"""The JSON schemas that replies follow, as strict structured output wants them."""

from collections.abc import Mapping, Sequence
from typing import Any

from db.columns import Presence

TEXT = {"type": "string"}
PRESENCE: tuple[Presence, ...] = ("yes", "no", "cannot_tell")


def of_answer(parts: Mapping[str, str], distortions: Sequence[str]) -> dict[str, Any]:
    """Return the schema of an answer: a text for each part, given with what it holds.

    What a model says first guides what it says next, so the distortions with their reasons come
    before the prose.
    """
    texts = {id_: TEXT | {"description": holds} for id_, holds in parts.items()}
    if not distortions:
        return _object(texts)
    return _object({"distortions": _list({"reason": TEXT, "id": _one_of(distortions)}), **texts})


def of_detection(distortions: Sequence[str]) -> dict[str, Any]:
    """Return the schema of a finding: each distortion's evidence comes before its name."""
    each = {"quote": TEXT, "reason": TEXT, "id": _one_of(distortions)}
    return _object({"distortions": _list(each), "presence": _one_of(PRESENCE)})


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": _object(properties)}


def _one_of(values: Sequence[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}
