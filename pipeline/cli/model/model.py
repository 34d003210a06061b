"""`cbt model`: merge a fine-tuned model, and write its card."""

from pathlib import Path

import click

from db.errors import StoreMissing
from pipeline.cli.command import Group, common_options, json_option, opened, say, show
from pipeline.cli.model import texts
from pipeline.publishing import carding, merging
from pipeline.publishing.carding import Carding

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group(cls=Group)
def model() -> None:
    """Make a fine-tuned model ready for others: one folder, and a card that tells what it is."""


@model.command()
@click.option(
    "--adapter", metavar="DIR", type=FOLDER, required=True, help="What 'cbt train' wrote."
)
@click.option(
    "--backbone",
    metavar="B",
    help="Its base: a name of 'cbt backbone list' or a folder; else where training found it.",
)
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    required=True,
    help="The folder to write; it may not be there yet, unless it is empty.",
)
@click.option(
    "--replace", is_flag=True, help="Replace a model that is there, if nobody changed its files."
)
@json_option
def merge(*, adapter: Path, backbone: str | None, out: Path, replace: bool, as_json: bool) -> None:
    """Merge an adapter into its base, so that any program loads the result.

    Reads both; writes DIR as a whole or not at all: weights in the base's own precision, the
    tokenizer with a chat template that asks as in training, when an answer ends, and a manifest.
    Before DIR gets its name, the merged model must answer as base and adapter do. For servers:
    'vllm serve DIR', 'transformers serve DIR'.
    """
    done = merging.run(adapter, backbone, out, replace=replace, tell=say)
    show(texts.merged_object(done), texts.merged_lines(done), as_json=as_json)


@model.command()
@click.option("--adapter", metavar="DIR", type=FOLDER, help="An adapter of 'cbt train'.")
@click.option("--model", "folder", metavar="DIR", type=FOLDER, help="A model of 'cbt model merge'.")
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where it goes; else README.md in DIR.",
)
@click.option("--name", metavar="NAME", help="What the model is called; else as its folder.")
@click.option("--system", metavar="NAME", help="Answers of it whose scores are to be told.")
@click.option("--replace", is_flag=True, help="Replace a card that somebody wrote.")
@common_options
def card(
    *,
    adapter: Path | None,
    folder: Path | None,
    out: Path | None,
    name: str | None,
    system: str | None,
    replace: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Write a model's card: what it is, how it was trained, what it scores, what it may not do.

    Reads the model's manifest, and from the store the terms of its questions and, with --system,
    scores with their intervals. No local path or address gets into it.
    """
    of = adapter or folder
    if of is None or (adapter and folder):
        raise click.UsageError("name one model: --adapter DIR, or --model DIR")
    try:
        store = opened(database)
    except StoreMissing:
        if database or system:
            raise
        store = None
    done = carding.run(store, Carding(of, out, name, system, replace))
    show(texts.carded_object(done), texts.carded_lines(done), as_json=as_json)
