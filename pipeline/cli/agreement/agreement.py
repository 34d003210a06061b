"""`cbt agreement`: how far raters agree, with each other and with themselves."""

from pathlib import Path

import click

from pipeline.agreement.measuring import WEIGHTS, AgreementOf, run
from pipeline.cli import pictures
from pipeline.cli.agreement import texts
from pipeline.cli.agreement.objects import as_object
from pipeline.cli.agreement.picture import draw
from pipeline.cli.command import Command, common_options, opened, show
from pipeline.figures import check_ending


@click.command(cls=Command)
@common_options
@click.option("--study", required=True, metavar="NAME", help="The study.")
@click.option("--group", metavar="GROUP", help="Only raters of this group, for example therapist.")
@click.option("--criterion", metavar="NAME", help="Only this criterion.")
@click.option(
    "--weights",
    type=click.Choice(WEIGHTS),
    help="How far two levels count as the same, for what is weighted [default: quadratic].",
)
@click.option(
    "--against",
    metavar="NAME",
    help="Another group or criterion, or study:NAME, to take the difference from.",
)
@click.option(
    "--picture",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Also draw the figures, as .svg, .png or .pdf.",
)
@click.option("--latex", "as_latex", is_flag=True, help="Print the table for LaTeX.")
@click.option(
    "--pairs",
    "most_pairs",
    metavar="N",
    type=click.IntRange(min=0),
    help="With --json, list at most so many pairs of raters [default: all].",
)
def agreement(
    *,
    study: str,
    group: str | None,
    criterion: str | None,
    weights: str | None,
    against: str | None,
    picture: Path | None,
    as_latex: bool,
    most_pairs: int | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Show how far the raters of a study agree, on each criterion.

    Reads the newest judgement of every assignment, and changes nothing. Raters are paired by the
    item that they scored, under any overlap; a gap of the design is none of what is missing.
    Calibration items are left out, and hidden repeats tell how far raters agree with themselves.
    In a distortion study the criterion is presence, and sets of labels are compared as well.

    Every coefficient stands with its interval (bootstrap over items, or over questions where
    several items are about one; raters held fixed, as the study's analysis plan says), the items
    that it rests on, and its metric or weights; what is undefined says why. --against takes
    differences: of --group and another group or of --criterion and another, over the same items,
    or of this and another study. docs/statistics.md says which coefficient answers which question.
    """
    if picture:
        check_ending(picture)
    found = run(opened(database), AgreementOf(study, group, criterion, weights, against))
    if picture:
        pictures.write(picture, lambda path: draw(path, found))
    latex = "\n".join(texts.latex_table(found)) if as_latex else None
    result = as_object(found, most_pairs=most_pairs) | ({"latex": latex} if latex else {})
    show(result, [latex] if latex else texts.lines(found), as_json=as_json)
