"""Store and find what detectors found."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from db.columns import Presence
from db.tables import Base, Detection


class StoredDetection(NamedTuple):
    presence: Presence
    labels: list[Any]


def in_responses(session: Session, *, detector: str) -> dict[int, StoredDetection]:
    """Return what a detector last found in each response, under the ids of the responses."""
    columns = (Detection.response_id, Detection.presence, Detection.labels)
    query = select(*columns).where(Detection.detector == detector).order_by(Detection.id)
    rows = session.execute(query.where(Detection.response_id.is_not(None)))
    return {id_: StoredDetection(presence, labels) for id_, presence, labels in rows if id_}


def add(session: Session, detections: Iterable[Mapping[str, Any]]) -> None:
    """Add many detections; all map the same columns."""
    rows = list(detections)
    if rows:
        session.execute(insert(Base.metadata.tables["detection"]), rows)
