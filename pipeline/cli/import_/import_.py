"""`cbt import`: take in questions, answers, ratings and gold from files."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.command import Group, common_options, finish, opened, say, show
from pipeline.cli.import_.texts import (
    checked,
    count_block,
    count_lines,
    licence_lines,
    named_rows,
    remarks,
    warn,
)

if TYPE_CHECKING:
    from pipeline.importing.questions import QuestionsImported


LATER = {
    "ratings": "pipeline.cli.import_.ratings:ratings",
    "gold": "pipeline.cli.import_.gold:gold",
}


@click.group(cls=Group, later=LATER)
def import_() -> None:
    """Import questions, answers, ratings or gold from JSON, JSONL, CSV, TSV or XLSX files.

    Text may be UTF-8, UTF-16 or GB18030. A second import of the same file adds nothing.
    """


skip_bad_option = click.option(
    "--skip-bad", is_flag=True, help="Import the good rows; else one bad row rejects the file."
)
check_option = click.option(
    "--check", is_flag=True, help="Read and report all of it, and store nothing."
)


@import_.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--source",
    metavar="NAME",
    help="Where they are from [default: the file's name without its ending].",
)
@click.option(
    "--licence",
    metavar="TEXT",
    help="The terms they come under; 'psyqa' is known, also by its shape and its file's name.",
)
@click.option(
    "--danger-rules/--no-danger-rules",
    default=True,
    help="Tag new questions of people in danger ('cbt danger rules' shows how) [default: do].",
)
@skip_bad_option
@check_option
@common_options
def questions(
    *,
    file: Path,
    source: str | None,
    licence: str | None,
    danger_rules: bool,
    skip_bad: bool,
    check: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Import help-seekers' questions from FILE, with the answers that people gave.

    Reads PsyQA's JSON and the same fields in a table: question, and if there are any description,
    keywords, tags, answers, and questionID, question_id, id or idx. The answers of a source become
    responses of one system, SOURCE-people. A question without an id is named after its text.

    Adds what the store lacks. An id that is known with another text is a bad row. Empty answers,
    and an answer that a question has already, are left out and counted. Tags new questions of
    people in danger by rules; a tag "danger" or "no_danger" of the file counts more. Warns of what
    could identify a person, and of answers that name a model. With bad rows skipped, ends with
    exit code 3.
    """
    from pipeline.importing.questions import QuestionsImport, run

    wanted = QuestionsImport(file, source, skip_bad, check, licence, danger_rules)
    done = run(opened(database, make=True), wanted)
    result = {
        **count_block(done.counts),
        "stored": not check,
        "source": done.source,
        "licence": done.licence,
        "system": done.system,
        "responses_added": done.responses_added,
        "answers_empty": done.answers_empty,
        "answers_repeated": done.answers_repeated,
        "danger": done.danger,
        "same_text": [
            {"row": same.row, "question_id": same.question_id, "same_as": same.same_as._asdict()}
            for same in done.same_text
        ],
        **remarks(done.warnings, done.ignored),
    }
    warn(done.warnings, done.ignored)
    for line in licence_lines(done.licence, recalled=licence is None):
        say(line)
    show(result, [*_question_lines(done), *checked(check)], as_json=as_json)
    finish(some_failed=bool(done.counts.rejected))


@import_.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--system", required=True, metavar="NAME", help="Who gave the answers.")
@click.option("--source", metavar="NAME", help="The questions' source, where ids are not unique.")
@skip_bad_option
@check_option
@common_options
def responses(
    *,
    file: Path,
    system: str,
    source: str | None,
    skip_bad: bool,
    check: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Import the answers of one system from FILE.

    Reads question_id or question (the exact text), and response, answer or output. If there are
    any, it reads sample (0, 1, … for several answers to a question), parts ({part: text}, or spans
    of part, start and end) and detections (labels, or presence and labels).

    Adds what the store lacks: answers, and parts and detections of answers that it has. Another
    answer than before is a bad row. Warns of what could identify a person, and of answers that
    name a model. With bad rows skipped, ends with exit code 3.
    """
    from pipeline.importing.responses import ResponsesImport, run

    done = run(opened(database, make=True), ResponsesImport(file, system, source, skip_bad, check))
    result = {
        **count_block(done.counts),
        "stored": not check,
        "system": done.system,
        "completed": done.completed,
        "detections_added": done.detections_added,
        **remarks(done.warnings, done.ignored),
    }
    warn(done.warnings, done.ignored)
    nothing = not (done.counts.added or done.completed)
    lines = [*count_lines(done.counts, "answers", nothing=nothing)]
    if done.completed:
        lines.append(f"known answers that were given parts or detections: {done.completed:,}")
    if done.detections_added:
        lines.append(f"detections: added {done.detections_added:,}")
    show(result, [*lines, *checked(check)], as_json=as_json)
    finish(some_failed=bool(done.counts.rejected))


def _question_lines(done: "QuestionsImported") -> Iterator[str]:
    nothing = not (done.counts.added or done.responses_added)
    yield from count_lines(done.counts, f"questions of {done.source}", nothing=nothing)
    if done.responses_added:
        yield f"answers of {done.system}: added {done.responses_added:,}"
    if done.answers_empty or done.answers_repeated:
        left_out = {"empty": done.answers_empty, "the same twice": done.answers_repeated}
        said = ", ".join(f"{count:,} {why}" for why, count in left_out.items() if count)
        yield f"answers left out: {said}"
    if done.danger:
        yield f"tagged as in danger by the rules: {done.danger:,} ('cbt danger list' shows them)"
    if done.same_text:
        rows = named_rows([same.row for same in done.same_text])
        yield f"stored, though another question reads the same: {len(done.same_text):,} ({rows})"
