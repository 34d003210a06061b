"""Train a LoRA on a 7B Qwen2 of random weights by `cbt train` and by TRL, on the same GPU.

bf16, rows that fill batches of 2,048 tokens, adapters on every linear layer. Told are tokens a
second, none of them filling, and model-FLOP utilisation: 4 operations a weight and token (6 where
activations are computed anew) over what the card reaches by `--peak` TFLOP/s, else over what a
matrix product reached there just now. Random weights serve as well: their values change no time.
Run: python -m benchmarks.training_gpu [--tiny, to try the script on a CPU]
"""

import argparse
import shutil
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import torch
from datasets import Dataset, disable_progress_bars
from peft import get_peft_model
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import (
    PreTrainedTokenizerFast,
    PrinterCallback,
    Qwen2Config,
    Qwen2ForCausalLM,
    TrainerCallback,
)
from trl import SFTConfig, SFTTrainer

from models.backbones import LINEAR
from models.loading import Place, device_and_dtype, load_model
from models.settings import Launched
from models.training import estimate
from models.training.job import Ears, Job
from models.training.recipe import Recipe
from models.training.rows import Row, Rows
from models.training.train import lora, train

WARM_UP = 3  # steps whose time does not count
BIG = {
    "hidden_size": 3_584,
    "intermediate_size": 18_944,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "vocab_size": 152_064,
}
TINY = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 500,
}


class Tokenless:
    """Stands for a tokenizer: the rows are tokens already."""

    def __len__(self) -> int:
        return 2

    def save_pretrained(self, _folder: Path) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="a tiny model, on the CPU")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=4, help="rows of 512 tokens: 2,048 in all")
    parser.add_argument("--checkpointing", action="store_true")
    parser.add_argument("--compile", choices=["on", "off"], default="on", help="of ours")
    parser.add_argument("--peak", type=float, help="TFLOP/s of the card in bf16")
    parser.add_argument("--only", choices=["cbt", "trl"])
    given = parser.parse_args()
    disable_progress_bars()
    with tempfile.TemporaryDirectory() as folder:
        job = _job(Path(folder), given)
        peak = given.peak * 1e12 if given.peak else estimate.speed(job.place)
        ways = {"cbt": _ours, "trl": _trl}
        names = [given.only] if given.only else list(ways)
        rates: dict[str, list[float]] = {name: [] for name in names}
        for _ in range(given.rounds):
            for name in names:
                rates[name].append(ways[name](job, Path(folder)))
                print(f"{name}: {rates[name][-1]:,.0f} tokens/s", flush=True)
        _tell(rates, job, peak)


def _tell(rates: dict[str, list[float]], job: Job, peak: float) -> None:
    size = estimate.size(job.base, recipe=job.recipe, targets=job.targets, place=job.place)
    passes = 6 if job.recipe.checkpointing else 4
    card = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU, tiny model"
    print(f"{card}; torch {version('torch')}, transformers {version('transformers')},"
          f" trl {version('trl')}; peak {peak / 1e12:,.2f} TFLOP/s")  # fmt: skip
    for name, found in rates.items():
        used = median(found) * passes * size.weights / peak
        print(f"{name}: {median(found):,.0f} tokens/s ({min(found):,.0f} to {max(found):,.0f}),"
              f" model-FLOP utilisation {used:.1%}")  # fmt: skip
    if len(rates) > 1:
        ratios = [one / other for one, other in zip(*rates.values(), strict=True)]
        print(f"ours is {median(ratios):.2f} times TRL ({min(ratios):.2f} to {max(ratios):.2f})")


def _job(folder: Path, given: argparse.Namespace) -> Job:
    place = device_and_dtype("fp32" if given.tiny else "bf16", device="cpu" if given.tiny else None)
    base = folder / "base"
    _write_base(base, place, TINY if given.tiny else BIG)
    recipe = Recipe(
        epochs=1,
        batch=given.batch,
        accumulation=4,
        checkpointing=given.checkpointing,
        compile="off" if given.tiny or given.checkpointing else given.compile,
    )
    return Job(
        base=base,
        recipe=recipe,
        targets=LINEAR,
        rows=_rows(
            given.steps * recipe.batch * recipe.accumulation, longest=48 if given.tiny else 512
        ),
        eval_rows=None,
        place=place,
        checkpoints=folder / "checkpoints",
        processes=Launched(),
        pad=0,
        save_steps=10**9,
    )


def _write_base(folder: Path, place: Place, shape: dict[str, int]) -> None:
    with torch.device(place.device):
        model = Qwen2ForCausalLM(Qwen2Config(**shape)).to(place.dtype)
    model.save_pretrained(folder)


def _rows(count: int, *, longest: int) -> Rows:
    """Rows of a third prompt and two thirds answer, 480 to 512 tokens long, as the paper's are."""
    chance = torch.Generator().manual_seed(0)
    rows = []
    for _ in range(count):
        length = longest - int(torch.randint(longest // 16, (1,), generator=chance))
        ids = torch.randint(2, 400, (length,), generator=chance).tolist()
        rows.append(Row(tuple(ids[: length // 3]), tuple(ids[length // 3 :])))
    return Rows(tuple(rows), tuple(range(1, count + 1)))


def _ours(job: Job, folder: Path) -> float:
    shutil.rmtree(job.checkpoints, ignore_errors=True)
    times = [0.0]

    def logged(_line: Any) -> None:
        times.append(time.perf_counter())

    ears = Ears(logged, progress=lambda _: None, resumed=lambda _: None, stop=lambda: False)
    tokenizer: Any = Tokenless()
    train(job, out=folder, tokenizer=tokenizer, ears=ears)
    return _rate(job, times)


def _trl(job: Job, folder: Path) -> float:
    recipe, times = job.recipe, [0.0]

    class Clock(TrainerCallback):
        def on_log(self, *_args: Any, **_more: Any) -> None:
            times.append(time.perf_counter())

    rows = [
        {
            "input_ids": [*row.prompt, *row.answer],
            "completion_mask": [0] * len(row.prompt) + [1] * len(row.answer),
        }
        for row in job.rows.rows
    ]
    args = SFTConfig(
        output_dir=str(folder / "trl"),
        learning_rate=recipe.learning_rate,
        lr_scheduler_type="cosine",
        num_train_epochs=1,
        per_device_train_batch_size=recipe.batch,
        gradient_accumulation_steps=recipe.accumulation,
        max_length=2_048,
        completion_only_loss=True,
        activation_checkpointing=recipe.checkpointing,
        bf16=job.place.precision == "bf16",
        use_cpu=job.place.device == "cpu",
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )
    base = load_model(job.base, dtype=job.place.dtype, device=job.place.device)
    trainer = SFTTrainer(
        model=get_peft_model(base, lora(recipe, job.targets)),
        args=args,
        train_dataset=Dataset.from_list(rows),
        processing_class=_a_tokenizer(),
        callbacks=[Clock()],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    return _rate(job, times[: job.plan.steps + 1])


def _a_tokenizer() -> Any:
    """TRL asks for a tokenizer, which has nothing to do here but name a token to fill up with."""
    fill, end = "<fill>", "<end>"
    made = Tokenizer(WordLevel({fill: 0, end: 1}, unk_token=fill))
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token=fill, eos_token=end)


def _rate(job: Job, times: list[float]) -> float:
    """Tokens a second of the steps behind the warm-up."""
    done = sum(cost.tokens for cost in job.plan.costs[WARM_UP:])
    return done / (times[-1] - times[WARM_UP])


if __name__ == "__main__":
    main()
