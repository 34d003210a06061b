"""The transformers Trainer with our batches, our evaluation, and checkpoints that are sealed."""

import errno
import os
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import ModelError
from models.training import checkpoints
from models.training.batches import Plan, Share
from models.training.collate import collate
from models.training.job import Job

if TYPE_CHECKING:
    from transformers import Trainer, TrainerCallback, TrainingArguments

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def arguments(job: Job) -> "TrainingArguments":
    """Return the Trainer's settings; this is also where several processes find each other."""
    from transformers import TrainingArguments

    recipe = job.recipe
    made = TrainingArguments(
        output_dir=str(job.checkpoints),
        num_train_epochs=recipe.epochs,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=recipe.warmup,
        weight_decay=recipe.weight_decay,
        per_device_train_batch_size=recipe.batch,
        gradient_accumulation_steps=recipe.shared(job.processes.of),
        bf16=job.place.precision == "bf16",
        fp16=job.place.precision == "fp16",
        use_cpu=job.place.device == "cpu",
        activation_checkpointing=recipe.checkpointing,
        activation_checkpointing_kwargs={"use_reentrant": False} if recipe.checkpointing else None,
        average_tokens_across_devices=True,
        ddp_find_unused_parameters=False if job.processes.of > 1 else None,
        seed=recipe.seed,
        save_strategy="no",
        eval_strategy="no",
        logging_steps=1,
        logging_nan_inf_filter=False,
        remove_unused_columns=False,
        report_to="none",
        disable_tqdm=True,
    )
    made._n_gpu = min(made.n_gpu, 1)  # one process, one GPU: several are torchrun's to start
    return made


def make_trainer(
    job: Job, model: Any, args: "TrainingArguments", watch: "TrainerCallback"
) -> "Trainer":
    """Return what trains; `watch` is told of each step, and decides when a checkpoint is due."""
    from torch.utils.data import DataLoader
    from transformers import PrinterCallback, Trainer

    collated = partial(collate, pad=job.pad)
    rows: Any = job.rows.rows

    class AnswerTrainer(Trainer):
        def get_train_dataloader(self) -> Any:
            share: Any = Share(job.plan, process=job.processes.number, processes=job.processes.of)
            return DataLoader(
                rows,
                batch_sampler=share,
                collate_fn=collated,
                pin_memory=job.place.device.startswith("cuda"),
            )

        def evaluate(self, *_args: Any, **_more: Any) -> dict[str, float]:
            found = {"eval_loss": _loss(self, job)}
            self.log(dict(found))
            self.control = self.callback_handler.on_evaluate(
                self.args, self.state, self.control, found
            )
            return found

        def _save_checkpoint(self, model: Any, trial: Any) -> None:
            folder = job.checkpoints / f"{checkpoints.PREFIX}{self.state.global_step}"
            if job.processes.first:
                shutil.rmtree(folder, ignore_errors=True)
            self.accelerator.wait_for_everyone()
            try:
                super()._save_checkpoint(model, trial)
                self.accelerator.wait_for_everyone()
                if job.processes.first:
                    checkpoints.seal(folder)
                    checkpoints.drop_old(job.checkpoints)
            except (OSError, RuntimeError, _safetensor_error()) as error:
                shutil.rmtree(folder, ignore_errors=True)
                raise ModelError(_unwritten(folder, error)) from error

    trainer = AnswerTrainer(
        model=model,
        args=args,
        train_dataset=rows,
        callbacks=[watch],
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def _loss(trainer: "Trainer", job: Job) -> float:
    """Return the loss a token of all answers held out, whichever batches they are cut into."""
    import torch

    rows = job.eval_rows.rows if job.eval_rows else ()
    one_each = Plan(tuple(map(len, rows)), job.recipe.batch, job.processes.of, 1, seed=0)
    share = Share(one_each, process=job.processes.number, processes=job.processes.of)
    model: Any = trainer.model
    model.eval()
    lost = torch.zeros(2, dtype=torch.float64)
    with torch.no_grad():
        for batch in share:
            inputs = trainer._prepare_inputs(collate([rows[n] for n in batch], pad=job.pad))
            one = torch.ones((), device=inputs["labels"].device)
            lost[0] += model(**inputs, num_items_in_batch=one).loss.double().cpu()
            lost[1] += (inputs["labels"] >= 0).sum().cpu()
    total: Any = trainer.accelerator.reduce(lost.float().to(trainer.args.device), "sum")
    return float(total[0] / total[1])


def _safetensor_error() -> type[Exception]:
    from safetensors import SafetensorError

    return SafetensorError


def _unwritten(folder: Path, error: Exception) -> str:
    why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if isinstance(error, OSError) and error.errno:
        why = os.strerror(error.errno)
    full = isinstance(error, OSError) and error.errno in FULL
    full = full or shutil.disk_usage(folder.parent).free < 2**20
    cause = "the disk is full" if full else why
    return (
        f"{folder.name} could not be written: {cause}; older checkpoints are intact: make room,"
        " then run the same command again, and it goes on from the newest"
    )
