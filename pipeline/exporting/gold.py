"""Write the ground truth of a distortion study, with the votes and decisions behind it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db import gold, label_sets, votes
from db.engine import Store
from db.errors import NotAllowed, NotWritten
from db.tables import Study
from db.votes import LabelledItem
from pipeline.codebook import distortions
from pipeline.exporting import formats, gold_records, gold_rows, leaving
from pipeline.exporting.formats import Format
from pipeline.exporting.gold_rows import Labels, Row
from pipeline.exporting.leaving import Target

STRUCTURED = "jsonl"


@dataclass(frozen=True)
class GoldExport:
    """What to write where; `format` None means the one that the path's ending says.

    Texts are left out unless asked for: the licences of most data forbid to pass them on.
    """

    study: str
    path: Path
    format: str | None = None
    texts: bool = False
    replace: bool = False


@dataclass(frozen=True)
class GoldExported:
    """What was written; `how` counts the items by what settled them, or why nothing did.

    `by_code` says whether systems appear by code: there are some, and the study is blinded.
    """

    path: Path
    rows: int
    format: str
    unblinded: bool
    by_code: bool
    how: dict[str, int]


def run(store: Store, config: GoldExport) -> GoldExported:
    """Write the file and log it. Raises KnownErrors that leave no file behind."""
    form = formats.chosen(config.format, config.path)
    with store.reading() as session:
        study = votes.distortion_study(session, name=config.study)
        items = votes.of_study(session, study=study)
        _check(study, items, form)
        texts = {item.id: item for item in gold.items(session, study_id=study.id)}
        rows = list(gold_rows.rows(study.name, items, texts, _labels(session, study)))
        if form.name == STRUCTURED:
            columns = gold_records.fields(texts=config.texts)
            cells = map(gold_records.record, rows)
        else:
            columns = gold_rows.columns(items, texts=config.texts)
            cells = map(gold_rows.flat, rows)
        target = Target(config.path, form, config.replace)
        count = leaving.write(store, study, target, columns, _in_order(columns, cells))
        unblinded = study.unblinded_at is not None
        by_code = not unblinded and any(item.system for item in items)
        return GoldExported(config.path, count, form.name, unblinded, by_code, _how(rows))


def _check(study: Study, items: Sequence[LabelledItem], form: Format) -> None:
    if not any(item.assigned or item.gold for item in items):
        raise NotAllowed(f"the study {study.name} has no assignments yet; open it first")
    if form.most_rows is not None and len(items) > form.most_rows:
        raise NotWritten(
            f"{form.name} holds {form.most_rows:,} rows, and this gold has {len(items):,};"
            " choose --format csv or parquet"
        )


def _labels(session: Session, study: Study) -> Labels:
    if study.label_set_id is None:
        return Labels(None, {}, frozenset())
    found = label_sets.get(session, label_set_id=study.label_set_id)
    ids = label_sets.ids(found)
    changes = distortions.changes(found.labels, of=found.name)
    return Labels(
        name=f"{found.name}@{found.version}",
        order={id_: place for place, id_ in enumerate(ids)},
        changed=frozenset(changes).intersection(ids),
    )


def _in_order(
    columns: Mapping[str, Any], cells: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[Any, ...]]:
    for each in cells:
        yield tuple(map(each.get, columns))


def _how(rows: Sequence[Row]) -> dict[str, int]:
    return dict(Counter(row.how for row in rows).most_common())
