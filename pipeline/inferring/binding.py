"""Bind a system's name to the model that answers for it, and to how that is asked."""

import hashlib
from collections.abc import Mapping
from typing import Any

from db.errors import NotAllowed
from db.systems import Binding
from models.inference.decoding import Decoding
from models.inference.local import Facts
from pipeline.calling import bound
from pipeline.calling.asking import Model

# What may change an answer of a model that is loaded here, in words.
WORDS = {
    "model": "model",
    "weights": "its weights",
    "adapter": "adapter",
    "template": "template",
    "instruction": "instruction",
    "max_tokens": "tokens of an answer",
    "temperature": "temperature",
    "top_p": "top-p",
    "repetition_penalty": "repetition penalty",
    "seed": "seed",
    "precision": "precision",
    "quantized": "4 bits",
}
CUT = ("weights", "adapter", "instruction")
SHOWN, HASH = 24, 12  # characters of an instruction, and of a hash


def of_local(
    facts: Facts, decoding: Decoding, *, instruction: str, max_tokens: int
) -> dict[str, Any]:
    """Return what a model's answers are bound to; draws count only where something is drawn."""
    drawn = {"top_p": decoding.top_p, "seed": decoding.seed} if decoding.draws else {}
    return {
        "model": facts.name,
        "weights": facts.weights,
        "adapter": facts.adapter,
        "template": facts.template,
        "instruction": instruction,
        "max_tokens": max_tokens,
        "temperature": decoding.temperature,
        **drawn,
        "repetition_penalty": decoding.repetition_penalty,
        "precision": facts.precision,
        "quantized": facts.quantized,
    }


def of_served(
    model: Model, *, instruction: str, max_tokens: int, adapter: str | None
) -> dict[str, Any]:
    """Return what the answers of a model behind a server are bound to.

    `adapter` tells what it was made of, where that is known: by it scores look for leaks.
    """
    told = hashlib.sha256(instruction.encode("utf-8", "surrogatepass")).hexdigest()
    asked = bound.configuration(
        model, prompt="instruction", prompt_hash=told, output="text", max_tokens=max_tokens
    )
    return {**asked, "instruction": instruction, "adapter": adapter}


def check(system: str, before: Binding | None, wanted: Mapping[str, Any]) -> None:
    """Raise NotAllowed where the system is bound to something else, naming each difference."""
    if before is None:
        return
    local = "weights" in wanted
    if before.configuration is None or before.kind != ("local" if local else "api"):
        came = {"api": "from a server", "local": "from a model that was loaded here"}
        raise NotAllowed(
            f"the answers of {system} came {came.get(before.kind, 'from elsewhere')};"
            " give these another --system"
        )
    find = differences if local else bound.differences
    bound.check_alike(system, find(before.configuration, wanted))


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return each setting that is another one now, for a person.

    >>> differences({"model": "m", "seed": 1}, {"model": "m", "seed": 2})
    ['seed 1 → 2']
    """
    return [
        f"{words} {_said(name, old.get(name))} → {_said(name, new.get(name))}"
        for name, words in WORDS.items()
        if old.get(name) != new.get(name)
    ]


def _said(name: str, value: Any) -> str:
    if value is None:
        return "none"
    text, most = " ".join(str(value).split()), SHOWN if name == "instruction" else HASH
    return text if name not in CUT or len(text) <= most else f"{text[:most]}…"
