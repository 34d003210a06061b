"""`cbt export gold`: write the ground truth of a distortion study for others."""

from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.cli.command import Command, common_options, opened, show
from pipeline.cli.export.file import file_options, show_formats
from pipeline.exporting.gold import GoldExport, GoldExported, run

HOW = {
    "adjudicated": "decided by a lead",
    "agreed": "all labellers agree",
    "gold": "from an outside gold",
    "undecided": "labellers differ, not decided yet",
    "conflicting": "an outside gold has several answers, not decided yet",
    "one_vote": "one vote only",
    "no_vote": "no vote yet",
}


@click.command(cls=Command)
@common_options
@click.option("--study", metavar="NAME", help="The distortion study.  [required]")
@file_options
@click.option(
    "--texts",
    is_flag=True,
    help="Write question, description and answer too; most data licences forbid to pass them on.",
)
def gold(
    *,
    study: str | None,
    out: Path | None,
    format_: str | None,
    texts: bool,
    force: bool,
    list_formats: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Write the ground truth of a distortion study, with all votes and decisions behind it.

    Reads the store; writes FILE as a whole or not at all, and logs the export. A row is one item:
    the gold (labels joined by |, none, cannot_tell, or empty where nothing is settled) and how it
    came about; every labeller's vote with its evidence; the lead's own answer, decision and
    reason; the shares of the votes; and labels whose definition has changed since. JSONL holds
    votes as a list and evidence as spans. Evidence is counted in characters of the stored text.

    Labellers and leads appear by pseudonym, systems by code until 'cbt study unblind'. Texts are
    left out unless with --texts. 'cbt import gold' reads the file. In CSV and XLSX, an apostrophe
    stands before a text that a spreadsheet would run as a formula.
    """
    if list_formats:
        show_formats(as_json=as_json)
        return
    if study is None or out is None:
        raise click.UsageError("give both --study NAME and --out FILE")
    config = GoldExport(study=study, path=out, format=format_, texts=texts, replace=force)
    done = run(opened(database), config)
    result = {
        "written": True,
        "path": str(done.path),
        "rows": done.rows,
        "how": done.how,
        "format": done.format,
        "texts": texts,
        "unblinded": done.unblinded,
    }
    show(result, _lines(done), as_json=as_json)


def _lines(done: GoldExported) -> Iterator[str]:
    yield f"wrote {done.rows:,} items to {done.path}"
    for how, count in done.how.items():
        yield f"  {count:,} {HOW[how]}"
    if done.by_code:
        yield "the system appears by code until 'cbt study unblind'"
