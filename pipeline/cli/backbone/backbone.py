"""`cbt backbone`: list the base models, look one up, and convert old ones so that they load."""

from pathlib import Path

import click

from models.backbones import BACKBONES
from models.conversion.families import AUTO, FAMILIES
from pipeline.cli.backbone import texts
from pipeline.cli.command import Group, json_option, show
from pipeline.cli.live_line import LiveLine
from pipeline.converting import Conversion, prepare, run
from pipeline.known_models import look


@click.group(cls=Group)
def backbone() -> None:
    """List base models, look one up, and convert old ones so that they load.

    A base model is what 'cbt train' fine-tunes and 'cbt infer' asks: a name of the list, or any
    folder with a model that transformers knows. Nothing is downloaded, and code that comes with a
    model is never run. docs/backbones.md tells how to get each.
    """


@backbone.command("list")
@json_option
def list_backbones(*, as_json: bool) -> None:
    """List the base models that are known by name."""
    found = list(BACKBONES.values())
    result = {"backbones": [texts.backbone_object(each) for each in found]}
    show(result, texts.listed(found), as_json=as_json)


@backbone.command("show")
@click.argument("name_or_path")
@json_option
def show_backbone(*, name_or_path: str, as_json: bool) -> None:
    """Show what is known of a base model, and whether it would load here.

    Reads the model's files, if they are on this machine; no weight is loaded.
    """
    found = look(name_or_path)
    show(texts.looked_object(found), texts.looked(found), as_json=as_json)


@backbone.command("convert")
@click.argument("source")
@click.option(
    "--out",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path),
    help="The folder to write; it may not be there yet, unless it is empty.",
)
@click.option(
    "--family",
    type=click.Choice(FAMILIES),
    default=AUTO,
    show_default=True,
    help="What the model is, where its configuration does not tell.",
)
@click.option(
    "--as",
    "known_as",
    type=click.Choice(sorted(BACKBONES)),
    metavar="NAME",
    help="Which model of the list a folder holds: it will be asked as that one is.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be read, and write nothing.")
@click.option(
    "--replace", is_flag=True, help="Replace a converted model, if nobody changed its files."
)
@json_option
def convert(
    *,
    source: str,
    out: Path,
    family: str,
    known_as: str | None,
    dry_run: bool,
    replace: bool,
    as_json: bool,
) -> None:
    """Write an old model's checkpoint so that it loads without code of its own.

    SOURCE is a folder, or a name of the list whose files are in the local cache. Baichuan-7B,
    Baichuan2-7B and CBT-LLM become Llama models, Qwen-7B becomes a Qwen2 model, and a model that
    loads but for its pickled weights gets safetensors. Weights keep their values and precision;
    tokenizers give the same tokens. DIR is written as a whole or not at all, with the hash of
    each file; the weights are read piece by piece and are never in memory whole.
    """
    wanted = Conversion(source, out, family, known_as, replace)
    if dry_run:
        found = prepare(wanted)
        show(texts.planned_object(found), texts.planned(found, source=source), as_json=as_json)
        return
    line = LiveLine(texts.progress)
    try:
        done = run(wanted, tell=line.tell)
    finally:
        line.end()
    show(texts.converted_object(done), texts.converted(done), as_json=as_json)
