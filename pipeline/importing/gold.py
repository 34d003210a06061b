"""Import the answers of an outside ground truth."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from db import events, gold, questions, runs, studies, votes
from db.engine import Store
from db.errors import BadRow, NotAllowed, NotKnown
from db.gold import OWN_SOURCE, ItemTexts
from db.questions import Asked
from db.tables import Study
from pipeline.importing import gold_file
from pipeline.importing.fields import FieldRefused, one_line
from pipeline.importing.gold_columns import layout_of
from pipeline.importing.gold_merge import Known, Merged, merge
from pipeline.importing.gold_outcome import Brought, GoldImported, told
from pipeline.importing.gold_places import (
    ImportedItems,
    LabelledItems,
    Library,
    Place,
    Places,
)
from pipeline.importing.gold_rows import GoldRow, GoldRows
from pipeline.importing.gold_study import PREDICTED, Home, Storing, homes, new_study, store_gold
from pipeline.importing.outcome import rejection, without_garbage_collection
from pipeline.importing.rows import Row

UNSCORED = ("is_repeat", "is_calibration")
TRUE = {"true", "yes", "1"}
DEFUSED = (".csv", ".tsv", ".xlsx")  # what a spreadsheet would run has an apostrophe there


@dataclass(frozen=True)
class GoldImport:
    """What to import; a source tells apart questions of different sources with the same id.

    With `strict`, the rows of a text that has two answers are bad rows. With `check`, all is read
    and nothing is stored.
    """

    path: Path
    study: str
    source: str | None = None
    strict: bool = False
    skip_bad: bool = False
    check: bool = False


@without_garbage_collection()
def run(store: Store, config: GoldImport) -> GoldImported:
    """Add the answers that a study lacks, and the study if there is none of that name.

    Raises FileRejected with the rows that are bad, unless they are to be skipped; NotAllowed for a
    study that takes no gold.
    """
    name = one_line(config.study, "study")
    bad: list[BadRow] = []
    file = gold_file.read(config.path, bad=bad)
    read = len(file.rows) + len(bad)
    if not file.rows:
        raise rejection(config.path, bad, read=read)
    layout = layout_of(config.path, file.rows, headerless=file.headerless)
    defused = config.path.suffix.lower() in DEFUSED and not file.headerless
    scored = [row for row in file.rows if not _is_no_evidence(row)]
    rows = list(_parsed(scored, GoldRows(layout, defused=defused), bad))
    with store.writing(in_turn=True) as session:
        study = _study(session, name)
        items = gold.items(session, study_id=study.id) if study else []
        places = _places(study, items, rows, source=config.source)
        merged = merge(rows, places, _known(session, study), bad=bad, strict=config.strict)
        bad.sort(key=lambda each: each.row)
        if bad and not config.skip_bad:
            raise rejection(config.path, bad, read=read)
        source = f"{OWN_SOURCE}{name}"
        brought = Brought(
            study=name,
            source=source,
            layout=layout,
            merged=merged,
            homes=_homes(session, merged, given=config.source, own=source),
            items={item.id: item for item in items},
        )
        if merged.adds_something:
            _store(session, config, study, brought)
        if config.check:
            session.rollback()
    left_out = len(file.rows) - len(scored)
    return replace(told(brought, read=read, bad=bad, is_new=study is None), left_out=left_out)


def _is_no_evidence(row: Row) -> bool:
    """Say whether our own export marks a row as a repeat or for calibration: neither is scored."""
    marks = (str(row.values.get(name) or "").strip().casefold() for name in UNSCORED)
    return any(mark in TRUE for mark in marks)


def _parsed(rows: Iterable[Row], reader: GoldRows, bad: list[BadRow]) -> Iterator[GoldRow]:
    for row in rows:
        try:
            yield reader.row(row)
        except FieldRefused as refused:
            bad.append(BadRow(row.number, refused.code, refused.why))


def _study(session: Session, name: str) -> Study | None:
    """Return the study that takes the gold, or None where it is still to be made."""
    if studies.find(session, name=name) is None:
        return None
    study = votes.distortion_study(session, name=name)
    if study.status != "closed":
        raise NotAllowed(
            f"the study {name} is {study.status}, and takes a gold only when it is closed, so that"
            " nobody labels with the gold at hand; close it, or give another --study name"
        )
    return study


def _places(
    study: Study | None,
    items: Sequence[ItemTexts],
    rows: Sequence[GoldRow],
    *,
    source: str | None,
) -> Places:
    if study is None or study.origin == "imported":
        return ImportedItems(items, rows)
    return LabelledItems(items, source=source)


def _known(session: Session, study: Study | None) -> Known:
    if study is None:
        return Known({}, {})
    return Known(
        gold.answers(session, study_id=study.id),
        gold.predictions(session, study_id=study.id, detector=PREDICTED),
    )


def _homes(session: Session, merged: Merged, *, given: str | None, own: str) -> dict[Place, Home]:
    if all(isinstance(place, int) for place in merged.items):
        return {}
    library = Library(_asked(session, given), source=given)
    return homes(merged, library, _asked(session, own, may_be_new=True), source=own)


def _asked(session: Session, source: str | None, *, may_be_new: bool = False) -> list[Asked]:
    """Return the questions of a source, or of all; a store may hold none yet."""
    try:
        return questions.asked(session, source=source)
    except NotKnown:
        if source is None or may_be_new:
            return []
        raise


def _store(session: Session, config: GoldImport, study: Study | None, brought: Brought) -> None:
    """Add what is new, under a run of its own."""
    if study is not None and study.origin == "imported" and brought.merged.added:
        _check_undecided(session, study)
    configuration = {
        "file": config.path.name,
        "study": brought.study,
        "source": config.source,
        "strict": config.strict,
        "skip_bad": config.skip_bad,
        "shape": brought.layout.gold.kind,
    }
    record = runs.start(session, stage="import gold", configuration=configuration)
    details = {"file": config.path.name, "shape": brought.layout.gold.kind}
    if study is None:
        study = new_study(session, name=brought.study, design=details)
        events.record(session, kind="created", study_id=study.id, details=details)
    else:
        events.record(session, kind="gold_added", study_id=study.id, details=details)
    store_gold(session, study, Storing(brought.merged, brought.homes, brought.labels(), record.id))
    runs.end(record, counts={"added": brought.merged.added})


def _check_undecided(session: Session, study: Study) -> None:
    if gold.has_cases(session, study_id=study.id):
        raise NotAllowed(
            f"the conflicts of {study.name} are with its leads already, so no answer can be added;"
            " give another --study name"
        )
