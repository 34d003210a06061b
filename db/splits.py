"""Store and find splits: the place of each question in train, validation or test."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from db.base import Base
from db.tables import Detection, Question, Response, Run, Split

STAGE = "split"
TRAIN, VALIDATION, TEST = "train", "validation", "test"


class Told(NamedTuple):
    """What a question says, and what its file told of it besides."""

    text: str | None
    description: str | None
    keywords: list[Any]
    tags: list[Any]


@dataclass(frozen=True)
class StoredSplit:
    """A split; `settings` and `counts` are of the run that drew it, None where no run is known."""

    name: str
    seed: int
    subsets: Mapping[str, int]
    settings: Mapping[str, Any] | None
    counts: Mapping[str, Any] | None
    drawn_at: datetime | None


def places(session: Session, *, name: str) -> dict[int, str]:
    """Return the subset of each question of a split, under the question's id."""
    rows = session.execute(select(Split.question_id, Split.subset).where(Split.name == name))
    return dict(rows.all())


def told(session: Session) -> dict[int, Told]:
    """Return what every question that has a text says, under its id."""
    columns = (Question.text, Question.description, Question.keywords, Question.tags)
    rows = session.execute(select(Question.id, *columns).where(Question.text.is_not(None)))
    return {id_: Told(*row) for id_, *row in rows}


def stored(session: Session) -> list[StoredSplit]:
    """Return all splits, by their names."""
    subsets: dict[str, Counter[str]] = defaultdict(Counter)
    first: dict[str, tuple[int, int | None]] = {}
    query = select(Split.name, Split.subset, Split.seed, func.count(), func.min(Split.run_id))
    query = query.group_by(Split.name, Split.subset, Split.seed)
    for name, subset, seed, count, run_id in session.execute(query):
        subsets[name][subset] += count
        known = first.setdefault(name, (seed, run_id))[1]
        first[name] = (seed, min((id_ for id_ in (known, run_id) if id_), default=None))
    drawn = select(Run).where(Run.id.in_([id_ for _, id_ in first.values()]))
    of_id = {run.id: run for run in session.scalars(drawn)}
    return [
        _stored(name, first[name][0], subsets[name], of_id.get(first[name][1] or 0))
        for name in sorted(subsets)
    ]


def _stored(name: str, seed: int, subsets: Mapping[str, int], run: Run | None) -> StoredSplit:
    order = [TRAIN, VALIDATION, TEST, *sorted(subsets)]
    return StoredSplit(
        name=name,
        seed=seed,
        subsets={subset: subsets[subset] for subset in order if subset in subsets},
        settings=run.configuration if run else None,
        counts=run.counts if run else None,
        drawn_at=run.started_at if run else None,
    )


def add(session: Session, *, name: str, seed: int, run_id: int, subsets: Mapping[int, str]) -> None:
    """Give these questions their places, which the map has under their ids."""
    rows = [
        {"name": name, "question_id": id_, "subset": subset, "seed": seed, "run_id": run_id}
        for id_, subset in subsets.items()
    ]
    if rows:
        session.execute(insert(Base.metadata.tables["split"]), rows)


def answered(session: Session, *, system_id: int) -> set[int]:
    """Return the questions of which a system has a kept answer."""
    query = select(Response.question_id).where(Response.system_id == system_id)
    return set(session.scalars(query.where(Response.status == "kept")))


def detectors(session: Session) -> list[str]:
    """Return the detectors that looked at questions or at answers to them, sorted."""
    looked = Detection.question_id.is_not(None) | Detection.response_id.is_not(None)
    return sorted(session.scalars(select(Detection.detector).where(looked).distinct()))


def labels(session: Session, *, detector: str) -> dict[int, set[str]]:
    """Return what a detector last found in each question or in its kept answers, all together.

    A question at which it has not looked is not there.
    """
    query = select(
        Detection.question_id, Detection.response_id, Response.question_id, Detection.labels
    ).outerjoin(Response, (Response.id == Detection.response_id) & (Response.status == "kept"))
    newest: dict[tuple[int, int | None], Collection[Any]] = {}
    rows = session.execute(query.where(Detection.detector == detector).order_by(Detection.id))
    for asked, response, answered_, found in rows:
        question = asked or answered_
        if question is not None:
            newest[question, response] = found
    together: dict[int, set[str]] = defaultdict(set)
    for (question, _), found in newest.items():
        together[question].update(map(str, found))
    return dict(together)
