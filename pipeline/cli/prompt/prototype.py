"""`cbt prompt prototype`: let a stronger model answer one question, as a prompt's example."""

import shlex
import sys
from collections.abc import Iterator
from typing import Any

import click

from db.engine import Store
from pipeline.cli.amounts import money, tokens
from pipeline.cli.command import Command, common_options, opened, show
from pipeline.cli.model_options import ROOM, Asked, model_options
from pipeline.cli.progress import Watch
from pipeline.cli.prompt.prompt import named
from pipeline.generating.gate.gate import Gate
from pipeline.generating.reading import read
from pipeline.prompts.prompt import Example, Prompt
from pipeline.prototype.proposals import Problem, Proposal, Reading
from pipeline.prototype.prototype import (
    ANSWER_TOKENS,
    Proposed,
    Prototyping,
    accept,
    reject,
    run,
)

RULE = "────"


@click.command("prototype", cls=Command)
@click.argument("name")
@model_options(required=False)
@click.option(
    "--seed",
    metavar="S",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Draws the question; another seed, another question.",
)
@click.option("--source", metavar="NAME", help="Draw from this source's questions only.")
@click.option(
    "--answer-tokens",
    metavar="N",
    type=ROOM,
    default=ANSWER_TOKENS,
    show_default=True,
    help="The room of the answer, with what the model thinks before it.",
)
@click.option("--accept", "accepted", metavar="ID", type=int, help="Take this proposal.")
@click.option("--reject", "rejected", metavar="ID", type=int, help="Never propose it again.")
@click.option("--anyway", is_flag=True, help="Take it with what is said to be wrong with it.")
@common_options
def prototype(
    *,
    name: str,
    asked: Asked | None,
    seed: int,
    source: str | None,
    answer_tokens: int,
    accepted: int | None,
    rejected: int | None,
    anyway: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Propose a stronger model's answer as the worked example of the prompt NAME.

    Draws one question by the seed: nobody's in acute danger, none that is kept for testing. Asks
    for its answer by the prompt without example, and shows both. Nothing changes but the journal
    until a person accepts: here, if this is a terminal, or later with --accept and the proposal's
    number. Then the prompt has a new version, which says where its example comes from.

    Example: cbt prompt prototype cbt-zh --model gpt-4o --seed 7
    """
    _check_usage(asked, accepted, rejected, anyway=anyway)
    store = opened(database, write=True)
    if accepted is not None:
        _accept(store, name, accepted, anyway=anyway, as_json=as_json)
    elif rejected is not None:
        reject(store, rejected, name=name, judge=judge)
        line = f"rejected: proposal {rejected} of {name}; it is not proposed again"
        show({"proposal": rejected, "rejected": True}, [line], as_json=as_json)
    elif asked is not None:
        config = Prototyping(name, asked.model, seed, source, answer_tokens, asked.limits)
        _propose(store, config, asked, as_json=as_json)


def _check_usage(
    asked: Asked | None, accepted: int | None, rejected: int | None, *, anyway: bool
) -> None:
    given = [each for each in (asked, accepted, rejected) if each is not None]
    if len(given) != 1:
        raise click.UsageError("give one of --model, --accept and --reject")
    if anyway and accepted is None:
        raise click.UsageError("--anyway goes with --accept")


def judge(content: str, prompt: Prompt, *, question: str) -> Reading:
    """Read a reply as `cbt generate` does, and look through it with the same gate."""
    draft = read(content, prompt, structured=False)
    if not draft.parts and content.lstrip().startswith("{"):
        draft = read(content, prompt, structured=True)  # which says what is wrong with the JSON
    problems = Gate(prompt).problems(draft, question_id=0, question=question)
    named_ = draft.distortions
    return Reading(
        text="" if draft.unread else draft.text,
        spans=draft.parts or (),
        reasons=None if named_ is None else {each.id: each.reason for each in named_},
        problems=[Problem(each.code, each.why) for each in problems],
    )


def _propose(store: Store, config: Prototyping, asked: Asked, *, as_json: bool) -> None:
    currency = asked.limits.price.currency if asked.limits.price else ""
    watch = Watch(currency=currency)
    try:
        proposed = run(store, config, key=asked.key, judge=judge, tell=watch.tell)
    finally:
        watch.end()
    show(_object(proposed), _lines(proposed, currency), as_json=as_json)
    found = proposed.proposal
    if found.decided or found.example is None or as_json:
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        click.echo(f"to accept it: {_command(config.prompt, '--accept', found)}")
        click.echo(f"to reject it: {_command(config.prompt, '--reject', found)}")
        return
    wanted = click.prompt(
        f"Make this the worked example of {config.prompt}?",
        type=click.Choice(["yes", "no", "later"]),
        default="later",
    )
    if wanted == "yes":
        _accept(store, config.prompt, found.id, anyway=True, as_json=False)
    elif wanted == "no":
        reject(store, found.id, name=config.prompt, judge=judge)
        click.echo(f"rejected: proposal {found.id}; it is not proposed again")


def _accept(store: Store, name: str, proposal: int, *, anyway: bool, as_json: bool) -> None:
    made = accept(store, proposal, name=name, judge=judge, anyway=anyway)
    lines = [f"accepted: proposal {proposal} is the example of {made.name}@{made.version}"]
    show({"proposal": proposal, "accepted": True, **named(made)}, lines, as_json=as_json)


def _command(name: str, option: str, found: Proposal) -> str:
    anyway = ["--anyway"] if found.problems and option == "--accept" else []
    return shlex.join(["cbt", "prompt", "prototype", name, option, str(found.id), *anyway])


def _object(proposed: Proposed) -> dict[str, Any]:
    found = proposed.proposal
    example = found.example
    return {
        "proposal": found.id,
        "known": proposed.known,
        "prompt": found.prompt.name,
        "model": found.model,
        "seed": found.seed,
        "source": found.source,
        "question_id": found.external_id,
        "question": found.question.text,
        "description": found.question.description,
        "answer": found.text,
        "parts": example and example.parts,
        "distortions": [
            {"id": each.id, "reason": each.reason}
            for each in (example.distortions if example else ())
        ],
        "problems": [{"code": each.code, "why": each.why} for each in found.problems],
        "can_be_accepted": example is not None and found.decided is None,
        "decided": found.decided and found.decided.what,
        "tokens_in": found.tokens_in,
        "tokens_out": found.tokens_out,
        "cost": found.cost,
    }


def _lines(proposed: Proposed, currency: str) -> Iterator[str]:
    found = proposed.proposal
    yield f"{RULE} question {found.external_id} of {found.source}, drawn by seed {found.seed}"
    yield found.question.text
    if found.question.description:
        yield found.question.description
    yield f"\n{RULE} answer by {found.model} to {found.prompt.name} without example"
    yield from _answer(found, found.example)
    yield f"\n{RULE} proposal {found.id}{' (from the journal, not asked again)' * proposed.known}"
    cost = "" if found.cost is None else f", {money(found.cost, currency)}"
    yield f"{tokens(found.tokens_in)} tokens in, {tokens(found.tokens_out)} out{cost}"
    for problem in found.problems:
        yield f"wrong with it: {problem.why}"
    if found.decided:
        yield f"it was {found.decided.what} before"
    elif found.example is None:
        yield "so it cannot be an example; ask with another --seed, or another model"


def _answer(found: Proposal, example: Example | None) -> Iterator[str]:
    if example is None or example.parts is None:
        yield found.text or "(nothing that can be read)"
        return
    for part in found.prompt.parts:
        yield f"[{part.name}]"
        yield example.parts[part.id]
    for each in example.distortions:
        yield f"{each.id}: {each.reason}"
