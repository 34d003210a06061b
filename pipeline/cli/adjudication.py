"""`cbt study adjudicate` and `cbt study adjudication`: what leads decide."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from pipeline.cli.command import Command, common_options, opened, show
from pipeline.cli.study_name import names, required, study_name
from pipeline.ground_truth import KINDS
from pipeline.study.adjudicating import Drawn, HandedOver, Wanted, run

KIND_NAMES = {
    "presence": "presence",
    "labels": "labels",
    "primary": "the primary label",
    "cannot_tell": "“cannot tell”",
    "conflicting": "answers of the ground truth",
}
LEFT_OUT = {
    "one_vote": "with one vote only",
    "no_vote": "without a vote",
    "other_kind": "that differ in another way",
}


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
    wanted = Wanted(study=required(name), leads=leads, on=on, agreed=agreed)
    done = run(opened(database, write=True), wanted)
    lines = _handed_over(done) if isinstance(done, HandedOver) else _drawn(done)
    show(_as_object(done), lines, as_json=as_json)


def _as_object(done: Drawn | HandedOver) -> dict[str, Any]:
    leads = [{"lead": lead, "cases": cases} for lead, cases in done.leads.items()]
    handed_over = done.cases if isinstance(done, HandedOver) else 0
    return {**vars(done), "leads": leads, "handed_over": handed_over}


def _handed_over(done: HandedOver) -> Iterator[str]:
    yield f"handed over {_cases(done.cases)} of study {done.study}: {_each(done.leads)}"


def _drawn(done: Drawn) -> Iterator[str]:
    kinds = ", ".join(f"{KIND_NAMES[kind]} {n:,}" for kind, n in done.kinds.items() if n)
    differing = done.cases - done.agreed
    yield f"drew {_cases(done.cases)} of study {done.study}: {_each(done.leads)}"
    yield f"in disagreement {differing:,}{f' ({kinds})' if kinds else ''}"
    yield f"in agreement, mixed in {done.agreed:,} of {done.of_agreed:,}"
    for code, n in done.left_out.items():
        if n:
            yield f"left out {n:,} item{'s' if n > 1 else ''} {LEFT_OUT[code]}"
    yield f"next: leads decide on the page “Adjudicate”; cbt study adjudication {done.study}"


def _cases(n: int) -> str:
    return f"{n:,} case{'s' if n != 1 else ''}"


def _each(leads: Mapping[str, int]) -> str:
    return ", ".join(f"{lead} {n:,}" for lead, n in leads.items())
