"""Train a model in a folder of its own, and go on there after any interruption."""

import math
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from importlib.metadata import version
from typing import Any

from models import adapters
from models.adapters import Base, Manifest
from models.training import checkpoints, estimate
from models.training.checkpoints import write_whole
from models.training.job import Ears, Logged, Outcome, Progress
from models.training.train import train
from pipeline.interrupts import Ending, ending
from pipeline.model_errors import in_plain_words
from pipeline.room import check_room
from pipeline.training import home
from pipeline.training.home import Log
from pipeline.training.preparing import Prepared
from pipeline.training.wanted import Planned, Trained

LIBRARIES = ("cbt-annotate", "torch", "transformers", "peft", "accelerate", "tokenizers")
Tell = Callable[[Progress], None]


def plan(prepared: Prepared) -> Planned:
    """Return what a run would do and take, as far as it can be known; nothing is written."""
    job, rows, takes = prepared.job, prepared.rows, prepared.takes
    speed = estimate.speed(job.place) * job.processes.of
    newest = checkpoints.newest(job.checkpoints, skipped=lambda _: None)
    return Planned(
        steps=job.plan.steps,
        steps_per_epoch=job.plan.steps_per_epoch,
        rows=len(rows.rows),
        left_out=_left_out(prepared),
        shortened=len(rows.shortened),
        tokens=job.plan.tokens,
        answer_tokens=rows.answer_tokens * job.recipe.epochs,
        longest=rows.longest,
        padding=job.plan.padding,
        eval_rows=len(job.eval_rows.rows) if job.eval_rows else 0,
        weights=takes.size.weights,
        adapter_weights=takes.size.adapter,
        memory_bytes=takes.memory_bytes,
        least_bytes=takes.least_bytes,
        free_bytes=takes.free_bytes,
        disk_bytes=takes.disk_bytes,
        operations=takes.operations,
        operations_per_second=speed,
        seconds=takes.seconds(speed),
        device=job.place.device,
        precision=job.place.precision,
        template=prepared.template.name,
        backbone=prepared.backbone.name,
        settings=prepared.identity,
        resume_from=checkpoints.step_of(newest) if newest else None,
    )


def run(prepared: Prepared, *, tell: Tell) -> Trained:
    """Train to the end, or until it is asked to stop; the same again goes on where it was.

    Of several processes only the first writes and tells. Raises NotAllowed for a folder in which
    another run goes on, or one of other settings.
    """
    out, first = prepared.config.out, prepared.job.processes.first
    with home.held(out, prepared.identity) if first else nullcontext():
        log = Log(out)
        if adapters.is_finished(out):
            return _known(prepared, log)
        if first:
            check_room(out, what="a training", needed=prepared.takes.disk_bytes)
        with ending(patient=prepared.job.processes.of > 1) as asked, in_plain_words():
            outcome = train(
                prepared.job,
                out=out,
                tokenizer=prepared.tokenizer,
                ears=_ears(log, tell, asked, first=first),
            )
        if first and not outcome.interrupted:
            with home.writing(out):
                text = adapters.as_text(_manifest(prepared, log, outcome))
                write_whole(out / adapters.MANIFEST, text)
        return _trained(prepared, log, outcome)


def _ears(log: Log, tell: Tell, asked: Ending, *, first: bool) -> Ears:
    def resumed(step: int) -> None:
        if asked.asked:
            raise KeyboardInterrupt  # before the first step there is nothing to keep
        if first:
            log.back_to(step)

    def logged(line: Logged) -> None:
        if first:
            log.add(line)

    def progress(found: Progress) -> None:
        if first:
            tell(found)

    return Ears(logged=logged, progress=progress, resumed=resumed, stop=lambda: asked.asked)


def _manifest(prepared: Prepared, log: Log, outcome: Outcome) -> Manifest:
    job, backbone = prepared.job, prepared.backbone
    return Manifest(
        base=Base(
            name=backbone.name,
            hub_id=backbone.hub_id or None,
            path=str(job.base),
            weights_hash=prepared.base_hash,
        ),
        template=prepared.template.name,
        data=prepared.data.data(prepared.rows),
        trained_on=tuple(
            dict.fromkeys(prepared.data.records[number - 1].asked for number in job.rows.kept)
        ),
        settings=_settings(prepared),
        versions={name: version(name) for name in LIBRARIES},
        seed=job.recipe.seed,
        steps=outcome.steps,
        tokens=job.plan.tokens,
        loss_first=log.losses[0],
        loss_last=log.losses[-1],
        loss_eval=log.loss_eval,
        eval_data=(
            prepared.eval_data.data(job.eval_rows) if prepared.eval_data and job.eval_rows else None
        ),
        seconds=log.last["seconds"],
    )


def _settings(prepared: Prepared) -> Mapping[str, Any]:
    job = prepared.job
    return {
        **job.recipe.as_object(),
        "targets": list(job.targets),
        "precision": job.place.precision,
        "device": job.place.device,
        "processes": job.processes.of,
        "limit": prepared.config.limit,
    }


def _trained(prepared: Prepared, log: Log, outcome: Outcome) -> Trained:
    job = prepared.job
    losses = log.losses or [math.nan]
    return Trained(
        steps=outcome.steps,
        loss_first=losses[0],
        loss_last=losses[-1],
        tokens_per_second=outcome.tokens_per_second,
        resumed_from=outcome.resumed_from,
        planned=outcome.planned,
        loss_eval=log.loss_eval,
        tokens=log.last["tokens"],
        rows=len(prepared.rows.rows),
        left_out=_left_out(prepared),
        shortened=len(prepared.rows.shortened),
        padding=job.plan.padding,
        seconds=log.last["seconds"],
        device=job.place.device,
        precision=job.place.precision,
        template=prepared.template.name,
        backbone=prepared.backbone.name,
        out=str(prepared.config.out),
        skipped=outcome.skipped,
        stopped="interrupted" if outcome.interrupted else None,
    )


def _known(prepared: Prepared, log: Log) -> Trained:
    """Return what a run came to that had ended before."""
    manifest = adapters.read_manifest(prepared.config.out)
    seconds = manifest.seconds or 0.0
    outcome = Outcome(
        steps=manifest.steps,
        planned=manifest.steps,
        resumed_from=None,
        tokens_per_second=manifest.tokens / seconds if seconds else None,
        seconds=seconds,
    )
    done = _trained(prepared, log, outcome)
    return replace(done, known=True, loss_first=manifest.loss_first, loss_last=manifest.loss_last)


def _left_out(prepared: Prepared) -> dict[str, int]:
    return {"too_long": len(prepared.rows.left_out)} if prepared.rows.left_out else {}
