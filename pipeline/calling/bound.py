"""Say what a name is bound to by its first results, and how another configuration differs."""

from collections.abc import Mapping, Sequence
from typing import Any

from db.errors import NotAllowed
from pipeline.calling.asking import Model
from pipeline.calling.server.address import address_of
from pipeline.calling.talk import Output
from pipeline.calling.work import Limits

WORDS = {
    "model": "model",
    "prompt": "prompt",
    "output": "output",
    "temperature": "temperature",
    "top_p": "top-p",
    "seed": "the model's seed",
    "max_tokens": "tokens of a reply",
    "server": "server",
}
UNSET = "the server's own"
SHOWN = 12  # characters of a hash that tell versions of a prompt apart


def configuration(
    model: Model, *, prompt: str, prompt_hash: str, output: Output, max_tokens: int
) -> dict[str, Any]:
    """Return what is bound: all that may change a result. A server is its host: ports move."""
    return {
        "model": model.name,
        "prompt": prompt,
        "prompt_hash": prompt_hash,
        "output": output,
        "temperature": model.temperature,
        "top_p": model.top_p,
        "seed": model.seed,
        "max_tokens": max_tokens,
        "server": address_of(model.base_url).host,
    }


def in_force(limits: Limits) -> dict[str, Any]:
    """Return the limits as a run's configuration keeps them: they bind nothing."""
    price = limits.price
    return {**vars(limits), "price": None if price is None else vars(price)}


def output(before: Mapping[str, Any] | None, wanted: Output) -> Output:
    """Return how replies are asked for: where it is left open, as the first ones were."""
    if wanted != "auto" or before is None:
        return wanted
    known: Output = before["output"]
    return known


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return each setting that is another one now, for a person.

    >>> differences({"model": "m", "temperature": 0.0}, {"model": "n", "temperature": None})
    ['model m → n', "temperature 0.0 → the server's own"]
    """
    pairs = {WORDS[name]: tuple(_said(name, each) for each in (old, new)) for name in WORDS}
    if "auto" in (old.get("output"), new.get("output")):
        del pairs[WORDS["output"]]
    if old.get("prompt") == new.get("prompt"):
        pairs[WORDS["prompt"]] = (_version(old), _version(new))
    return [f"{name} {was} → {now}" for name, (was, now) in pairs.items() if was != now]


def check_alike(system: str, differ: Sequence[str]) -> None:
    """Raise NotAllowed, naming them, where there are differences to what a system is bound to."""
    if differ:
        raise NotAllowed(
            f"{system} is bound to the configuration of its first answers, and this differs:"
            f" {'; '.join(differ)}; give it as it was, or answer as another --system"
        )


def _said(name: str, values: Mapping[str, Any]) -> str:
    value = values.get(name)
    return UNSET if value is None else str(value)


def _version(values: Mapping[str, Any]) -> str:
    """Return the prompt as --prompt takes it, so that an older version can be gone on with."""
    return f"{values.get('prompt')}@{str(values.get('prompt_hash'))[:SHOWN]}"
