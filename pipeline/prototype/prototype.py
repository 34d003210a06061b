"""Have a stronger model answer one random question, and let a person make it a prompt's example."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from db import proposals as stored
from db.engine import Store
from db.errors import NotAllowed, NotCalled
from pipeline.calling.asking import Model
from pipeline.calling.live import run as live
from pipeline.calling.server.address import address_of
from pipeline.calling.work import Called, Limits, Progress, RunOf
from pipeline.prompts import library
from pipeline.prompts.document import read
from pipeline.prompts.prompt import Prompt
from pipeline.prototype import proposals
from pipeline.prototype.asking import Asking
from pipeline.prototype.drawing import DrawnQuestion, draw
from pipeline.prototype.proposals import Judge, Proposal

Tell = Callable[[Progress], None]
ANSWER_TOKENS = 8_000  # stronger models often think before they answer


@dataclass(frozen=True)
class Prototyping:
    """Which prompt wants an example, which model is asked, and which question it answers."""

    prompt: str
    model: Model
    seed: int = 0
    source: str | None = None
    answer_tokens: int = ANSWER_TOKENS
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Proposed:
    """A proposal for a person to look at; `known` where the journal held the same reply."""

    proposal: Proposal
    known: bool


def run(
    store: Store, config: Prototyping, *, key: str | None, judge: Judge, tell: Tell
) -> Proposed:
    """Return an answer to a question drawn by the seed, asked for by the prompt without example.

    Nothing is stored but the journal of the call. The same request is not made twice, unless its
    answer was rejected. Raises NotKnown for a prompt or source that is not there and where no
    question fits, NotAllowed for a prompt that asks for no answers, and NotCalled.
    """
    with store.reading() as session:
        prompt = _asking(library.find(session, config.prompt))
        drawn = draw(session, language=prompt.language, source=config.source, seed=config.seed)
        same = _same(config, prompt, drawn)
        known = proposals.standing(session, same, judge=judge)
    if known is not None:
        return Proposed(known, known=True)
    work = Asking(
        prompt,
        config.model,
        question_id=drawn.id,
        said=drawn.said,
        room=config.answer_tokens,
    )
    run_of = RunOf(stored.STAGE, f"prototype {prompt.name}", {**same, **_further(config)})
    called = live.run(store, work, run_of=run_of, limits=config.limits, key=key, tell=tell)
    with store.reading() as session:
        found = proposals.standing(session, same, judge=judge)
    if found is None:
        raise _unanswered(called)
    return Proposed(found, known=False)


def accept(store: Store, proposal: int, *, name: str, judge: Judge, anyway: bool = False) -> Prompt:
    """Make an answer the example of its prompt, which becomes a new version; return that.

    Raises NotAllowed for an answer that was decided on, has not all its parts, or, unless
    `anyway`, has something else wrong with it.
    """
    with store.writing(in_turn=True) as session:
        found = proposals.find(session, proposal, name=name, judge=judge)
        _check_undecided(found)
        wrong = "; ".join(problem.why for problem in found.problems)
        if found.example is None:
            raise NotAllowed(f"proposal {proposal} cannot be an example: {wrong or 'no answer'}")
        if wrong and not anyway:
            raise NotAllowed(
                f"proposal {proposal} should be no example: {wrong}; --anyway takes it all the same"
            )
        made = read(found.prompt.with_example(found.example).text, file=f"proposal {proposal}")
        library.stored(session, made)
        stored.decide(
            session,
            proposal=proposal,
            what="accepted",
            prompt=made.name,
            version=made.content_hash,
        )
    return made


def reject(store: Store, proposal: int, *, name: str, judge: Judge) -> None:
    """Write down that a person does not want this answer; it is not proposed again."""
    with store.writing(in_turn=True) as session:
        found = proposals.find(session, proposal, name=name, judge=judge)
        _check_undecided(found)
        stored.decide(session, proposal=proposal, what="rejected", prompt=found.prompt.name)


def _asking(prompt: Prompt) -> Prompt:
    if prompt.purpose != "answer":
        raise NotAllowed(
            f"the prompt {prompt.name} asks for no answers; 'cbt prompt list' shows which do"
        )
    return prompt.with_example(None)


def _same(config: Prototyping, prompt: Prompt, drawn: DrawnQuestion) -> Mapping[str, Any]:
    """Return what makes two requests the same; the prompt is the one without example."""
    model = config.model
    return {
        "prompt": prompt.name,
        "prompt_hash": prompt.content_hash,
        "model": model.name,
        "server": address_of(model.base_url).host,
        "temperature": model.temperature,
        "top_p": model.top_p,
        "model_seed": model.seed,
        "source": drawn.source,
        "question": drawn.external_id,
        "seed": config.seed,
    }


def _further(config: Prototyping) -> Mapping[str, Any]:
    return {
        "base_url": config.model.base_url,
        "answer_tokens": config.answer_tokens,
        "max_cost": config.limits.max_cost,
        "max_tokens": config.limits.max_tokens,
    }


def _unanswered(called: Called) -> BaseException:
    if called.stopped == "interrupted":
        return KeyboardInterrupt()
    if called.stopped == "budget":
        return NotAllowed(
            "--max-cost or --max-tokens leaves no room for this call, whose worst case counts;"
            " give more, or less --answer-tokens"
        )
    why = next(iter(called.said.values()), "the model gave no answer; run it again")
    return NotCalled(f"{why}; nothing is proposed")


def _check_undecided(proposal: Proposal) -> None:
    if proposal.decided is None:
        return
    made = f", as {proposal.prompt.name}@{(proposal.decided.version or '')[:12]}"
    was = proposal.decided.what + (made if proposal.decided.version else "")
    raise NotAllowed(f"proposal {proposal.id} was {was}; nothing was changed")
