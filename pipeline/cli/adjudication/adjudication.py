"""`cbt study adjudicate` and `cbt study adjudication`: what leads decide."""

from typing import Any

import click

from pipeline.cli.command import Command, common_options, opened, show
from pipeline.cli.study.name import names, required, study_name
from pipeline.ground_truth import KINDS


def _kinds(ctx: click.Context, option: click.Parameter, text: str | None) -> Any:
    kinds = names(ctx, option, text)
    for kind in kinds or ():
        if kind not in KINDS:
            raise click.BadParameter(f"{kind} is none of {', '.join(KINDS)}")
    return kinds


@click.command(cls=Command)
@common_options
@study_name
@click.option("--leads", metavar="A,B", callback=names, help="Usernames; every lead by default.")
@click.option(
    "--on",
    metavar="KINDS",
    callback=_kinds,
    help=f"Which disagreements: {', '.join(KINDS)}; by default as the study's file says.",
)
@click.option(
    "--agreed",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    help="Share of items in agreement to mix in, such as 0.1.",
)
def adjudicate(
    name: str | None,
    leads: tuple[str, ...] | None,
    on: tuple[str, ...] | None,
    agreed: float | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Draw the cases of a closed distortion study that leads decide, and give them to the leads.

    Cases are all items whose votes differ in one of the kinds, and a share of those in agreement,
    mixed in unseen to see how consistent the leads are; of an imported ground truth, its items with
    several answers. Several leads share them in turn; nobody gets an item that they labelled. The
    cases are drawn once: a second call hands over to --leads what someone who is disabled, or no
    longer a lead, has left undecided.
    """
    from pipeline.cli.adjudication import texts
    from pipeline.study.adjudicating import HandedOver, Wanted, run

    wanted = Wanted(study=required(name), leads=leads, on=on, agreed=agreed)
    done = run(opened(database, write=True), wanted)
    lines = texts.handed_over(done) if isinstance(done, HandedOver) else texts.drawn(done)
    leads_of = [{"lead": lead, "cases": cases} for lead, cases in done.leads.items()]
    handed_over = done.cases if isinstance(done, HandedOver) else 0
    show({**vars(done), "leads": leads_of, "handed_over": handed_over}, lines, as_json=as_json)


@click.command(cls=Command)
@common_options
@study_name
def adjudication(name: str | None, database: str | None, as_json: bool) -> None:
    """Report how far leads are, what they decided, and how far labellers agreed before that.

    Reads the newest answers and decisions, and changes nothing. Agreement is of items with two
    votes or more, without repeats: on presence with “cannot tell” as an answer of its own, on sets
    of labels without it. Two answers are the same here if presence and labels are, whatever the
    primary label and the evidence. Leads and labellers appear under their pseudonyms.
    """
    from pipeline.adjudication import AdjudicationOf, run
    from pipeline.cli.adjudication import report

    wanted = AdjudicationOf(required(name))
    found = run(opened(database), wanted)
    show(report.as_json(found), report.lines(found), as_json=as_json)
