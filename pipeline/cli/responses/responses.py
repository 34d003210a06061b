"""`cbt responses`: list answers, set some aside, keep others."""

from collections.abc import Iterator
from typing import Any, get_args

import click

from db.columns import ResponseStatus
from db.response_status import Answer, InStudy
from db.selections import Selection
from pipeline.cli.columns import aligned
from pipeline.cli.command import Group, common_options, opened, show
from pipeline.cli.first_words import first_words
from pipeline.cli.named_questions import named_questions
from pipeline.cli.selection import selection_options
from pipeline.setting_aside import Listed, Listing, Set, Setting, listed, run

SHOWN = 20
SAID = {"kept": "kept", "set_aside": "set aside", "refused": "refused"}
system_option = click.option("--system", required=True, metavar="NAME", help="Whose answers.")
sample_option = click.option(
    "--sample",
    metavar="N",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Which of several answers to a question.",
)


@click.group(cls=Group)
def responses() -> None:
    """List answers, set some aside, keep others.

    An answer that is set aside stays in the store with its text. Commands over responses, new
    studies and datasets leave it out.
    """


@responses.command("list")
@click.option("--system", "systems", metavar="NAME", multiple=True, help="Of this system only.")
@click.option(
    "--status",
    "statuses",
    type=click.Choice(get_args(ResponseStatus)),
    multiple=True,
    help="Of this status only.",
)
@click.option("--code", metavar="CODE", help="Only those whose reason begins with CODE.")
@selection_options
@common_options
def list_responses(
    *,
    systems: tuple[str, ...],
    statuses: tuple[ResponseStatus, ...],
    code: str | None,
    selection: Selection,
    database: str | None,
    as_json: bool,
) -> None:
    """List answers with their status and its reason. Reads the store; --json gives whole texts."""
    wanted = Listing(systems, statuses, code, selection)
    found = listed(opened(database), wanted)
    result = {
        "counts": {status: found.counts.get(status, 0) for status in get_args(ResponseStatus)},
        "reasons": {status: dict(codes) for status, codes in found.reasons.items()},
        "responses": [_object(each) for each in found.answers],
    }
    show(result, _listed_lines(found, selection.limit), as_json=as_json)


@responses.command("set-aside")
@system_option
@named_questions
@sample_option
@click.option(
    "--reason",
    required=True,
    metavar="TEXT",
    help="Why; a first word with a colon, such as harmful:, is counted as its code.",
)
@common_options
def set_aside(**options: Any) -> None:
    """Set answers aside: they stay stored, and are used for nothing until they are kept.

    Studies that show them go on as they are, and nothing that raters gave is lost. A file of ids
    sets several aside at once; if one of them is not there, nothing is changed. It is logged.

    Example: cbt responses set-aside --system gpt --question 4394 --reason "harmful: gives a dose"
    """
    _set("set_aside", **options)


@responses.command()
@system_option
@named_questions
@sample_option
@click.option("--reason", metavar="TEXT", help="Why, if anyone should know.")
@common_options
def keep(**options: Any) -> None:
    """Keep answers that were set aside, by a person or by the gate. It is logged."""
    _set("kept", **options)


def _set(
    status: ResponseStatus,
    *,
    system: str,
    questions: tuple[str, ...],
    source: str | None,
    sample: int,
    reason: str | None,
    database: str | None,
    as_json: bool,
) -> None:
    wanted = Setting(system, questions, status, reason, source, sample)
    done = run(opened(database, write=True), wanted)
    result = {
        "system": system,
        "status": status,
        "changed": done.changed,
        "known": done.known,
        "studies": [each._asdict() for each in done.studies],
    }
    show(result, _set_lines(wanted, done), as_json=as_json)


def _object(answer: Answer) -> dict[str, Any]:
    return {
        "system": answer.system,
        "source": answer.source,
        "question_id": answer.external_id,
        "sample": answer.sample,
        "status": answer.status,
        "reason": answer.reason,
        "question": answer.question,
        "response": answer.text,
    }


def _listed_lines(found: Listed, limit: int | None) -> Iterator[str]:
    total = sum(found.counts.values())
    counts = [f"{SAID[status]} {n:,}" for status, n in found.counts.items()]
    yield f"answers: {total:,}" + (f" ({', '.join(counts)})" if counts else "")
    for status, codes in found.reasons.items():
        yield f"{SAID[status]} for: {', '.join(f'{code} {n:,}' for code, n in codes.items())}"
    shown = found.answers[: limit or SHOWN]
    if shown:
        yield ""
        rows = [["system", "source", "question", "status", "reason", "answer"]]
        yield from aligned([*rows, *map(_row, shown)], left=6)
    if len(shown) < len(found.answers):
        left = len(found.answers) - len(shown)
        yield f"… and {left:,} more (--limit N shows N, --json all)"


def _row(answer: Answer) -> list[str]:
    sample = f" ({answer.sample})" if answer.sample else ""
    return [
        answer.system,
        answer.source,
        f"{answer.external_id}{sample}",
        SAID[answer.status],
        first_words(answer.reason or "-"),
        first_words(answer.text or "-"),
    ]


def _set_lines(wanted: Setting, done: Set) -> Iterator[str]:
    nothing = "" if done.changed else " (nothing to change)"
    known = f", {SAID[wanted.status]} before {done.known:,}" if done.known else ""
    yield f"answers of {wanted.system} {SAID[wanted.status]}: {done.changed:,}{known}{nothing}"
    if wanted.status == "set_aside":
        yield from map(_study_line, done.studies)


def _study_line(study: InStudy) -> str:
    shows = "shows" if study.status == "open" else "will show, once it is open,"
    return (
        f"the {study.status} study {study.study} {shows} {study.answers:,} of them all the same:"
        " what raters give counts; make a new study to be without them"
    )
