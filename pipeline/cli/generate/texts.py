"""What `cbt generate` tells a person: how it went, and what to do about the rest."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from pipeline.cli import call_texts
from pipeline.cli.wording import RESEARCH_ONLY
from pipeline.generating.wanted import Generated

# What every command that makes answers tells, in the order in which people ask for it.
FIRST = (
    "planned", "answered", "failed", "set_aside", "skipped", "tokens_in", "tokens_out", "cost",
    "seconds",
)  # fmt: skip


def as_object(done: Generated) -> dict[str, Any]:
    told = asdict(done)
    return {name: told[name] for name in FIRST} | told


def lines(done: Generated) -> Iterator[str]:
    about = f"answers of {done.system} by {done.model} with the prompt {done.prompt}"
    if not done.planned:
        yield f"{about}: nothing to do, {done.skipped:,} already there"
        yield from call_texts.out(done, what="question")
        return
    yield f"{about}: " + ", ".join(call_texts.counts(done))
    yield from call_texts.reasons(done.reasons, what="not kept")
    if done.reasons:
        yield "  docs/generation.md says what these are; 'cbt responses list' shows the answers"
    yield from call_texts.failures(done)
    yield from call_texts.stopped(done, what="question")
    yield from call_texts.out(done, what="question")
    yield from call_texts.told(done, model=done.model)
    yield call_texts.spent(done)
    yield RESEARCH_ONLY
