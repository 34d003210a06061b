"""`cbt export dataset`: write systems' answers as a folder that others can load."""

from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.cli.command import Command, common_options, opened, say, show
from pipeline.exporting.dataset.card import OUTSIDE
from pipeline.exporting.dataset.export import DatasetExport, DatasetWritten, run
from pipeline.exporting.fit import WHY


@click.command(cls=Command)
@common_options
@click.option(
    "--system",
    "systems",
    metavar="NAME",
    multiple=True,
    required=True,
    help="The system whose answers to write; may be given several times.",
)
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder to write; it may not be there yet, unless it is empty.",
)
@click.option("--source", metavar="NAME", help="Answers to this source's questions only.")
@click.option("--split", metavar="NAME", help="Write the subsets of this split apart.")
@click.option(
    "--with-danger",
    is_flag=True,
    help="Write the answers to people who may be in acute danger too.",
)
@click.option(
    "--replace", is_flag=True, help="Replace a dataset that is there, if nobody changed its files."
)
def dataset(
    *,
    systems: tuple[str, ...],
    out: Path,
    source: str | None,
    split: str | None,
    with_danger: bool,
    replace: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Write systems' answers and their questions as a dataset for other programs.

    Reads the kept answers; writes DIR as a whole or not at all, and logs the export. DIR holds
    Parquet and JSON Lines with the same rows, a card (README.md) with counts, provenance and
    licence notes, the prompts, and the hash of each file; `datasets.load_dataset("DIR")` reads it.

    Left out, and counted: answers that were set aside or refused, those to people who may be in
    acute danger (unless with --with-danger), and texts that hold what could identify a person.
    """
    config = DatasetExport(systems, out, source, split, with_danger=with_danger, replace=replace)
    done = run(opened(database), config)
    result = {
        "written": [str(path) for path in done.paths],
        "path": str(out),
        "rows": sum(done.splits.values()),
        "splits": done.splits,
        "left_out": done.left_out,
        "licences": done.licences,
    }
    for name, terms in done.licences.items():
        say(f"questions of {name}: {terms}")
    show(result, _lines(out, done), as_json=as_json)


def _lines(out: Path, done: DatasetWritten) -> Iterator[str]:
    splits = ", ".join(f"{name} {count:,}" for name, count in done.splits.items())
    yield f"wrote {sum(done.splits.values()):,} answers ({splits}) to {out}"
    words = WHY | OUTSIDE
    yield from (f"  left out: {count:,} {words[why]}" for why, count in done.left_out.items())
    yield "for research only: the answers are by models, not by professionals"
