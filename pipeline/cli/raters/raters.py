"""`cbt raters`: how each rater of a study scores, described and not judged."""

from pathlib import Path

import click

from pipeline.cli import pictures
from pipeline.cli.command import Command, common_options, opened, show
from pipeline.cli.raters import own_texts, texts
from pipeline.cli.raters.objects import as_object
from pipeline.cli.raters.picture import draw
from pipeline.figures import check_ending
from pipeline.raters import RatersOf, own, run


@click.command(cls=Command)
@common_options
@click.option("--study", required=True, metavar="NAME", help="The rating study.")
@click.option("--criterion", metavar="NAME", help="Only this criterion.")
@click.option("--rater", metavar="PSEUDONYM", help="Only this rater, beside all others.")
@click.option("--group", metavar="GROUP", help="Only raters of this group, beside each other.")
@click.option(
    "--model", is_flag=True, help="Also fit the mixed model of each criterion (takes seconds)."
)
@click.option(
    "--consensus", is_flag=True, help="Also show what the raters' answers together suggest."
)
@click.option(
    "--picture",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Also draw the raters' severity and drift, as .svg, .png or .pdf.",
)
@click.option("--latex", "as_latex", is_flag=True, help="Print the tables for LaTeX.")
@click.option(
    "--own", "whose", metavar="PSEUDONYM", help="Only what this rater may see of the own ratings."
)
def raters(
    *,
    study: str,
    criterion: str | None,
    rater: str | None,
    group: str | None,
    model: bool,
    consensus: bool,
    picture: Path | None,
    as_latex: bool,
    whose: str | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Show how each rater scores: severity, spread, drift, halo, pace, and agreement.

    Reads the newest judgement of every assignment, the order and the seconds where they are known,
    and the answers' texts for how long reading takes. Changes nothing. Repeats are used for the
    agreement of raters with themselves only; calibration items are left out.

    Severity is the mean of a rater's scores less the mean of the others' on the same answers, with
    bootstrap intervals over questions. All is described and nobody is tested; with --model one
    test says whether the raters differ at all. Who rates in the study should not see this before
    its end; what --own shows holds no other rater's scores, and nothing to compare with until then.
    """
    if whose:
        if any((criterion, rater, group, model, consensus, picture, as_latex)):
            raise click.UsageError("--own goes with --study alone")
        of_one = own(opened(database), study=study, rater=whose)
        show(own_texts.as_object(of_one), own_texts.lines(of_one), as_json=as_json)
        return
    if picture:
        check_ending(picture)
    found = run(opened(database), RatersOf(study, criterion, group, rater, model))
    if picture:
        pictures.write(picture, lambda path: draw(path, found))
    latex = "\n".join(texts.latex_tables(found)) if as_latex else None
    result = as_object(found, consensus=consensus) | ({"latex": latex} if latex else {})
    lines = [latex] if latex else texts.lines(found, consensus=consensus)
    show(result, lines, as_json=as_json)
