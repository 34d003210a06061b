"""`cbt import ratings`: take in the ratings of a study that was done elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from pipeline.cli.command import Command, common_options, opened, say, show
from pipeline.importing.rating_rows import Scale
from pipeline.importing.ratings import RatingsImport, RatingsImported, run

MOST_LEVELS = 101
CODE = re.compile(r"S\d+")


class ScaleType(click.ParamType[Scale]):
    """A scale of whole numbers, written LOW-HIGH."""

    name = "LOW-HIGH"

    def convert(self, value: Any, param: Any, ctx: Any) -> Scale:
        found = re.fullmatch(r"(-?\d{1,6})-(-?\d{1,6})", str(value).strip())
        if not found:
            self.fail(f"{value!r} is not a scale; write its ends, for example 0-2", param, ctx)
        scale = Scale(int(found[1]), int(found[2]))
        if not 1 <= scale.high - scale.low < MOST_LEVELS:
            self.fail(f"a scale rises and has 2 to {MOST_LEVELS} values, not {value}", param, ctx)
        return scale


class CriteriaType(click.ParamType[tuple[str, ...]]):
    """Names of criteria, joined by commas."""

    name = "A,B"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, ...]:
        names = [name.strip() for name in str(value).split(",")]
        if not all(names) or len(set(names)) < len(names):
            self.fail(f"{value!r} does not name criteria once each, joined by commas", param, ctx)
        return tuple(names)


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@common_options
@click.option("--study", required=True, metavar="NAME", help="The name of the new study.")
@click.option(
    "--scale",
    type=ScaleType(),
    default="0-2",
    show_default=True,
    help="The lowest and the highest score.",
)
@click.option(
    "--criteria",
    type=CriteriaType(),
    help="Read these criteria only, the primary one first; else all that FILE has.",
)
def ratings(
    *,
    file: Path,
    study: str,
    scale: Scale,
    criteria: tuple[str, ...] | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Import ratings from FILE as a closed, unblinded study.

    Reads CSV, TSV, XLSX, JSON, JSONL or Parquet: the long form with the columns item, system,
    rater, criterion and value, or the wide form with item_id, system, rater and one column a
    criterion; 'cbt export ratings' writes both. An empty value is missing, never 0. In a wide
    file every other column with a name is read as a criterion, unless --criteria says which.

    Adds the whole file or, if a row is wrong, nothing. The same ratings again add nothing. A live
    study is never touched.
    """
    config = RatingsImport(path=file, study=study, scale=scale, criteria=criteria)
    done = run(opened(database, make=True), config)
    if done.ignored_columns:
        say(f"columns that were not read: {', '.join(done.ignored_columns)}")
    if done.ignored_criteria:
        say(f"criteria that were not read: {', '.join(done.ignored_criteria)}")
    if all(CODE.fullmatch(system) for system in done.systems):
        say(
            f"the systems are codes ({', '.join(done.systems)}), which other studies have too;"
            " for their names, unblind the study that they are from and export it again"
        )
    show(_as_object(done), _lines(done), as_json=as_json)


def _as_object(done: RatingsImported) -> dict[str, Any]:
    return {
        "read": done.read,
        "added": done.added,
        "known": done.known,
        "rejected": [],
        "study": done.study,
        "criteria": done.criteria,
        "systems": done.systems,
        "raters": done.raters,
        "items": done.items,
        "judgements": done.judgements,
        "unanswered": done.unanswered,
        "ignored_columns": done.ignored_columns,
        "ignored_criteria": done.ignored_criteria,
    }


def _lines(done: RatingsImported) -> Iterator[str]:
    yield f"read {done.read:,} rows, added {done.added:,}, already known {done.known:,}"
    yield (
        f"study {done.study}: judgements {done.judgements:,}, not answered {done.unanswered:,},"
        f" items {done.items:,}, raters {done.raters:,}"
    )
    yield f"systems: {', '.join(done.systems)}"
    yield f"criteria: {', '.join(done.criteria)}"
