"""`cbt export instructions`: write answers as records that a model can be trained on."""

from pathlib import Path
from typing import get_args

import click

from db.splits import TEST
from models.instruction_formats import FORMATS
from pipeline.cli.command import Command, common_options, opened, say, show
from pipeline.cli.instructions import texts
from pipeline.exporting.instructions.export import run
from pipeline.exporting.instructions.wanted import InstructionsExport
from pipeline.metrics.metric import Language


@click.command(cls=Command)
@common_options
@click.option("--split", metavar="NAME", help="The split, by 'cbt split'.  [required]")
@click.option("--subset", metavar="NAME", help="Its subset, for example train.  [required]")
@click.option("--system", metavar="NAME", help="Whose answers are to be learned.  [required]")
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The .json or .jsonl file to write.  [required]",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    default="alpaca",
    show_default=True,
    help="What a record looks like; --list-formats tells more.",
)
@click.option(
    "--instruction", metavar="TEXT", help="What every record tells the model to do; else our own."
)
@click.option(
    "--language",
    type=click.Choice(get_args(Language)),
    help="The language of our own instruction; else that of most questions.",
)
@click.option(
    "--with-danger",
    is_flag=True,
    help="Write the answers to people who may be in acute danger too.",
)
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@click.option("--list-formats", is_flag=True, help="Show the formats, and do nothing else.")
def instructions(
    *,
    split: str | None,
    subset: str | None,
    system: str | None,
    out: Path | None,
    format_: str,
    instruction: str | None,
    language: Language | None,
    with_danger: bool,
    force: bool,
    list_formats: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Write a system's answers to a split's subset as instruction records for trainers.

    Reads the kept answers; writes FILE (a list in .json, a record a line in .jsonl), beside it
    FILE.manifest.json, which tells where the records are from, and the entry of FILE in
    dataset_info.json, by which LLaMA-Factory finds it. All of these are written, or none, and the
    export is logged. A record is an instruction, the same in all; the passage, which is the
    question's title and description; and the answer. 'cbt train --data FILE' reads it.

    Left out, and counted: answers that were set aside or refused; those to questions whose text is
    in another subset of the split too; those to people who may be in acute danger (unless with
    --with-danger); texts that hold what could identify a person; and what is there already.
    """
    if list_formats:
        show(texts.formats_object(), texts.formats_lines(), as_json=as_json)
        return
    if split is None or subset is None or system is None or out is None:
        raise click.UsageError("give --split, --subset, --system and --out FILE")
    if instruction is not None and not instruction.strip():
        raise click.UsageError("--instruction is empty; leave it out for our own")
    if instruction is not None and language is not None:
        raise click.UsageError("--language chooses our own instruction; leave out one of the two")
    config = InstructionsExport(
        split=split,
        subset=subset,
        system=system,
        path=out,
        format=format_,
        instruction=instruction and instruction.strip(),
        language=language,
        with_danger=with_danger,
        replace=force,
    )
    done = run(opened(database), config)
    for caution in texts.cautions(done):
        say(caution)
    if subset == TEST:
        say(f"{out} is for testing: a model that learns from it cannot be tested on it any more")
    show(texts.as_object(done), texts.lines(done), as_json=as_json)
