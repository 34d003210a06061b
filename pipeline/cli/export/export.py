"""`cbt export`: write a study's ratings or gold, or systems' answers, for others."""

from pathlib import Path

import click

from pipeline.cli.command import Group, common_options, opened, show
from pipeline.cli.export.file import file_options, show_formats
from pipeline.exporting.ratings import Exported, RatingsExport, run

LATER = {
    "gold": "pipeline.cli.export.gold:gold",
    "instructions": "pipeline.cli.instructions.instructions:instructions",
    "dataset": "pipeline.cli.export.dataset:dataset",
}


@click.group(cls=Group, later=LATER)
def export() -> None:
    """Write what a study or a system holds to files for other programs."""


@export.command()
@common_options
@click.option("--study", metavar="NAME", help="The study whose ratings to write.  [required]")
@file_options
@click.option("--wide", is_flag=True, help="One row a judgement, one column a criterion.")
@click.option(
    "--revisions",
    type=click.Choice(["newest", "all"]),
    default="newest",
    show_default=True,
    help="The judgement that counts, or also those that a rater changed later.",
)
def ratings(
    *,
    study: str | None,
    out: Path | None,
    format_: str | None,
    wide: bool,
    revisions: str,
    force: bool,
    list_formats: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Write the ratings of a study as the tidy file that 'cbt import ratings' reads.

    Reads the store; writes FILE as a whole or not at all, and logs the export. A row is one
    criterion of one judgement; an assignment without an answer has rows with an empty value, so
    every figure can be recomputed from the file alone. Raters appear by pseudonym, systems by
    code until 'cbt study unblind'. In CSV and XLSX, an apostrophe stands before a text that a
    spreadsheet would run as a formula; the import takes it away. What was not asked of a system
    has no row.
    """
    if list_formats:
        show_formats(as_json=as_json)
        return
    if study is None or out is None:
        raise click.UsageError("give both --study NAME and --out FILE")
    config = RatingsExport(
        study=study,
        path=out,
        format=format_,
        wide=wide,
        all_revisions=revisions == "all",
        replace=force,
    )
    done = run(opened(database), config)
    result = {
        "written": True,
        "path": str(done.path),
        "rows": done.rows,
        "format": done.format,
        "unblinded": done.unblinded,
    }
    show(result, _lines(done), as_json=as_json)


def _lines(done: Exported) -> list[str]:
    lines = [f"wrote {done.rows:,} rows to {done.path}"]
    if not done.unblinded:
        lines.append("systems appear by code until 'cbt study unblind'")
    return lines
