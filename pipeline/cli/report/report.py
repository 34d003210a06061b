"""`cbt report`: a study's tables, figures, methods and datasheet in one folder."""

from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.cli.command import Command, common_options, opened, say, show
from pipeline.report.study_report import ReportOf, ReportWritten, run

HOLDS = (
    ("report.html", "the whole report as one page for a browser; open this first"),
    ("report.docx", "the same for Word"),
    ("report.tex", "the same for XeLaTeX; tables/*.tex are its tables, to \\input elsewhere"),
    ("report.md", "the same as Markdown"),
    ("report.json", "everything unrounded; figures.csv: each figure and how to compute it again"),
    ("tables, pictures", "each table as CSV and LaTeX, each picture as SVG, PDF and PNG"),
    ("datasheet.md", "the datasheet, also as .tex and .json; answers.toml takes your answers"),
    ("manifest.json", "what is in the folder, with hashes, versions and seed"),
)


@click.command(cls=Command)
@common_options
@click.option("--study", required=True, metavar="NAME", help="The study.")
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder to write; it may not be there yet, unless it is empty.",
)
@click.option(
    "--replace", is_flag=True, help="Replace a report that is there, if nobody changed its files."
)
@click.option(
    "--answers",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Your answers for the datasheet, as in an earlier report's answers.toml.",
)
@click.option(
    "--no-texts", is_flag=True, help="Show no question and no answer, as a data licence may ask."
)
def report(
    *,
    study: str,
    out: Path,
    replace: bool,
    answers: Path | None,
    no_texts: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Write every table and figure of a study into one folder, with methods and a datasheet.

    Reads the newest judgements, and writes the folder as a whole or not at all; the export is
    logged. Each figure has an id that leads to the command and the rows it was computed from.
    The same store gives the same bytes. Systems appear by code until 'cbt study unblind'.
    """
    config = ReportOf(study=study, out=out, answers=answers, texts=not no_texts, replace=replace)
    done = run(opened(database), config, tell=say)
    result = {
        "written": [str(path) for path in done.paths],
        "figures": done.figures,
        "datasheet": {"questions": done.questions, "blanks": done.blanks},
        "status": done.status,
        "unblinded": done.unblinded,
    }
    show(result, _lines(out, done), as_json=as_json)


def _lines(out: Path, done: ReportWritten) -> Iterator[str]:
    yield f"wrote {len(done.paths):,} files with {done.figures:,} figures to {out}"
    yield from (f"  {name:<17} {about}" for name, about in HOLDS)
    if done.blanks:
        yield (
            f"{done.blanks:,} of {done.questions:,} questions of the datasheet are blank:"
            f" fill in {out / 'answers.toml'}, and give it with --answers"
        )
    if done.status == "open":
        yield "the study is still open: these figures are preliminary"
    if not done.unblinded:
        yield "until 'cbt study unblind', systems are shown by code"
    yield "for research only: the answers are by models, not by professionals"
