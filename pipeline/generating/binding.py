"""Bind a system's name to the configuration of its first answers."""

from collections.abc import Mapping
from typing import Any

from db.errors import NotAllowed
from db.systems import Binding
from pipeline.calling import bound
from pipeline.calling.talk import Output
from pipeline.generating.wanted import Generating
from pipeline.prompts.prompt import Prompt


def configuration(config: Generating, prompt: Prompt, *, output: Output) -> dict[str, Any]:
    """Return what the system is bound to by its first answer."""
    return bound.configuration(
        config.model,
        prompt=prompt.name,
        prompt_hash=prompt.content_hash,
        output=output,
        max_tokens=config.answer_tokens,
    )


def output(before: Binding | None, wanted: Output) -> Output:
    """Return how answers are asked for: where it is left open, as the system's first ones were."""
    return bound.output(before.configuration if before else None, wanted)


def check(system: str, before: Binding | None, wanted: Mapping[str, Any]) -> None:
    """Raise NotAllowed where the system is bound to something else, naming each difference."""
    if before is None or (before.configuration is None and before.kind == "api"):
        return
    if before.configuration is None:
        raise NotAllowed(
            f"the answers of {system} came from elsewhere, not from 'cbt generate';"
            " give the model's answers another --system"
        )
    check_alike(system, before.configuration, wanted)


def check_alike(system: str, before: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raise NotAllowed where the two configurations differ, naming each difference."""
    bound.check_alike(system, bound.differences(before, wanted))
