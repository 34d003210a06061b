"""Read replies in the journal as proposals: a question, its answer, and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sqlalchemy.orm import Session

from db import proposals, questions
from db.errors import NotAllowed, NotKnown
from db.proposals import Decided, StoredProposal
from db.questions import Said
from pipeline.codebook.distortions import shipped
from pipeline.codebook.lexicon import named_in
from pipeline.parsing.cues import sentences
from pipeline.parsing.plain import plain
from pipeline.prompts import library
from pipeline.prompts.prompt import Example, Named, Origin, Prompt


@dataclass(frozen=True)
class Problem:
    """What is wrong with an answer, as a code and as a clause about it."""

    code: str
    why: str


@dataclass(frozen=True)
class Reading:
    """What a reply says: its text, the spans of its parts, and the distortions that it lists.

    `reasons` are under the ids of the distortions, None where the reply gives no list.
    """

    text: str
    spans: Sequence[Mapping[str, Any]]
    reasons: Mapping[str, str] | None
    problems: Sequence[Problem]


class Judge(Protocol):
    """Reads a reply as the answers that are generated are read, and says what is wrong with it."""

    def __call__(self, content: str, prompt: Prompt, *, question: str) -> Reading: ...


@dataclass(frozen=True)
class Proposal:
    """An answer by a model that may become the example of `prompt`, which has none here.

    `example` is None where the answer cannot be one, as it has not all the parts.
    """

    id: int
    prompt: Prompt
    source: str
    external_id: str
    question: Said
    seed: int
    model: str
    text: str
    example: Example | None
    problems: Sequence[Problem]
    tokens_in: int
    tokens_out: int
    cost: float | None
    decided: Decided | None


def find(session: Session, id_: int, *, name: str, judge: Judge) -> Proposal:
    """Return a proposal for the prompt of this name.

    Raises NotKnown where there is none, and NotAllowed where it is for another prompt, or for texts
    that the prompt no longer has.
    """
    stored = {each.id: each for each in proposals.proposals(session)}
    if id_ not in stored:
        there = ", ".join(map(str, stored)) or "none yet"
        raise NotKnown(f"there is no proposal {id_}; there is {there}")
    found = stored[id_]
    meant = found.configuration["prompt"]
    if meant != name.partition(library.AT)[0]:
        raise NotAllowed(f"proposal {id_} is for {meant}, not for {name}")
    return _read(session, found, judge)


def standing(session: Session, wanted: Mapping[str, Any], *, judge: Judge) -> Proposal | None:
    """Return the newest reply to the same request that nobody has rejected, if there is one."""
    decided = proposals.decided(session)
    for each in proposals.proposals(session):
        rejected = each.id in decided and decided[each.id].what == "rejected"
        if not rejected and wanted.items() <= each.configuration.items():
            return _read(session, each, judge)
    return None


def _read(session: Session, stored: StoredProposal, judge: Judge) -> Proposal:
    settings = stored.configuration
    prompt = _without_example(session, settings["prompt"], settings["prompt_hash"])
    question = questions.said(session, ids=[stored.question_id])[stored.question_id]
    reading = judge(
        stored.content, prompt, question=f"{question.text}\n{question.description}".strip()
    )
    origin = Origin(
        by="model",
        model=stored.model or settings["model"],
        source=settings["source"],
        question=settings["question"],
        seed=settings["seed"],
        made_on=f"{stored.started_at:%Y-%m-%d}",
    )
    return Proposal(
        id=stored.id,
        prompt=prompt,
        source=settings["source"],
        external_id=settings["question"],
        question=question,
        seed=settings["seed"],
        model=settings["model"],
        text=reading.text,
        example=_example(prompt, question, reading, origin),
        problems=[*_calls_problems(stored), *reading.problems],
        tokens_in=stored.tokens_in,
        tokens_out=stored.tokens_out,
        cost=stored.cost,
        decided=proposals.decided(session).get(stored.id),
    )


def _without_example(session: Session, name: str, content_hash: str) -> Prompt:
    for each in library.listed(session):
        bare = each.prompt.with_example(None)
        if bare.name == name and bare.content_hash == content_hash:
            return bare
    raise NotAllowed(
        f"the texts of {name} are no longer those that this was proposed for; propose a new one"
    )


def _calls_problems(stored: StoredProposal) -> Iterator[Problem]:
    if stored.refusal:
        yield Problem("refused", f"the model refused: {stored.refusal}")
    if stored.finish_reason == "length":
        yield Problem("cut_off", "it was cut off at the limit of tokens; give more --answer-tokens")
    if stored.finish_reason == "content_filter":
        yield Problem("filtered", "the server's filter cut it off")


def _example(prompt: Prompt, said: Said, reading: Reading, origin: Origin) -> Example | None:
    """Return the example that an answer makes; None where it lacks a part."""
    bare = Example(said.text, said.description, origin=origin)
    if not prompt.parts:
        return replace(bare, answer=reading.text) if reading.text else None
    texts = {span["part"]: reading.text[span["start"] : span["end"]] for span in reading.spans}
    if any(not texts.get(part.id) for part in prompt.parts):
        return None
    in_order = {part.id: texts[part.id] for part in prompt.parts}
    return replace(bare, parts=in_order, distortions=tuple(_named(prompt, reading)))


def _named(prompt: Prompt, reading: Reading) -> Iterator[Named]:
    """Yield the distortions that the answer lists, or else names, each with a reason."""
    known = prompt.distortions
    if known is None:
        return
    said = _sentences_that_name(reading)
    for id_ in said if reading.reasons is None else reading.reasons:
        if id_ in known:
            reason = (reading.reasons or {}).get(id_) or said.get(id_)
            yield Named(id_, reason or shipped().label(id_).name[prompt.language])


def _sentences_that_name(reading: Reading) -> dict[str, str]:
    whole = sentences(plain(reading.text))
    found: dict[str, str] = {}
    for named in named_in(reading.text, reading.spans):
        for each in whole:
            if each.start <= named.start < each.end:
                found.setdefault(named.label, reading.text[each.start : each.end])
    return found
