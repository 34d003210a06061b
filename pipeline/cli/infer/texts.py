"""What `cbt infer` tells a person: how it went, and what to do about the rest."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from pipeline.cli import call_texts
from pipeline.cli.amounts import duration, tokens
from pipeline.cli.first_words import first_words
from pipeline.cli.generate.texts import FIRST
from pipeline.cli.wording import RESEARCH_ONLY, many
from pipeline.inferring.infer import Planned
from pipeline.inferring.wanted import Inferred

IN_DANGER = (
    "in acute danger, and not asked: {n}; a fine-tuned model was not told how to answer them,"
    " --with-danger asks it all the same"
)
WIDEST = 60


def as_object(done: Inferred) -> dict[str, Any]:
    told = asdict(done)
    return {name: told[name] for name in FIRST} | told


def plan_object(planned: Planned) -> dict[str, Any]:
    return {"dry_run": True, **asdict(planned)}


def plan_lines(planned: Planned) -> Iterator[str]:
    yield (
        f"answers of {planned.system} by {planned.model}: {planned.planned:,} to ask,"
        f" {planned.skipped:,} already there"
    )
    yield from _left_out(planned.in_danger, planned.too_long)
    yield f"instruction: {first_words(planned.instruction, WIDEST)}"
    facts = planned.facts
    if facts:
        adapter = f", adapter {facts.adapter[:12]}" if facts.adapter else ""
        bits = " in 4 bits" if facts.quantized else ""
        yield (
            f"weights {facts.weights[:12]}{adapter}, template {facts.template},"
            f" {facts.precision}{bits} on {facts.device}"
        )
    if planned.tokens_in is not None:
        most = tokens(planned.most_tokens_out)
        yield f"tokens: {tokens(planned.tokens_in)} in, at most {most} out"
    yield "nothing was asked, and nothing was stored"


def lines(done: Inferred) -> Iterator[str]:
    about = f"answers of {done.system} by {done.model}"
    if not done.planned:
        yield f"{about}: nothing to do, {done.skipped:,} already there"
        yield from _left_out(done.in_danger, 0)
        return
    yield f"{about}: " + ", ".join(call_texts.counts(done))
    yield from call_texts.reasons(done.reasons, what="not kept")
    if done.reasons:
        yield "  docs/inference.md says what these are; 'cbt responses list' shows the answers"
    yield from _left_out(done.in_danger, done.failures.get("too_long", 0) if not done.calls else 0)
    yield from done.notes if not done.calls else ()
    if done.calls:
        yield from call_texts.failures(done)
    yield from call_texts.stopped(done, what="question")
    yield from call_texts.told(done, model=done.model)
    yield call_texts.spent(done) if done.calls else _took(done)
    yield RESEARCH_ONLY


def _left_out(in_danger: int, too_long: int) -> Iterator[str]:
    if in_danger:
        yield IN_DANGER.format(n=many(in_danger, "question"))
    if too_long:
        yield (
            f"too long for the model with this room: {many(too_long, 'question')};"
            " a smaller --answer-tokens may leave enough for them"
        )


def _took(done: Inferred) -> str:
    run = "" if done.run is None else f", run {done.run}"
    speed = f", {done.tokens_out / done.seconds:,.0f} tokens a second" if done.tokens_out else ""
    took = f"{tokens(done.tokens_in)} tokens in, {tokens(done.tokens_out)} out"
    return f"{took}, {duration(done.seconds)}{speed}{run}"
