"""`cbt import`: take in questions, answers and ratings from files."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.command import ROWS_SHOWN, Group, common_options, finish, opened, say, show

if TYPE_CHECKING:
    from pipeline.importing.outcome import Caution, Counts
    from pipeline.importing.questions import QuestionsImported

ROWS_NAMED = 5
IDENTIFYING = {
    "email": "e-mail address",
    "id_number": "ID number",
    "mobile": "mobile phone number",
    "landline": "landline number",
    "wechat": "WeChat name",
    "qq": "QQ number",
}
UNBLINDING = {"names_system": "model or maker named, or words such as 'as an AI'"}
MISMATCHED = {"other_question": "question that reads otherwise in the store"}
MEANINGS = {
    "could identify a person": IDENTIFYING,
    "could tell raters the system": UNBLINDING,
    "may answer another question": MISMATCHED,
}


class Imports(Group):
    """The group, whose command for ratings is loaded when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), "ratings"]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name != "ratings":
            return super().get_command(ctx, name)
        from pipeline.cli.import_ratings import ratings

        return ratings


@click.group(cls=Imports)
def import_() -> None:
    """Import questions, answers or ratings from JSON, JSONL, CSV, TSV or XLSX files.

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
@skip_bad_option
@check_option
@common_options
def questions(
    file: Path,
    source: str | None,
    skip_bad: bool,
    check: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Import help-seekers' questions from FILE, with the answers that people gave.

    Reads PsyQA's JSON and the same fields in a table: question, and if there are any description,
    keywords, tags, answers, and questionID, question_id, id or idx. The answers of a source become
    responses of one system, SOURCE-people. A question without an id is named after its text.

    Adds what the store lacks. An id that is known with another text is a bad row. Warns of what
    could identify a person, and of answers that name a model. With bad rows skipped, ends with
    exit code 3.
    """
    from pipeline.importing.questions import QuestionsImport, run

    done = run(opened(database, make=True), QuestionsImport(file, source, skip_bad, check))
    result = {
        **_count_block(done.counts),
        "stored": not check,
        "source": done.source,
        "system": done.system,
        "responses_added": done.responses_added,
        "same_text": [
            {"row": same.row, "question_id": same.question_id, "same_as": same.same_as._asdict()}
            for same in done.same_text
        ],
        **_remarks(done.warnings, done.ignored),
    }
    _warn(done.warnings, done.ignored)
    show(result, [*_question_lines(done), *_checked(check)], as_json=as_json)
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
        **_count_block(done.counts),
        "stored": not check,
        "system": done.system,
        "completed": done.completed,
        "detections_added": done.detections_added,
        **_remarks(done.warnings, done.ignored),
    }
    _warn(done.warnings, done.ignored)
    nothing = not (done.counts.added or done.completed)
    lines = [*_count_lines(done.counts, "answers", nothing=nothing)]
    if done.completed:
        lines.append(f"known answers that were given parts or detections: {done.completed:,}")
    if done.detections_added:
        lines.append(f"detections: added {done.detections_added:,}")
    show(result, [*lines, *_checked(check)], as_json=as_json)
    finish(some_failed=bool(done.counts.rejected))


def _checked(check: bool) -> list[str]:
    return ["only checked: nothing was stored"] if check else []


def _count_block(counts: "Counts") -> dict[str, Any]:
    rejected = [{"row": bad.row, "code": bad.code, "why": bad.why} for bad in counts.rejected]
    return {
        "read": counts.read,
        "added": counts.added,
        "known": counts.known,
        "rejected": rejected,
    }


def _remarks(warnings: "Sequence[Caution]", ignored: Sequence[str]) -> dict[str, Any]:
    return {"warnings": [each._asdict() for each in warnings], "ignored": list(ignored)}


def _question_lines(done: "QuestionsImported") -> Iterator[str]:
    nothing = not (done.counts.added or done.responses_added)
    yield from _count_lines(done.counts, f"questions of {done.source}", nothing=nothing)
    if done.responses_added:
        yield f"answers of {done.system}: added {done.responses_added:,}"
    if done.same_text:
        rows = _rows([same.row for same in done.same_text])
        yield f"stored, though another question reads the same: {len(done.same_text):,} ({rows})"


def _count_lines(counts: "Counts", what: str, *, nothing: bool) -> Iterator[str]:
    done = f"read {counts.read:,}, added {counts.added:,}, already known {counts.known:,}"
    yield f"{what}: {done}{' (nothing to add)' if nothing else ''}"
    if counts.rejected:
        yield f"rejected {len(counts.rejected):,}:"
    for bad in counts.rejected[:ROWS_SHOWN]:
        yield f"  row {bad.row}: {bad.why}"
    if len(counts.rejected) > ROWS_SHOWN:
        yield f"  … and {len(counts.rejected) - ROWS_SHOWN:,} more rows (--json lists them all)"


def _warn(warnings: "Sequence[Caution]", ignored: Sequence[str]) -> None:
    if ignored:
        say(f"fields not read: {', '.join(ignored)}")
    rows: dict[str, list[int]] = defaultdict(list)
    for each in warnings:
        rows[each.kind].append(each.row)
    for meaning, kinds in MEANINGS.items():
        for kind, name in kinds.items():
            if rows[kind]:
                say(f"warning: {meaning}: {len(rows[kind]):,} × {name} ({_rows(rows[kind])})")


def _rows(numbers: Sequence[int]) -> str:
    named = list(dict.fromkeys(numbers))
    shown = ", ".join(map(str, named[:ROWS_NAMED]))
    return f"row{'s' if len(named) > 1 else ''} {shown}{', …' if len(named) > ROWS_NAMED else ''}"
