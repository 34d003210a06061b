"""Train a tiny model on the same rows by `cbt train`, by a loop written by hand, and by TRL.

All learn the same tokens in the same number of steps from the same weights, without dropout, on
the CPU with one thread; what is counted are tokens that are no filling, and the processor's
seconds of the steps, which other programs on the machine do not lengthen. A step takes all rows,
so that its loss must be the same by all three, however each cuts the rows into batches.
Run: OMP_NUM_THREADS=1 python -m benchmarks.training_speed [--rounds 5]
"""

import argparse
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import torch
from datasets import Dataset, disable_progress_bars
from peft import get_peft_model
from transformers import (
    PrinterCallback,
    TrainerCallback,
    get_cosine_schedule_with_warmup,
    set_seed,
)
from trl import SFTConfig, SFTTrainer

from models.loading import device_and_dtype, load_model, load_tokenizer
from models.settings import Launched
from models.templates import find_template
from models.training.batches import Share
from models.training.collate import UNLEARNED
from models.training.job import Ears, Job, Logged
from models.training.recipe import Recipe
from models.training.rows import Cutter
from models.training.train import lora, train
from tests import tiny_models

TARGETS = ("q_proj", "v_proj")
SAME_LOSS = 2e-3


@dataclass(frozen=True)
class Ran:
    """What one run came to: tokens a second of its steps, and the loss of each."""

    tokens_per_second: float
    losses: list[float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=6)
    given = parser.parse_args()
    ours_of, names = run(given.rounds, given.steps)
    print(f"torch {version('torch')}, transformers {version('transformers')},"
          f" peft {version('peft')}, trl {version('trl')}")  # fmt: skip
    for name in names:
        rates = [each[name].tokens_per_second for each in ours_of]
        ratios = [
            each["cbt train"].tokens_per_second / each[name].tokens_per_second for each in ours_of
        ]
        losses = ours_of[0][name].losses
        print(
            f"{name:<10} {median(rates):7,.0f} tokens/s ({min(rates):,.0f} to {max(rates):,.0f});"
            f" ours {median(ratios):.2f} times that ({min(ratios):.2f} to {max(ratios):.2f});"
            f" loss {losses[0]:.4f} to {losses[-1]:.4f}"
        )


def run(rounds: int, steps: int) -> tuple[list[dict[str, Ran]], list[str]]:
    torch.set_num_threads(1)
    logging.disable(logging.WARNING)
    disable_progress_bars()
    with tempfile.TemporaryDirectory() as place:
        base = Path(place) / "base"
        base.mkdir()
        tiny_models.make_qwen2(base)
        job, tokenizer = _job(base, Path(place), steps)
        ways: dict[str, Callable[[], Ran]] = {
            "cbt train": lambda: _ours(job, tokenizer, Path(place)),
            "by hand": lambda: _by_hand(job),
            "TRL": lambda: _trl(job, tokenizer, Path(place)),
        }
        found = []
        for turn in range(rounds):
            print(f"round {turn + 1}, load {os.getloadavg()[0]:.1f}", flush=True)
            found.append({name: way() for name, way in ways.items()})
            _check(found[-1])
    return found, list(ways)


def _check(found: dict[str, Ran]) -> None:
    ours = found["cbt train"].losses
    for name, each in found.items():
        worst = max(abs(one - other) for one, other in zip(ours, each.losses, strict=True))
        print(f"  {name}: {each.tokens_per_second:,.0f} tokens/s, loss off by {worst:.1e} at most")
        assert worst < SAME_LOSS, name


def _job(base: Path, place: Path, steps: int) -> tuple[Job, Any]:
    tokenizer = load_tokenizer(base)
    recipe = Recipe(epochs=steps, learning_rate=1e-2, dropout=0.0)
    cutter = Cutter(find_template("chatml"), tokenizer, recipe.max_tokens)
    rows = cutter.rows(tiny_models.demo_records(recipe.batch * recipe.accumulation))
    return Job(
        base=base,
        recipe=recipe,
        targets=TARGETS,
        rows=rows,
        eval_rows=None,
        place=device_and_dtype("fp32", device="cpu"),
        checkpoints=place / "checkpoints",
        processes=Launched(),
        pad=tokenizer.pad_token_id,
        save_steps=10**9,
    ), tokenizer


def _ours(job: Job, tokenizer: Any, place: Path) -> Ran:
    shutil.rmtree(job.checkpoints, ignore_errors=True)
    losses: list[float] = []
    times: list[float] = []

    def logged(line: Logged) -> None:
        losses.append(line.loss)
        times.append(time.process_time())

    ears = Ears(
        logged=logged,
        progress=lambda _: None,
        resumed=lambda _: times.append(time.process_time()),
        stop=lambda: False,
    )
    train(job, out=place, tokenizer=tokenizer, ears=ears)
    return Ran(job.plan.tokens / (times[-1] - times[0]), losses)


def _adapted(job: Job) -> Any:
    set_seed(job.recipe.seed)
    base = load_model(job.base, dtype=job.place.dtype, device="cpu")
    base.config.use_cache = False
    return get_peft_model(base, lora(job.recipe, job.targets))


def _by_hand(job: Job) -> Ran:
    """The same steps as one would write them down, with an attention mask and all positions."""
    model = _adapted(job).train()
    learned = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=job.recipe.learning_rate, weight_decay=0.0)
    schedule = get_cosine_schedule_with_warmup(optimizer, 0, job.plan.steps)
    share = Share(job.plan)
    batches = []
    for number in range(job.recipe.epochs):
        share.set_epoch(number)
        batches += list(share)
    losses = []
    began = time.process_time()
    for start in range(0, len(batches), job.recipe.accumulation):
        step = [b for b in batches[start : start + job.recipe.accumulation] if b]
        count = sum(len(job.rows.rows[row].answer) for batch in step for row in batch)
        total = 0.0
        for batch in step:
            inputs = _padded([job.rows.rows[row] for row in batch], job.pad)
            loss = model(**inputs, num_items_in_batch=torch.tensor(count)).loss
            loss.backward()
            total += loss.item()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(total)
    return Ran(job.plan.tokens / (time.process_time() - began), losses)


def _padded(rows: list[Any], pad: int) -> dict[str, Any]:
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), pad)
    labels = torch.full_like(ids, UNLEARNED)
    mask = torch.zeros_like(ids)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(row.prompt + row.answer)
        labels[number, len(row.prompt) : len(row)] = torch.tensor(row.answer)
        mask[number, : len(row)] = 1
    return {"input_ids": ids, "labels": labels, "attention_mask": mask}


def _trl(job: Job, tokenizer: Any, place: Path) -> Ran:
    """TRL's SFTTrainer with the same tokens, asked to learn the answers alone."""
    rows = [
        {
            "input_ids": [*row.prompt, *row.answer],
            "completion_mask": [0] * len(row.prompt) + [1] * len(row.answer),
        }
        for row in job.rows.rows
    ]
    recipe = job.recipe
    args = SFTConfig(
        output_dir=str(place / "trl"),
        learning_rate=recipe.learning_rate,
        lr_scheduler_type="cosine",
        num_train_epochs=recipe.epochs,
        per_device_train_batch_size=recipe.batch,
        gradient_accumulation_steps=recipe.accumulation,
        max_length=recipe.max_tokens,
        completion_only_loss=True,
        packing=False,
        train_sampling_strategy="group_by_length",
        activation_checkpointing=False,
        bf16=False,
        use_cpu=True,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        seed=recipe.seed,
    )
    times: list[float] = []

    class Clock(TrainerCallback):
        def on_train_begin(self, *_args: Any, **_more: Any) -> None:
            times.append(time.process_time())

        def on_step_end(self, *_args: Any, **_more: Any) -> None:
            times.append(time.process_time())

    trainer = SFTTrainer(
        model=_adapted(job),
        args=args,
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        callbacks=[Clock()],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    losses = [line["loss"] for line in trainer.state.log_history if "loss" in line]
    return Ran(job.plan.tokens / (times[-1] - times[0]), losses)


if __name__ == "__main__":
    main()
