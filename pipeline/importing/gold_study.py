"""Store an outside ground truth: a study with its items, or answers for items that are there."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from db import detections, gold, label_sets, questions
from db.columns import now
from db.gold import OWN_SOURCE
from db.questions import Asked, content_hash, plain
from db.tables import LabelSet, Study
from pipeline import analysis
from pipeline.importing.gold_merge import Gathered, Merged
from pipeline.importing.gold_places import Library, Place
from pipeline.importing.gold_rows import GoldRow
from pipeline.importing.question_merge import DIGITS_OF_HASH

PREDICTED = "pred"  # the detector that a file's predictions are by
DIGITS_OF_VERSION = 12


class Home(NamedTuple):
    """The question that a new item is about: one of the store, or one still to be made.

    It is `ambiguous` where several of the store could be meant, so that none is.
    """

    id: int | None
    source: str
    name: str
    text: str | None
    ambiguous: bool


@dataclass(frozen=True)
class Storing:
    """What a file brings to a study, under the run that brings it."""

    merged: Merged
    homes: Mapping[Place, Home]
    labels: Sequence[str]
    run_id: int


def homes(
    merged: Merged, library: Library, own: Iterable[Asked], *, source: str
) -> dict[Place, Home]:
    """Return where each new item belongs; `own` are the questions that the source has already."""
    taken = {each.external_id: plain(each.text) for each in own}
    found: dict[Place, Home] = {}
    for place, gathered in merged.items.items():
        if isinstance(place, int):
            continue
        row = _first(gathered)
        about = library.about(row)
        if len(about) == 1:
            (one,) = about
            found[place] = Home(one.id, one.source, one.external_id, one.text, ambiguous=False)
            continue
        name = _name(row)
        if row.text is not None and taken.setdefault(name, row.plain_text or "") != row.plain_text:
            name = _name_of_text(row.text)
        found[place] = Home(None, source, name, row.text, ambiguous=len(about) > 1)
    return found


def _first(gathered: Gathered) -> GoldRow:
    """Return the row that names the item: the first with a text and an id, or with either."""
    return min(gathered.rows, key=lambda row: (row.text is None, row.id is None, row.number))


def _name(row: GoldRow) -> str:
    if row.text is not None:
        return row.id or _name_of_text(row.text)
    return row.question_id or row.id or ""


def _name_of_text(text: str) -> str:
    return f"text-{content_hash(text, None)[:DIGITS_OF_HASH]}"


def new_study(session: Session, *, name: str, design: dict[str, Any]) -> Study:
    at = now()
    study = Study(
        name=name,
        kind="distortion",
        origin="imported",
        status="closed",
        criteria=[],
        guidelines={"zh": "", "en": ""},
        design=design,
        analysis=analysis.plan_of_import(),
        unblinded_at=at,
        closed_at=at,
        seed=0,
    )
    session.add(study)
    session.flush()
    return study


def store_gold(session: Session, study: Study, new: Storing) -> None:
    """Add the items and answers that the study lacks, and mark conflicts."""
    label_set = _label_set(session, study, new.labels)
    if study.origin == "imported" and label_set is not None:
        study.label_set_id = label_set.id
    ids = _add_items(session, study, new)
    items = [(ids.get(place, place), each) for place, each in new.merged.items.items()]
    gold.add(
        session,
        (
            {
                "item_id": item,
                "presence": row.gold.presence,
                "labels": list(row.gold.labels),
                "label_set_id": label_set.id if label_set else None,
                "conflicting": False,
                "run_id": new.run_id,
            }
            for item, gathered in items
            for row in gathered.fresh
            if row.gold
        ),
    )
    conflicting = [item for item, each in items if each.conflicting and isinstance(item, int)]
    gold.mark_conflicting(session, item_ids=conflicting)
    detections.add(
        session,
        (
            {
                "detector": PREDICTED,
                "item_id": item,
                "presence": gathered.pred.presence,
                "labels": list(gathered.pred.labels),
                "run_id": new.run_id,
            }
            for item, gathered in items
            if gathered.pred and gathered.pred_is_new
        ),
    )


def _label_set(session: Session, study: Study, names: Sequence[str]) -> LabelSet | None:
    """Return the set of the names as they came, with those of an imported study so far."""
    before: list[str] = []
    if study.origin == "imported":
        before = label_sets.known(session, label_set_id=study.label_set_id)
    names = list(dict.fromkeys([*before, *names]))
    if not names:
        return None
    digest = sha256(json.dumps(names, ensure_ascii=False).encode()).hexdigest()
    return label_sets.find_or_add(
        session,
        name=f"{OWN_SOURCE}{study.name}",
        version=digest[:DIGITS_OF_VERSION],
        labels=[{"id": name} for name in names],
        content_hash=digest,
    )


def _add_items(session: Session, study: Study, new: Storing) -> dict[Place, int]:
    source = f"{OWN_SOURCE}{study.name}"
    known = questions.of_source(session, source=source)
    missing = {
        home.name: _columns(home, new.run_id)
        for home in new.homes.values()
        if home.id is None and home.name not in known
    }
    questions.add(session, missing.values())
    if missing:
        known = questions.of_source(session, source=source)
    subjects = []
    for place, home in new.homes.items():
        own_id = _first(new.merged.items[place]).id
        subjects.append((own_id, known[home.name].id if home.id is None else home.id))
    ids = gold.add_items(session, study_id=study.id, subjects=subjects)
    return dict(zip(new.homes, ids, strict=True))


def _columns(home: Home, run_id: int) -> dict[str, Any]:
    return {
        "source": home.source,
        "external_id": home.name,
        "text": home.text,
        "keywords": [],
        "tags": [],
        "content_hash": None if home.text is None else content_hash(home.text, None),
        "run_id": run_id,
    }
