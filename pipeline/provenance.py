"""Say how a system's answers were generated: by which model, asked in which way, with what result.

What is told here may be published: no address but a public server's name, and no folder.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import ip_address
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from sqlalchemy.orm import Session

from db import generation_facts, questions
from db.errors import FileRejected
from db.generation_facts import GenerationFacts
from db.tables import Prompt as StoredPrompt
from db.tables import System
from pipeline.danger.danger import in_danger, rules_version
from pipeline.prompts import document
from pipeline.prompts.prompt import SHORT, Origin
from pipeline.tidy import instant_text

LOCAL = "a local server"
INSIDE = (".local", ".localhost", ".lan", ".internal", ".home.arpa")
FOLDER = re.compile(r"[/~.\\]|[A-Za-z]:[\\/]")


@dataclass(frozen=True)
class PromptUsed:
    """A version of a prompt; what only its document tells is None where that cannot be read.

    `when_in_danger` says whether it has an instruction of its own for people in danger. `origin` is
    that of its worked example.
    """

    name: str
    version: str
    sha256: str
    language: str
    protocol: str | None = None
    parts: tuple[str, ...] = ()
    characters: tuple[int, int] | None = None
    when_in_danger: bool | None = None
    examples: int | None = None
    origin: Origin | None = None


@dataclass(frozen=True)
class Became:
    """What became of the questions that were asked; the middle five count answers.

    `in_danger` questions are of people who may be in acute danger, by a person's tag or by these
    rules. `failed` questions have no answer, `waiting` ones none yet. `reasons` counts what was
    found first in the answers that are set aside or refused.
    """

    asked: int
    in_danger: int
    danger_rules: str
    kept: int
    set_aside: int
    refused: int
    repaired: int
    longer: int
    failed: int
    waiting: int
    reasons: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Took:
    """What all calls took, tries without a reply too; `costs` is by currency.

    Of `at_most` calls no server told the tokens: they count as the most that they can have taken.
    `unpriced` ones took tokens of which no price was given.
    """

    calls: int
    in_batch: int
    tokens_in: int
    tokens_out: int
    at_most: int
    costs: Mapping[str, float]
    unpriced: int


@dataclass(frozen=True)
class Provenance:
    """How a model was asked for a system's answers; a setting is None where the server chose.

    `called` counts replies by what the server called the model. `output` is "schema" where answers
    came as JSON. `max_tokens` is the room of a first reply.
    """

    model: str
    called: Mapping[str, int]
    server: str
    prompt: PromptUsed | None
    output: str
    temperature: float | None
    top_p: float | None
    seed: int | None
    max_tokens: int | None
    samples: int
    first_at: str
    last_at: str
    programs: tuple[str, ...]
    became: Became
    took: Took


def of_system(session: Session, *, system: System) -> Provenance | None:
    """Return how the answers were generated; None where this program generated none of them."""
    found = generation_facts.of_system(session, system=system)
    if found is None:
        return None
    bound = found.configuration
    return Provenance(
        model=_without_folder(str(bound.get("model"))),
        called=_called(found.called),
        server=_public(str(bound.get("server"))),
        prompt=None if found.prompt is None else _prompt(found.prompt),
        output=str(bound.get("output")),
        **{name: bound.get(name) for name in ("temperature", "top_p", "seed", "max_tokens")},
        samples=found.samples,
        first_at=_to_the_second(found.sums.first_at),
        last_at=_to_the_second(found.sums.last_at or found.sums.first_at),
        programs=tuple(f"cbt-annotate {version}" for version in found.code_versions),
        became=_became(found, _in_danger(session, found.asked)),
        took=_took(found),
    )


def published(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a system is bound to as it may be passed on: no folder, no address of one's own.

    >>> published({"model": "/home/li/ours", "server": "10.0.0.7", "top_p": None})
    {'model': 'ours', 'server': 'a local server'}
    """
    said = {key: value for key, value in configuration.items() if value is not None}
    changes = {"model": _without_folder, "server": _public}
    return {key: changes[key](str(v)) if key in changes else v for key, v in said.items()}


def _without_folder(model: str) -> str:
    r"""Return a model's name; of one in a folder, that of the folder alone.

    >>> _without_folder("Qwen/Qwen2.5-7B"), _without_folder("/home/li/Qwen2.5-7B/")
    ('Qwen/Qwen2.5-7B', 'Qwen2.5-7B')
    >>> _without_folder(r"D:\models\Qwen2.5-7B"), _without_folder("./out")
    ('Qwen2.5-7B', 'out')
    """
    if not FOLDER.match(model):
        return model
    windows = "\\" in model
    return (PureWindowsPath(model) if windows else PurePosixPath(model)).name or model


def _called(replies: Mapping[str, int]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, count in replies.items():
        found[_without_folder(name)] += count
    return dict(found)


def _public(host: str) -> str:
    """Return the name of a server that anyone can reach; of others nothing is told.

    >>> _public("api.openai.com"), _public("10.0.0.7"), _public("gpu01"), _public("::1")
    ('api.openai.com', 'a local server', 'a local server', 'a local server')
    """
    name = host.rstrip(".").lower()
    if ":" in name or re.fullmatch(r"[0-9.]+", name):
        return host if ip_address(name).is_global else LOCAL
    return LOCAL if "." not in name or name.endswith(INSIDE) else host


def _to_the_second(instant: datetime) -> str:
    return instant_text(instant.replace(microsecond=0))


def _prompt(stored: StoredPrompt) -> PromptUsed:
    known = PromptUsed(
        name=stored.name,
        version=stored.content_hash[:SHORT],
        sha256=stored.content_hash,
        language=stored.language,
    )
    try:
        prompt = document.read(stored.text, file=stored.name)
    except FileRejected:
        return known
    origin = prompt.example.origin if prompt.example else None
    if origin and origin.model:
        origin = replace(origin, model=_without_folder(origin.model))
    return replace(
        known,
        protocol=prompt.protocol,
        parts=tuple(part.name for part in prompt.parts),
        characters=prompt.characters,
        when_in_danger=prompt.when_in_danger is not None,
        examples=len(prompt.examples),
        origin=origin,
    )


def _in_danger(session: Session, ids: Collection[int]) -> int:
    said = questions.said(session, ids=list(ids)).values()
    return sum(in_danger(text=q.text, description=q.description, tags=q.tags) for q in said)


def _became(found: GenerationFacts, in_danger_: int) -> Became:
    return Became(
        asked=len(found.asked),
        in_danger=in_danger_,
        danger_rules=rules_version(),
        kept=found.statuses.get("kept", 0),
        set_aside=found.statuses.get("set_aside", 0),
        refused=found.statuses.get("refused", 0),
        repaired=found.sums.repaired,
        longer=found.sums.longer,
        failed=found.unanswered,
        waiting=found.waiting,
        reasons=found.reasons,
    )


def _took(found: GenerationFacts) -> Took:
    sums = found.sums
    return Took(
        calls=sums.calls,
        in_batch=sums.in_batch,
        tokens_in=sums.tokens_in,
        tokens_out=sums.tokens_out,
        at_most=sums.at_most,
        costs=dict(found.costs),
        unpriced=sums.unpriced,
    )
