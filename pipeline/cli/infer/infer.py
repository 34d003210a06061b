"""`cbt infer`: let a fine-tuned model answer the questions."""

from dataclasses import replace
from pathlib import Path

import click

from db.selections import Selection
from models.inference.decoding import Decoding
from models.inference.local import Wanted
from models.loading import PRECISIONS
from models.templates import TEMPLATES
from pipeline.cli import repeating
from pipeline.cli.command import common_options, opened, show
from pipeline.cli.infer import texts
from pipeline.cli.model_options import ROOM, Asked, model_options
from pipeline.cli.numbers import Number
from pipeline.cli.progress import watching
from pipeline.cli.repeating import Repeatable
from pipeline.cli.selection import selection_options
from pipeline.importing.fields import one_line
from pipeline.inferring.infer import plan, run
from pipeline.inferring.wanted import ANSWER_TOKENS, Inferring, Served

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command(cls=Repeatable)
@click.option("--system", metavar="NAME", required=True, help="The name that the answers go by.")
@click.option(
    "--backbone",
    metavar="B",
    help="The model: a name of 'cbt backbone list' or a folder; else the --adapter's own base.",
)
@click.option(
    "--adapter",
    metavar="DIR",
    type=FOLDER,
    help="What 'cbt train' wrote; with --model, what the served model was made of.",
)
@model_options(required=False, drawing=False)
@click.option(
    "--instruction", metavar="TEXT", help="What the model is told; else as it was in training."
)
@click.option(
    "--template",
    metavar="NAME",
    type=click.Choice(list(TEMPLATES)),
    help="What stands around a question; else as it was in training.",
)
@click.option(
    "--precision",
    type=click.Choice(PRECISIONS),
    default="auto",
    show_default=True,
    help="What numbers the model computes in: by default what the device can.",
)
@click.option("--quantize", type=click.Choice(["4bit"]), help="Needs an NVIDIA GPU.")
@click.option(
    "--temperature",
    metavar="T",
    type=Number(0, 2),
    default=0.0,
    show_default=True,
    help="How freely words are chosen; at 0 always the likeliest.",
)
@click.option(
    "--top-p",
    metavar="P",
    type=Number(0, 1, min_open=True),
    default=1.0,
    show_default=True,
    help="From which share of the likely words, where any are drawn.",
)
@click.option(
    "--repetition-penalty",
    metavar="R",
    type=Number(1, 2),
    default=1.0,
    show_default=True,
    help="How much less likely a word is once it was said.",
)
@click.option(
    "--seed",
    metavar="S",
    type=click.IntRange(0, 2**31),
    default=0,
    show_default=True,
    help="Replays what is drawn, for each question by itself.",
)
@click.option(
    "--answer-tokens",
    metavar="N",
    type=ROOM,
    default=ANSWER_TOKENS,
    show_default=True,
    help="The room of an answer; one that is cut off there is set aside.",
)
@click.option(
    "--batch-tokens",
    metavar="N",
    type=click.IntRange(1),
    help="Tokens that are held at once; else what memory allows.",
)
@selection_options
@click.option("--with-danger", is_flag=True, help="Also ask for people in acute danger.")
@click.option("--seen", is_flag=True, help="Also ask what the model was trained on.")
@click.option("--dry-run", is_flag=True, help="Say what would be asked, and end.")
@common_options
def infer(
    *,
    system: str,
    backbone: str | None,
    adapter: Path | None,
    asked: Asked | None,
    instruction: str | None,
    template: str | None,
    precision: str,
    quantize: str | None,
    temperature: float,
    top_p: float,
    repetition_penalty: float,
    seed: int,
    answer_tokens: int,
    batch_tokens: int | None,
    selection: Selection,
    with_danger: bool,
    seen: bool,
    dry_run: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Let a fine-tuned model answer the questions that a system has not answered.

    Reads questions and a model: a base model with an adapter of 'cbt train', a merged one, or one
    behind a server (--model, --base-url). Writes answers with their parts and tokens, each as it
    ends: a run that is interrupted, or killed, goes on where it was when it is started again.
    Greedy by default, so the same command gives the same answers. docs/inference.md tells more.
    """
    decoding = Decoding(temperature, top_p, repetition_penalty, seed)
    config = Inferring(
        system=one_line(system, "system"),
        model=_model(backbone, adapter, asked, decoding)
        or Wanted(backbone, adapter, template, precision, quantize is not None),
        instruction=instruction,
        selection=selection,
        decoding=decoding,
        answer_tokens=answer_tokens,
        batch_tokens=batch_tokens,
        with_danger=with_danger,
        seen=seen,
    )
    store = opened(database, write=not dry_run)
    if dry_run:
        planned = plan(store, config)
        show(texts.plan_object(planned), texts.plan_lines(planned), as_json=as_json)
        return
    with watching(asked.limits.price if asked else None) as tell:
        done = run(store, config, key=asked.key if asked else None, tell=tell)
    show(texts.as_object(done), texts.lines(done), as_json=as_json)
    repeating.end(done.stopped, some_failed=bool(done.failed or done.left))


def _model(
    backbone: str | None, adapter: Path | None, asked: Asked | None, decoding: Decoding
) -> Served | None:
    """Return the served model that is asked, None where one is loaded here."""
    if (backbone is None and asked is None and adapter is None) or (backbone and asked):
        raise click.UsageError(
            "name one model: --backbone B, --adapter DIR or both, or --model NAME --base-url URL"
        )
    if asked is None:
        return None
    given = click.get_current_context().get_parameter_source
    for name in ("template", "precision", "quantize", "repetition_penalty", "batch_tokens"):
        if given(name) == click.core.ParameterSource.COMMANDLINE:
            option = name.replace("_", "-")
            raise click.UsageError(f"--{option} is for a model that is loaded here, not served")
    model = replace(
        asked.model,
        temperature=decoding.temperature,
        top_p=decoding.top_p if decoding.draws else None,
        seed=decoding.seed if decoding.draws else None,
    )
    return Served(model, adapter, asked.limits)
