"""`cbt train`: fine-tune a base model with LoRA."""

import sys
from pathlib import Path

import click

from db.errors import KnownError
from models.settings import launched
from models.templates import TEMPLATES
from models.training.job import Progress
from models.training.recipe import Compile, Precision, Recipe, TooLong
from pipeline.cli import repeating
from pipeline.cli.command import json_option, say, show
from pipeline.cli.live_line import LiveLine
from pipeline.cli.main import INTERRUPTED
from pipeline.cli.numbers import Number
from pipeline.cli.repeating import Repeatable
from pipeline.cli.train import picture, texts
from pipeline.training.preparing import Prepared, prepare
from pipeline.training.training import plan, run
from pipeline.training.wanted import Training

FILE = click.Path(path_type=Path)
COUNT = click.IntRange(1)
EPOCHS = click.IntRange(1, 1_000)  # the plan of all of them is made at once
SEED = click.IntRange(0, 2**32 - 1)  # what NumPy takes
PAPER = Recipe()


def names(_ctx: click.Context, _option: click.Parameter, value: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (value or "").split(",") if name.strip())


@click.command(cls=Repeatable)
@click.option("--data", metavar="FILE", type=FILE, required=True, help="Records to learn from.")
@click.option("--eval", "eval_data", metavar="FILE", type=FILE, help="Records held out.")
@click.option(
    "--backbone",
    metavar="NAME_OR_PATH",
    required=True,
    help="A name of 'cbt backbone list', or a model's folder.",
)
@click.option("--out", metavar="DIR", type=FILE, required=True, help="Where the adapter goes.")
@click.option(
    "--template",
    type=click.Choice([*TEMPLATES]),
    help="How a question is put; else as the base model is asked.",
)
@click.option("--epochs", type=EPOCHS, default=PAPER.epochs, show_default=True)
@click.option(
    "--learning-rate",
    type=Number(0, 1, min_open=True),
    default=PAPER.learning_rate,
    show_default=True,
    help="It falls to 0 by a cosine.",
)
@click.option(
    "--warmup",
    metavar="SHARE",
    type=Number(0, 1, max_open=True),
    default=PAPER.warmup,
    show_default=True,
    help="Steps in which it rises first, as a share of all.",
)
@click.option("--batch", type=COUNT, default=PAPER.batch, show_default=True)
@click.option(
    "--accumulation",
    type=COUNT,
    default=PAPER.accumulation,
    show_default=True,
    help="Batches of a step; several processes share them.",
)
@click.option("--lora-rank", type=COUNT, default=PAPER.rank, show_default=True)
@click.option("--lora-alpha", type=COUNT, default=PAPER.alpha, show_default=True)
@click.option(
    "--lora-dropout",
    type=Number(0, 1, max_open=True),
    default=PAPER.dropout,
    show_default=True,
)
@click.option(
    "--lora-targets",
    metavar="NAMES",
    callback=names,
    help="Layers to adapt, with commas between; else the base model's own.",
)
@click.option(
    "--max-tokens",
    type=click.IntRange(8),
    default=PAPER.max_tokens,
    show_default=True,
    help="The most of a question and its answer together.",
)
@click.option(
    "--too-long",
    type=click.Choice(["drop", "shorten", "refuse"]),
    default=PAPER.too_long,
    show_default=True,
    help="What becomes of a longer one; 'shorten' cuts the passage, never the answer.",
)
@click.option(
    "--precision",
    type=click.Choice(["auto", "bf16", "fp16", "fp32"]),
    default=PAPER.precision,
    show_default=True,
    help="'auto' takes 16 bit where the device can.",
)
@click.option("--checkpointing", is_flag=True, help="Less memory for a third more time.")
@click.option(
    "--compile",
    "compile_",
    type=click.Choice(["auto", "on", "off"]),
    default=PAPER.compile,
    show_default=True,
    help="Compile the model's layers; 'auto' where it saves time on a GPU.",
)
@click.option("--quantize", type=click.Choice(["4bit"]), help="QLoRA; needs an NVIDIA GPU.")
@click.option(
    "--save-steps",
    type=COUNT,
    help="Steps between checkpoints; else 10 minutes, and the end of each epoch.",
)
@click.option("--seed", metavar="S", type=SEED, default=0, show_default=True)
@click.option("--limit", metavar="N", type=COUNT, help="The first N records only.")
@click.option("--dry-run", is_flag=True, help="Say what it would do and take, and end.")
@json_option
def train(
    *,
    data: Path,
    eval_data: Path | None,
    backbone: str,
    out: Path,
    template: str | None,
    epochs: int,
    learning_rate: float,
    warmup: float,
    batch: int,
    accumulation: int,
    lora_rank: int,
    lora_alpha: int,
    lora_dropout: float,
    lora_targets: tuple[str, ...],
    max_tokens: int,
    too_long: TooLong,
    precision: Precision,
    checkpointing: bool,
    compile_: Compile,
    quantize: str | None,
    save_steps: int | None,
    seed: int,
    limit: int | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Fine-tune a base model with LoRA on question and answer records.

    Reads what 'cbt export instructions' wrote, or alpaca, ShareGPT, OpenAI and TRL files. Writes
    DIR: the adapter, its manifest, a log and a picture of the loss, and checkpoints. Killed or
    interrupted, the same command goes on from the newest checkpoint that is whole. The defaults
    are the paper's recipe. On several GPUs the same command runs under torchrun or accelerate
    launch. docs/training.md tells more.
    """
    recipe = Recipe(
        epochs=epochs,
        learning_rate=learning_rate,
        warmup=warmup,
        batch=batch,
        accumulation=accumulation,
        rank=lora_rank,
        alpha=lora_alpha,
        dropout=lora_dropout,
        targets=lora_targets,
        max_tokens=max_tokens,
        too_long=too_long,
        precision=precision,
        checkpointing=checkpointing,
        compile=compile_,
        quantize=quantize is not None,
        seed=seed,
    )
    wanted = Training(data, backbone, out, recipe, eval_data, template, save_steps, limit)
    if dry_run:
        planned = plan(prepare(wanted))
        show(texts.plan_object(planned), texts.plan_lines(planned), as_json=as_json)
        return
    _train(wanted, as_json=as_json)


def _train(wanted: Training, *, as_json: bool) -> None:
    first = launched().first
    prepared = _prepared(wanted, first=first)
    if first:
        for note in texts.notes(prepared):
            say(note)
    line: LiveLine[Progress] = LiveLine(texts.progress)
    try:
        done = run(prepared, tell=line.tell)
    finally:
        line.end()
    if first:
        picture.draw(wanted.out)
        show(texts.as_object(done), texts.lines(done), as_json=as_json)
    if done.stopped and not first:
        sys.exit(INTERRUPTED)
    repeating.end(done.stopped, some_failed=False)


def _prepared(wanted: Training, *, first: bool) -> Prepared:
    """Look at all that can be known before; what is wrong is wrong for all, and one says so."""
    try:
        return prepare(wanted)
    except KnownError:
        if first:
            raise
        sys.exit(1)
