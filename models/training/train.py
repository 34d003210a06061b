"""Fine-tune a base model with LoRA, from the newest checkpoint that is whole."""

import os
import shutil
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from models.errors import ModelError
from models.loading import load_model
from models.saving import save_tokenizer
from models.training import checkpoints, compiling
from models.training.job import Ears, Job, Outcome
from models.training.recipe import Recipe
from models.training.trainer import arguments, make_trainer
from models.training.watching import Watch, as_callback

UNWANTED = ("README.md", "training_args.bin")  # peft's empty card, and a pickle of settings


def train(job: Job, *, out: Path, tokenizer: Any, ears: Ears) -> Outcome:
    """Train, and write the adapter with its tokenizer to `out` once all steps are done.

    Raises ModelError where nothing more can be learned; the checkpoints stay.
    """
    from transformers import set_seed
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    warnings.simplefilter("ignore", FutureWarning)  # peft and transformers among themselves
    args = arguments(job)
    newest, skipped = _newest(job)
    set_seed(job.recipe.seed)
    model = _with_adapter(job, tokenizer)
    watch = Watch(job, ears)
    trainer = make_trainer(job, model, args, as_callback(watch))
    resumed = checkpoints.step_of(newest) if newest else None
    ears.resumed(resumed or 0)
    with _in_one_sentence(watch):
        trainer.train(resume_from_checkpoint=str(newest) if newest else None)
    steps = trainer.state.global_step
    if steps == job.plan.steps:
        _write(trainer, tokenizer, out=out, first=job.processes.first)
    return Outcome(
        steps=steps,
        planned=job.plan.steps,
        resumed_from=resumed,
        tokens_per_second=watch.tokens_per_second(),
        seconds=watch.seconds,
        skipped=tuple(skipped),
    )


def _newest(job: Job) -> tuple[Path | None, list[str]]:
    """Return the checkpoint to go on from, the same for all processes."""
    from accelerate.utils import broadcast_object_list

    skipped: list[str] = []
    found: list[Any] = [None]
    if job.processes.first and job.checkpoints.is_dir():
        found = [checkpoints.newest(job.checkpoints, skipped=skipped.append)]
    if job.processes.of > 1:
        broadcast_object_list(found)
    return found[0], skipped


def _with_adapter(job: Job, tokenizer: Any) -> Any:
    from peft import get_peft_model, prepare_model_for_kbit_training

    recipe, compiled = job.recipe, compiling.is_wanted(job)
    model = load_model(
        job.base,
        dtype=job.place.dtype,
        device=job.place.device,
        quantize=recipe.quantize,
        tokenizer=tokenizer,
    )
    model.config.use_cache = False
    if recipe.quantize:
        model = prepare_model_for_kbit_training(  # type: ignore[no-untyped-call]
            model, use_gradient_checkpointing=recipe.checkpointing
        )
    adapted = get_peft_model(model, lora(recipe, job.targets))
    if compiled:
        compiling.compile_layers(adapted)
    return adapted


def lora(recipe: Recipe, targets: Sequence[str]) -> Any:
    """Return peft's settings for a recipe."""
    from peft import LoraConfig

    return LoraConfig(
        task_type="CAUSAL_LM",
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules=sorted(targets),
    )


def _write(trainer: Any, tokenizer: Any, *, out: Path, first: bool) -> None:
    """Write the adapter; each file takes its place as a whole, the manifest is another's to add."""
    beside = out / ".new"
    if first:
        shutil.rmtree(beside, ignore_errors=True)
    _full_state(trainer)
    trainer.save_model(str(beside))
    trainer.accelerator.wait_for_everyone()
    if not first:
        return
    save_tokenizer(tokenizer, beside)
    for path in beside.iterdir():
        if path.name not in UNWANTED:
            with path.open("rb+") as file:
                os.fsync(file.fileno())
            path.replace(out / path.name)
    shutil.rmtree(beside, ignore_errors=True)


def _full_state(trainer: Any) -> None:
    """Let FSDP gather the weights for one file; in checkpoints they stay as it is told to."""
    if trainer.is_fsdp_enabled:
        trainer.accelerator.state.fsdp_plugin.set_state_dict_type("FULL_STATE_DICT")


@contextmanager
def _in_one_sentence(watch: Watch) -> Iterator[None]:
    import torch

    try:
        yield
    except torch.cuda.OutOfMemoryError as error:
        raise ModelError(
            f"the GPU's memory did not suffice in step {watch.ended + 1}; give --batch 1 with more"
            " --accumulation, --checkpointing, or --quantize 4bit; what was learned until the"
            " newest checkpoint is kept"
        ) from error
