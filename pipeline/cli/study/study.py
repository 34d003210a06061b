"""`cbt study`: create a study, give it raters, open, watch, close and unblind it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from pipeline.cli.command import Group, common_options, opened, say, show
from pipeline.cli.study import texts
from pipeline.cli.study.name import names, required, study_name
from pipeline.study import assigning, lifecycle, status
from pipeline.study import create as creating
from pipeline.study.studyfile import KINDS, LARGEST_SEED, SHIPPED, Plan, read

LATER = {
    "adjudicate": "pipeline.cli.adjudication.adjudication:adjudicate",
    "adjudication": "pipeline.cli.adjudication.adjudication:adjudication",
}


@click.group(cls=Group, later=LATER)
def study() -> None:
    """Create, open, close, watch and adjudicate studies."""


@study.command()
@common_options
@click.option("--name", metavar="N", help="The new study's name.")
@click.option("--file", metavar="F", type=click.Path(path_type=Path), help="A study file.")
@click.option(
    "--print-file",
    is_flag=True,
    help="Print the shipped study file of --kind, to start your own from, and end.",
)
@click.option("--kind", type=click.Choice(KINDS), help="What is judged; rating by default.")
@click.option("--systems", metavar="A,B", callback=names, help="Whose answers are judged.")
@click.option(
    "--sample",
    metavar="N",
    type=click.IntRange(1),
    help="Questions to draw; all by default, or 500 to label.",
)
@click.option(
    "--seed",
    metavar="S",
    type=click.IntRange(0, LARGEST_SEED),
    help="Replays the draw; drawn if not given.",
)
@click.option("--source", metavar="NAME", help="Draw from this source of questions only.")
@click.option("--split", metavar="NAME", help="Draw from a split's --subset only.")
@click.option("--subset", metavar="NAME", help="For example test.")
@click.option(
    "--ids", metavar="FILE", type=click.Path(path_type=Path), help="Draw from these question ids."
)
@click.option("--raters", metavar="A,B", callback=names, help="Usernames; every rater by default.")
@click.option(
    "--per-item",
    metavar="K",
    type=click.IntRange(1),
    help="Raters for each question; all by default, or two to label.",
)
@click.option(
    "--repeats",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    help="Share of items shown twice, such as 0.05; none by default.",
)
@click.option(
    "--answer-gap",
    metavar="N",
    type=click.IntRange(1),
    help="Places between answers to one question; 10 by default.",
)
@click.option(
    "--repeat-distance",
    metavar="N",
    type=click.IntRange(1),
    help="Places between an item and its repeat; 20 by default.",
)
def create(
    file: Path | None, print_file: bool, database: str | None, as_json: bool, **options: Any
) -> None:
    """Draw questions, make the items and give them to raters; the study begins as a draft.

    Reads questions, responses and raters from the store and, with --file, a study file: criteria,
    guidelines, analysis plan, and any of these options, which count more than the file. Without a
    file, the shipped one with relevance, structure and helpfulness holds (--print-file shows it).

    With --kind distortion, raters label the cognitive distortions that a text shows: the questions
    without --systems, else what the answers of one system point out. It takes 500 questions where
    there are as many, gives each to two raters, and keeps the codebook's version of now; its study
    file says what goes to a lead afterwards.

    A question is drawn only if each system has a kept answer with text to it; of questions with
    the same text only one. All answers to a question go to the same raters. Each rater has an
    order of their own, in which answers to one question, and a repeat and its original, are apart;
    a small study may leave less room than wanted, which is then said. The seed replays all of it
    for the same codes of systems; these are drawn in secret, so that no seed tells them.
    """
    if print_file:
        click.echo(SHIPPED[options["kind"] or "rating"].read_text("utf-8"), nl=False)
        return
    plan = _plan(file, options)
    made = creating.run(opened(database, write=True), plan)
    notes = texts.notes(made)
    result = {
        "study": made.study,
        "kind": made.kind,
        "status": "draft",
        "seed": made.seed,
        "label_set": texts.label_set(made.labels),
        "items": made.balance.items,
        "raters": made.balance.raters,
        "assignments": made.balance.assignments,
        "frame": {
            "questions": made.frame,
            "unanswered": made.unanswered,
            "same_text": made.same_text,
        },
        "design": made.balance.as_json(),
        "warnings": notes,
    }
    for note in notes:
        say(f"note: {note}")
    show(result, texts.created(made), as_json=as_json)


def _plan(file: Path | None, options: dict[str, Any]) -> Plan:
    plan = read(file) if file else Plan()
    given = {name: value for name, value in options.items() if value is not None}
    limits = {key: given.pop(key) for key in ("source", "split", "subset", "ids") if key in given}
    plan = replace(plan, frame=replace(plan.frame, **limits), **given)
    if plan.name is None:
        raise click.UsageError("a study needs a name: --name N, or name in the study file")
    if plan.kind == "rating" and not plan.systems:
        raise click.UsageError("a rating study needs --systems A,B, or systems in the study file")
    if (plan.frame.split is None) != (plan.frame.subset is None):
        raise click.UsageError("--split and --subset go together, for example --subset test")
    return plan


@study.command()
@common_options
@study_name
@click.option("--raters", metavar="A,B", callback=names, help="Usernames; every rater by default.")
@click.option("--per-item", metavar="K", type=click.IntRange(1), help="Raters for each question.")
def assign(
    name: str | None,
    raters: tuple[str, ...] | None,
    per_item: int | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Give a draft to other raters, or add late raters to an open study.

    A draft's assignments are drawn anew for exactly these raters. An open study in which every
    rater judges every item takes further raters, each with an order of their own; those who are in
    it keep theirs.
    """
    name = required(name)
    done = assigning.run(
        opened(database, write=True), name=name, usernames=raters, per_item=per_item
    )
    notes = list(texts.of_pairs(done.balance))
    result = {
        "study": done.study,
        "items": done.balance.items,
        "raters": done.balance.raters,
        "assignments": done.balance.assignments,
        "added": done.added,
        "design": done.balance.as_json(),
        "warnings": notes,
    }
    for note in notes:
        say(f"note: {note}")
    lines = [f"gave the items of {name} to {', '.join(done.added) or 'nobody'}"]
    show(result, [*lines, *texts.balance(done.balance)], as_json=as_json)


@study.command("open")
@common_options
@study_name
def open_(name: str | None, database: str | None, as_json: bool) -> None:
    """Let the raters begin; what the study asks and how it will be analysed stays from here on.

    Warns of answers that name a model, its maker or a system of the study: such an answer tells
    raters where it comes from. The warning names the question, and neither the item nor a system
    of the study, as it must not tell researchers either.
    """
    name = required(name)
    done = lifecycle.open_study(opened(database, write=True), name=name)
    for line in texts.leaks(done.leaks):
        say(line)
    result = {
        "study": name,
        "status": "open",
        "opened_at": done.opened_at.isoformat(),
        "items": done.counts.items,
        "raters": done.counts.raters,
        "assignments": done.counts.assigned,
        "warnings": [{"question_id": leak.question, "found": leak.found} for leak in done.leaks],
    }
    show(result, [texts.opened(done)], as_json=as_json)


@study.command()
@common_options
@study_name
def close(name: str | None, database: str | None, as_json: bool) -> None:
    """End an open study; its judgements can be read and exported, no longer changed.

    A closed study is not opened again, whatever its raters have left unanswered.
    """
    name = required(name)
    done = lifecycle.close_study(opened(database, write=True), name=name)
    counts = done.counts
    result = {
        "study": name,
        "status": "closed",
        "closed_at": done.closed_at.isoformat(),
        "answered": counts.answered,
        "assigned": counts.assigned,
    }
    line = f"{name} is closed: {counts.answered:,} of {counts.assigned:,} assignments are answered"
    step = "adjudicate" if done.kind == "distortion" else "unblind"
    show(result, [line, f"next: cbt study {step} {name}"], as_json=as_json)


@study.command()
@common_options
@study_name
def unblind(name: str | None, database: str | None, as_json: bool) -> None:
    """Let results and exports of a closed study name its systems. Recorded, and not undone."""
    name = required(name)
    done = lifecycle.unblind_study(opened(database, write=True), name=name)
    result = {
        "study": name,
        "unblinded": True,
        "unblinded_at": done.unblinded_at.isoformat(),
        "systems": done.systems,
    }
    lines = [f"{code}  {system}" for code, system in done.systems.items()]
    show(result, [f"{name} is unblinded", *lines], as_json=as_json)


@study.command("status")
@common_options
@study_name
def status_(name: str | None, database: str | None, as_json: bool) -> None:
    """Show how far a study and each of its raters is; without NAME, all studies in brief.

    Raters appear under their pseudonyms, systems under their codes until unblinding.
    """
    store = opened(database)
    if name is not None:
        one = status.of_one(store, name=name)
        result = {**texts.status_json(one), "design": one.study.design}
        show(result, texts.status(one), as_json=as_json)
        return
    found = status.of_all(store)
    everything = {"studies": [texts.status_json(one) for one in found]}
    show(everything, texts.status_of_all(found), as_json=as_json)
