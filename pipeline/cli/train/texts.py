"""What `cbt train` tells a person: what it will take, how far it is, what came of it."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from models.memory import gib
from models.training.estimate import FIRST_GUESS
from models.training.job import Progress
from pipeline.cli.amounts import duration, tokens
from pipeline.cli.wording import RESEARCH_ONLY, counted, many
from pipeline.training.preparing import Prepared
from pipeline.training.wanted import Planned, Trained

FIRST = ("steps", "loss_first", "loss_last", "tokens_per_second", "resumed_from")


def as_object(done: Trained) -> dict[str, Any]:
    told = asdict(done)
    return {name: told[name] for name in FIRST} | told


def plan_object(planned: Planned) -> dict[str, Any]:
    return {"dry_run": True, **asdict(planned)}


def progress(found: Progress) -> str:
    parts = [
        f"step {found.step:,} of {found.steps:,}",
        f"loss {found.loss:.4f}",
        f"{duration(found.seconds_left)} left" if found.seconds_left else "",
        f"{tokens(found.tokens_per_second)} tokens a second",
        f"learning rate {found.learning_rate:.2g}",
    ]
    return " · ".join(part for part in parts if part)


def notes(prepared: Prepared) -> Iterator[str]:
    """Say before the long work what a person would want to know of it."""
    rows, job, takes = prepared.rows, prepared.job, prepared.takes
    yield (
        f"{prepared.backbone.name}, template {prepared.template.name}, {job.place.precision} on"
        f" {job.place.device}: {many(job.plan.steps, 'step')} over {many(len(rows.rows), 'row')}"
    )
    recipe = job.recipe
    yield from _rows(_left_out(prepared), len(rows.shortened), recipe.max_tokens, recipe.too_long)
    if takes.memory_bytes > takes.free_bytes:
        yield (
            f"this may need {gib(takes.memory_bytes)} of memory and {gib(takes.free_bytes)} is"
            " free; if it runs out, give --batch 1 with more --accumulation, or --checkpointing"
        )


def plan_lines(planned: Planned) -> Iterator[str]:
    settings = planned.settings
    yield (
        f"{planned.backbone}, template {planned.template}, {planned.precision} on"
        f" {planned.device}: {many(planned.steps, 'step')}, {planned.steps_per_epoch:,} an epoch"
    )
    if planned.resume_from is not None:
        yield f"a run that was begun goes on from step {planned.resume_from:,}"
    yield f"{many(planned.rows, 'row')}, the longest of {planned.longest:,} tokens" + (
        f"; held out: {many(planned.eval_rows, 'row')}" if planned.eval_rows else ""
    )
    yield from _rows(
        planned.left_out, planned.shortened, settings["max_tokens"], settings["too_long"]
    )
    yield (
        f"{tokens(planned.tokens)} tokens in all epochs, {tokens(planned.answer_tokens)} of them"
        f" learned; {planned.padding:.1%} of all that is computed only fills up batches"
    )
    yield (
        f"{planned.adapter_weights:,} weights to learn beside {tokens(planned.weights)} that stay:"
        f" rank {settings['rank']}, alpha {settings['alpha']}, {', '.join(settings['targets'])}"
    )
    yield (
        f"memory: about {gib(planned.memory_bytes)} by the largest batch, at least"
        f" {gib(planned.least_bytes)}; {gib(planned.free_bytes)} is free; disk:"
        f" {gib(planned.disk_bytes)}"
    )
    yield (
        f"time: about {duration(planned.seconds)}, no more than a guess: nothing was trained here,"
        f" but a matrix product reached {planned.operations_per_second / 1e9:,.0f} GFLOP/s just"
        f" now, and training is taken to reach {FIRST_GUESS:.0%} of that"
    )
    yield "nothing was trained, and nothing was written"


def lines(done: Trained) -> Iterator[str]:
    if done.known:
        yield (
            f"{done.out} is done: {many(done.steps, 'step')},"
            f" loss {done.loss_first:.4f} → {done.loss_last:.4f}; nothing was trained"
        )
        return
    yield from done.skipped
    if done.resumed_from is not None:
        yield f"went on from step {done.resumed_from:,}"
    yield (
        f"{done.steps:,} of {many(done.planned, 'step')}, loss {done.loss_first:.4f} →"
        f" {done.loss_last:.4f}" + _held_out(done)
    )
    yield (
        f"{tokens(done.tokens)} tokens in {duration(done.seconds)}"
        + (f", {tokens(done.tokens_per_second)} a second" if done.tokens_per_second else "")
        + f"; {done.padding:.1%} of all that was computed only filled up batches"
    )
    if not done.stopped:
        yield f"the adapter is in {done.out}, with log.jsonl and loss.png; next: 'cbt infer'"
        yield RESEARCH_ONLY


def _held_out(done: Trained) -> str:
    return "" if done.loss_eval is None else f"; on the rows held out {done.loss_eval:.4f}"


def _left_out(prepared: Prepared) -> dict[str, int]:
    left = len(prepared.rows.left_out)
    return {"too_long": left} if left else {}


def _rows(left_out: Any, shortened: int, most: int, too_long: str) -> Iterator[str]:
    if left_out:
        remedy = "--max-tokens" + (", --too-long shorten" if too_long == "drop" else "")
        yield (
            f"left out: {counted(left_out)}; more than {most:,} tokens, and no answer is cut"
            f" ({remedy})"
        )
    if shortened:
        yield f"{many(shortened, 'passage')} shortened to fit {most:,} tokens; no answer is cut"
