"""Write a study's ratings as the tidy file, long or wide."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db import ratings
from db.engine import Store
from db.errors import NotAllowed, NotWritten
from db.ratings import Answer
from db.tables import Study
from pipeline.exporting import formats, leaving
from pipeline.exporting.formats import Format
from pipeline.exporting.leaving import Target
from pipeline.tidy import COLUMNS, can_be_criterion, flags_text, wide_columns


@dataclass(frozen=True)
class RatingsExport:
    """What to write where; `format` None means the one that the path's ending says."""

    study: str
    path: Path
    format: str | None = None
    wide: bool = False
    all_revisions: bool = False
    replace: bool = False


@dataclass(frozen=True)
class Exported:
    path: Path
    rows: int
    format: str
    unblinded: bool


def run(store: Store, config: RatingsExport) -> Exported:
    """Write the file and log it. Raises KnownErrors that leave no file behind."""
    form = formats.chosen(config.format, config.path)
    with store.reading() as session:
        study = ratings.rating_study(session, name=config.study)
        criteria = [criterion["id"] for criterion in study.criteria]
        _check(session, study, criteria, form=form, config=config)
        found = ratings.answers(session, study=study, all_revisions=config.all_revisions)
        columns = wide_columns(criteria) if config.wide else COLUMNS
        rows = (wide_rows if config.wide else long_rows)(study.name, criteria, found)
        target = Target(config.path, form, config.replace)
        count = leaving.write(store, study, target, columns, rows)
        return Exported(config.path, count, form.name, study.unblinded_at is not None)


def _check(
    session: Session, study: Study, criteria: Sequence[str], *, form: Format, config: RatingsExport
) -> None:
    answers = ratings.count(session, study=study, all_revisions=config.all_revisions)
    if not answers:
        raise NotAllowed(f"the study {study.name} has no assignments yet; open it first")
    if config.wide:
        _check_wide(session, study, criteria)
    rows = answers if config.wide else answers * len(criteria)
    if form.most_rows is not None and rows > form.most_rows:
        raise NotWritten(
            f"{form.name} holds {form.most_rows:,} rows, and these ratings have {rows:,};"
            " choose --format csv or parquet" + ("" if config.wide else ", or add --wide")
        )


def _check_wide(session: Session, study: Study, criteria: Sequence[str]) -> None:
    """Raise NotAllowed for what the wide form cannot say."""
    for name in criteria:
        if not can_be_criterion(name):
            raise NotAllowed(
                f"a column of the wide form that is called {name} holds no criterion;"
                " export the long form"
            )
    for system in ratings.systems(session, study=study):
        for name in sorted(system.not_asked):
            raise NotAllowed(
                f"the criterion {name} was not asked of the system {system.shown}, which in the"
                " wide form would look like missing scores; export the long form"
            )


def long_rows(
    study: str, criteria: Sequence[str], answers: Iterable[Answer]
) -> Iterator[tuple[Any, ...]]:
    """Yield a row for each criterion of each answer; one still to come has empty values.

    What was not asked has no row.
    """
    for answer in answers:
        head, tail = _head(study, answer), _tail(answer)
        not_asked = answer.item.system.not_asked
        for criterion in criteria:
            if criterion not in not_asked:
                yield (*head, criterion, answer.values.get(criterion), *tail)


def wide_rows(
    study: str, criteria: Sequence[str], answers: Iterable[Answer]
) -> Iterator[tuple[Any, ...]]:
    """Yield a row for each answer, with the criteria side by side."""
    for answer in answers:
        yield (*_head(study, answer), *map(answer.values.get, criteria), *_tail(answer))


def _head(study: str, answer: Answer) -> tuple[Any, ...]:
    item, rater = answer.item, answer.rater
    return study, item.item, item.question, item.system.shown, rater.pseudonym, rater.group


def _tail(answer: Answer) -> tuple[Any, ...]:
    return (
        answer.comment,
        flags_text(answer.flags) or None,
        answer.position,
        answer.seconds,
        answer.revision,
        answer.submitted_at,
        answer.item.is_repeat,
        answer.item.is_calibration,
    )
