"""Import the ratings of a study that was done elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from db import runs, studies
from db.engine import Store
from db.errors import AlreadyKnown, BadRow, FileRejected, NotAllowed
from pipeline.importing import parquet_file
from pipeline.importing.files import read_rows
from pipeline.importing.rated_items import Ratings, together
from pipeline.importing.rated_study import ImportedStudy, digest_of, store_study
from pipeline.importing.rating_cells import Cells
from pipeline.importing.rating_rows import OFF_SCALE, PAPERS_SCALE, RatingRows, Scale
from pipeline.importing.rows import Row

LONGEST_NAME = 100
DEFUSED = (".csv", ".tsv", ".xlsx")  # what a spreadsheet would run has an apostrophe there


@dataclass(frozen=True)
class RatingsImport:
    """What to read; `criteria` None means all that the file has."""

    path: Path
    study: str
    scale: Scale = PAPERS_SCALE
    criteria: tuple[str, ...] | None = None


@dataclass(frozen=True)
class RatingsImported:
    """What an import did; `unanswered` assignments have no judgement."""

    study: str
    read: int
    added: int
    known: int
    criteria: list[str]
    systems: list[str]
    raters: int
    items: int
    judgements: int
    unanswered: int
    ignored_columns: list[str]
    ignored_criteria: list[str]


def run(store: Store, config: RatingsImport) -> RatingsImported:
    """Add the file's ratings as a closed, unblinded study; all of them, or nothing.

    The same ratings under the same name are known, and add nothing.
    Raises FileRejected with the rows that are wrong, AlreadyKnown for a name that is taken.
    """
    name = _checked_name(config.study)
    bad: list[BadRow] = []
    rows = RatingRows(
        _read(config.path, bad),
        cells=Cells(defused=config.path.suffix.lower() in DEFUSED),
        scale=config.scale,
        bad=bad,
        criteria=config.criteria,
    )
    ratings = together(rows, bad=bad)
    if bad:
        bad.sort(key=lambda each: each.row)
        raise FileRejected(_sentence(config, rows), bad)
    _keep_chosen(ratings, config, rows)
    added = _stored(store, config, name, ratings, rows=rows.good)
    return RatingsImported(
        study=name,
        read=rows.good,
        added=rows.good if added else 0,
        known=0 if added else rows.good,
        criteria=list(ratings.criteria),
        systems=list(dict.fromkeys(item.system for item in ratings.items)),
        raters=len(ratings.groups),
        items=len(ratings.items),
        judgements=sum(len(each.revisions) for each in ratings.assignments.values()),
        unanswered=sum(not each.revisions for each in ratings.assignments.values()),
        ignored_columns=rows.ignored_columns,
        ignored_criteria=rows.ignored_criteria,
    )


def _keep_chosen(ratings: Ratings, config: RatingsImport, rows: RatingRows) -> None:
    """Put the criteria into the order in which they were chosen; the first is the primary one."""
    if config.criteria is None:
        return
    lacking = [name for name in config.criteria if name not in ratings.criteria]
    if lacking:
        there = [*ratings.criteria, *rows.ignored_criteria, *rows.ignored_columns]
        raise FileRejected(
            f"{config.path.name} has no criterion {', '.join(lacking)}; it has: {', '.join(there)}"
        )
    ratings.criteria = dict.fromkeys(config.criteria)


def _checked_name(study: str) -> str:
    name = study.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise NotAllowed(
            f"a study needs a name of 1 to {LONGEST_NAME} characters on one line, not {study!r}"
        )
    return name


def _read(path: Path, bad: list[BadRow]) -> Iterator[Row]:
    if path.suffix.lower() == ".parquet":
        return parquet_file.rows(path)
    return read_rows(path, bad=bad)


def _sentence(config: RatingsImport, rows: RatingRows) -> str:
    bad = rows.bad
    wrong = "one row is" if len(bad) == 1 else f"{len(bad):,} rows are"
    text = f"nothing of {config.path.name} is imported, as {wrong} wrong"
    for column, (row, word) in rows.words.items():
        others = [name for name in rows.criteria_columns if name not in rows.words]
        return (
            f"{text}; column {column} is read as a criterion and row {row} holds {word!r}:"
            f" leave the column out with --criteria {','.join(others) or 'NAME,NAME'}"
        )
    if any(each.code == OFF_SCALE for each in bad):
        text += "; for another scale give it, for example --scale 1-5"
    return text


def _stored(store: Store, config: RatingsImport, name: str, ratings: Ratings, *, rows: int) -> bool:
    """Add the study, unless it is there with the same ratings. Return whether it was added."""
    digest = digest_of(ratings, config.scale)
    with store.writing(in_turn=True) as session:
        if _is_known(session, name, digest):
            return False
        configuration = {
            "file": config.path.name,
            "study": name,
            "scale": [config.scale.low, config.scale.high],
        }
        record = runs.start(session, stage="import ratings", configuration=configuration)
        new = ImportedStudy(name, config.path.name, config.scale, ratings, digest, record.id)
        store_study(session, new)
        runs.end(record, counts={"read": rows, "added": rows, "known": 0, "rejected": 0})
        return True


def _is_known(session: Session, name: str, digest: str) -> bool:
    study = studies.find(session, name=name)
    if study is None:
        return False
    if study.origin != "imported":
        raise AlreadyKnown(
            f"{name} is a study of this store, and an import never touches one;"
            " give another --study name"
        )
    if study.design.get("digest") != digest:
        raise AlreadyKnown(
            f"there is an imported study {name} already, with other ratings;"
            " give another --study name"
        )
    return True
