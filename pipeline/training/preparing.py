"""Look at everything that can be known before a model is trained."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from db.errors import ModelRejected, NotAllowed
from models.backbones import Backbone, resolve
from models.extras import need
from models.loading import (
    Place,
    check_folder,
    device_and_dtype,
    load_tokenizer,
    weights_hash,
)
from models.settings import Launched, launched
from models.templates import Template, find_template
from models.training import estimate
from models.training.estimate import Estimate
from models.training.job import Job
from models.training.rows import Cutter, Rows
from pipeline.model_errors import in_plain_words
from pipeline.training import home, source
from pipeline.training.source import Source
from pipeline.training.wanted import Training


@dataclass(frozen=True)
class Prepared:
    """A run of which all is known but what the model will make of it."""

    config: Training
    backbone: Backbone
    template: Template
    tokenizer: Any
    data: Source
    eval_data: Source | None
    job: Job
    base_hash: str

    @cached_property
    def takes(self) -> Estimate:
        job = self.job
        size = estimate.size(job.base, recipe=job.recipe, targets=job.targets, place=job.place)
        return estimate.estimate(size, job.plan, recipe=job.recipe, place=job.place)

    @property
    def rows(self) -> Rows:
        return self.job.rows

    @cached_property
    def identity(self) -> dict[str, Any]:
        """Return all that decides what is learned: a folder holds one such run.

        What saves memory or time without another result is not in it, nor how often a checkpoint
        is kept.
        """
        told = self.job.recipe.as_object()
        for setting in ("checkpointing", "compile"):
            told.pop(setting)
        return {
            "base model": self.backbone.name,
            "base weights": self.base_hash,
            "data": self.data.sha256,
            "eval": self.eval_data.sha256 if self.eval_data else None,
            "limit": self.config.limit,
            "template": self.template.name,
            **told,
            "targets": list(self.job.targets),
            "precision": self.job.place.precision,
        }


def prepare(config: Training) -> Prepared:
    """Return what is to be done; raise a known error for all that would keep it from success."""
    data = source.read(config.data, limit=config.limit)
    source.check_train(data)
    eval_data = None
    if config.eval_data is not None:
        eval_data = source.read(config.eval_data)
        source.check_apart(data, eval_data)
    with in_plain_words():
        need("accelerate", "peft", "torch", "transformers", extra="train", what="training")
        prepared = _fitted(config, data, eval_data)
    home.check(config.out, prepared.identity)
    return prepared


def _fitted(config: Training, data: Source, eval_data: Source | None) -> Prepared:
    backbone = resolve(config.backbone)
    base = backbone.folder()
    check_folder(base)
    template = find_template(config.template or backbone.template)
    tokenizer = load_tokenizer(base)
    template.check(tokenizer)
    _check_length(config, backbone)
    cutter = Cutter(template, tokenizer, config.recipe.max_tokens, config.recipe.too_long)
    process = launched()
    place = _place(config, process)
    job = Job(
        base=base,
        recipe=config.recipe,
        targets=config.recipe.targets or backbone.lora_targets,
        rows=cutter.rows(data.records),
        eval_rows=cutter.rows(eval_data.records) if eval_data else None,
        place=place,
        checkpoints=config.out / "checkpoints",
        processes=process,
        pad=_pad(tokenizer),
        save_steps=config.save_steps,
    )
    config.recipe.shared(process.of)
    prepared = Prepared(
        config, backbone, template, tokenizer, data, eval_data, job, weights_hash(base)
    )
    estimate.check(prepared.takes, place=place)
    return prepared


def _check_length(config: Training, backbone: Backbone) -> None:
    if config.recipe.max_tokens > backbone.max_length:
        raise NotAllowed(
            f"{backbone.name} reads {backbone.max_length:,} tokens at most; give --max-tokens"
            f" {backbone.max_length}"
        )


def _place(config: Training, process: Launched) -> Place:
    place = device_and_dtype(config.recipe.precision)
    if place.device == "cuda":  # by number, as the Trainer compares it with its own
        place = Place(f"cuda:{process.on_machine}", place.precision)
    if config.recipe.quantize and not place.device.startswith("cuda"):
        raise ModelRejected("a model in 4 bits needs an NVIDIA GPU; leave --quantize out")
    return place


def _pad(tokenizer: Any) -> int:
    found = tokenizer.pad_token_id
    return int(found) if found is not None else 0  # what fills up is neither read nor learned
