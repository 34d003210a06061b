"""Store and find the scores that automatic metrics gave to answers."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from db.base import Base
from db.splits import TRAIN
from db.tables import MetricScore, Response, Split

AT_ONCE = 500  # ids in one query


class StoredScore(NamedTuple):
    """An answer's own score, and what its part in the score of many is made of, if anything."""

    value: float
    statistics: list[Any] | None


class Text(NamedTuple):
    """An answer's text, with the spans of its parts where they are known."""

    text: str
    parts: list[Any] | None


def texts(session: Session, *, ids: Sequence[int]) -> dict[int, Text]:
    """Return the texts of these answers."""
    found: dict[int, Text] = {}
    for some in _some(ids):
        query = select(Response.id, Response.text, Response.parts).where(Response.id.in_(some))
        found |= {id_: Text(text or "", parts) for id_, text, parts in session.execute(query)}
    return found


def known(
    session: Session, *, signature: str, of: Mapping[int, int | None]
) -> dict[int, StoredScore]:
    """Return the scores of one signature that these answers have: {answer: score}.

    `of` says against which reference each answer is held, None where the metric needs none.
    """
    found: dict[int, StoredScore] = {}
    columns = (MetricScore.response_id, MetricScore.reference_id)
    for some in _some(list(of)):
        query = select(*columns, MetricScore.value, MetricScore.statistics)
        query = query.where(MetricScore.signature == signature, MetricScore.response_id.in_(some))
        for response, reference, *score in session.execute(query):
            if of[response] == reference:
                found[response] = StoredScore(*score)
    return found


def add(session: Session, scores: Sequence[Mapping[str, Any]]) -> None:
    """Add scores that are not known yet; all map the same columns."""
    if scores:
        session.execute(insert(Base.metadata.tables["metric_score"]), scores)


def forget(session: Session, *, response_ids: Collection[int], metrics: Sequence[str]) -> None:
    """Remove what these metrics gave to these answers, of which they look at what has changed."""
    for some in _some(sorted(response_ids)):
        outdated = MetricScore.response_id.in_(some) & MetricScore.metric.in_(metrics)
        session.execute(delete(MetricScore).where(outdated))


def samples(session: Session, *, system_id: int) -> Iterator[int]:
    """Yield the question of each answer of a system that is kept and holds text."""
    query = select(Response.question_id, Response.text)
    for question, text in session.execute(
        query.where(Response.system_id == system_id, Response.status == "kept")
    ):
        if (text or "").strip():
            yield question


def in_train(session: Session, *, question_ids: Collection[int]) -> dict[str, int]:
    """Return how many of these questions stand in the train part of each split."""
    rows = session.execute(select(Split.name, Split.question_id).where(Split.subset == TRAIN))
    return dict(sorted(Counter(name for name, id_ in rows if id_ in question_ids).items()))


def _some(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
