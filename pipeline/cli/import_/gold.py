"""`cbt import gold`: take in the answers of an outside ground truth."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from pipeline.cli.command import Command, common_options, finish, opened, show
from pipeline.cli.import_.import_ import check_option, skip_bad_option
from pipeline.cli.import_.texts import (
    checked,
    count_block,
    count_lines,
    named_rows,
    remarks,
    warn,
)
from pipeline.importing.gold import GoldImport, run
from pipeline.importing.gold_outcome import GoldImported

SHAPES = {
    "0/1": "a column of 0 and 1",
    "labels": "labels joined by |",
    "matrix": "a column of 0 and 1 for each label",
    "headerless": "lines of a text, a tab, and 0 or 1, without a header",
}
PRESENCES = {"yes": "present", "no": "none present", "cannot_tell": "cannot tell"}
CONFLICTS_SHOWN = 20


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--study",
    required=True,
    metavar="NAME",
    help="A closed distortion study that takes the gold, or the name of a new one.",
)
@click.option("--source", metavar="NAME", help="The questions' source, where ids are not unique.")
@click.option(
    "--strict", is_flag=True, help="Take a text that has two different answers for a bad row."
)
@skip_bad_option
@check_option
@common_options
def gold(
    *,
    file: Path,
    study: str,
    source: str | None,
    strict: bool,
    skip_bad: bool,
    check: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Import the answers of an outside ground truth from FILE.

    Reads id, question_id or text (the exact text), and the gold in one of four shapes: a column
    gold of 0 and 1; a column gold of labels joined by |, where none, Non-distorted or 无认知扭曲
    say that none is there, cannot_tell or 无法判断 that it cannot be told, and present that some
    distortion is; two or more label columns of 0 and 1; or lines of a text, a tab, and 0 or 1,
    without a header. A column pred, or columns pred_LABEL, become what the detector "pred" found.
    FILE may also be TXT (with tabs) or Parquet; 'cbt export gold' writes such files.

    A new study is closed and unblinded, with an item for each text or id; its questions are those
    of the store where text or id is the same, else new ones of the source gold:NAME. For a study
    that was labelled here, each row must be about one of its items (by item, question_id or text).
    Labels are kept as they came. A text with two different answers is kept with both, listed, and
    left out of scoring until it is adjudicated; --strict rejects it. With bad rows skipped, ends
    with exit code 3.
    """
    config = GoldImport(
        path=file, study=study, source=source, strict=strict, skip_bad=skip_bad, check=check
    )
    done = run(opened(database, make=True), config)
    warn(done.warnings, done.ignored)
    lines = [*_lines(done), *checked(check)]
    show({**_as_object(done), "stored": not check}, lines, as_json=as_json)
    finish(some_failed=bool(done.counts.rejected))


def _as_object(done: GoldImported) -> dict[str, Any]:
    return {
        **count_block(done.counts),
        "study": done.study,
        "new_study": done.is_new,
        "shape": done.shape,
        "pred_shape": done.pred_shape,
        "items": done.items,
        "presence": done.presence,
        "labels": done.labels,
        "unknown_labels": done.unknown_labels,
        "matched_questions": done.matched_questions,
        "unmatched": done.unmatched,
        "ambiguous": done.ambiguous,
        "missing": done.missing,
        "left_out": done.left_out,
        "duplicates": [each._asdict() for each in done.duplicates],
        "conflicts": [each._asdict() for each in done.conflicts],
        "predictions": done.predictions,
        **remarks(done.warnings, done.ignored),
    }


def _lines(done: GoldImported) -> Iterator[str]:
    nothing = not done.counts.added
    yield f"read as: {SHAPES[done.shape]}{_pred_shape(done)}"
    yield from count_lines(done.counts, f"answers of {done.study}", nothing=nothing)
    presence = ", ".join(f"{PRESENCES[key]} {n:,}" for key, n in done.presence.items())
    yield f"{'a new study' if done.is_new else 'the study'} {done.study}: {presence}"
    yield f"items: {done.items:,}, questions that the store had: {done.matched_questions:,}"
    if done.labels:
        yield f"labels: {', '.join(f'{name} {n:,}' for name, n in done.labels.items())}"
    if done.unknown_labels:
        yield f"labels that the codebook does not know: {', '.join(done.unknown_labels)}"
    if done.predictions:
        yield f"predictions (detector pred): {done.predictions:,}"
    yield from _listed(done)


def _pred_shape(done: GoldImported) -> str:
    return f"; predictions as: {SHAPES[done.pred_shape]}" if done.pred_shape else ""


def _listed(done: GoldImported) -> Iterator[str]:
    yield from _rows("about no question that the store had", done.unmatched)
    yield from _rows("about several questions of the store, so about none", done.ambiguous)
    yield from _rows("without an answer", done.missing)
    if done.left_out:
        yield f"repeats and calibration items, left out: {done.left_out:,}"
    yield from _rows("the same text and answer again", [each.row for each in done.duplicates])
    if done.conflicts:
        yield f"texts with different answers, left out of scoring: {len(done.conflicts):,}"
    for conflict in done.conflicts[:CONFLICTS_SHOWN]:
        yield f"  {named_rows(conflict.rows)}: {', '.join(conflict.answers)}"
    if len(done.conflicts) > CONFLICTS_SHOWN:
        yield f"  … and {len(done.conflicts) - CONFLICTS_SHOWN:,} more (--json lists them all)"


def _rows(what: str, rows: Sequence[int]) -> Iterator[str]:
    if rows:
        yield f"{what}: {len(rows):,} ({named_rows(rows)})"
