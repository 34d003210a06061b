"""Store and find what detectors found."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session

from db import studies
from db.base import Base
from db.columns import Presence
from db.tables import Detection, Item, Response, Run, Study, System

Place = Literal["item", "response", "question", "system"]


class StoredDetection(NamedTuple):
    presence: Presence
    labels: list[Any]


class Origin(NamedTuple):
    """The run that stored a detection: its stage, None where no run is named, and its settings."""

    stage: str | None
    configuration: dict[str, Any]


class ItemDetection(NamedTuple):
    """What a detector found for a study's item, and where: in the item, its response, …."""

    presence: Presence
    labels: list[Any]
    place: Place


def imported(system: str) -> str:
    """Return the detector by which detections go that came with a system's answers."""
    return f"import:{system}"


def generated(system: str) -> str:
    """Return the detector by which distortions go that a model named with its generated answers."""
    return f"generate:{system}"


def own(system: str) -> tuple[str, str]:
    """Return the detectors whose detections came with a system's answers."""
    return generated(system), imported(system)


def in_responses(
    session: Session, *, detector: str, system_id: int | None = None
) -> dict[int, StoredDetection]:
    """Return what a detector last found in each response, of all systems or of one.

    The findings come under the ids of the responses.
    """
    columns = (Detection.response_id, Detection.presence, Detection.labels)
    query = select(*columns).where(Detection.detector == detector).order_by(Detection.id)
    query = query.where(Detection.response_id.is_not(None))
    if system_id is not None:
        query = query.join(Response, Response.id == Detection.response_id)
        query = query.where(Response.system_id == system_id)
    rows = session.execute(query)
    return {id_: StoredDetection(presence, labels) for id_, presence, labels in rows if id_}


def in_questions(session: Session, *, detector: str) -> dict[int, StoredDetection]:
    """Return what a detector last found in each question itself, under the question's id."""
    columns = (Detection.question_id, Detection.presence, Detection.labels)
    query = select(*columns).where(Detection.detector == detector).order_by(Detection.id)
    rows = session.execute(query.where(Detection.question_id.is_not(None)))
    return {id_: StoredDetection(presence, labels) for id_, presence, labels in rows if id_}


def origin(session: Session, *, detector: str) -> Origin | None:
    """Return where a detector's first finding came from, None where it has none."""
    first = select(func.min(Detection.id)).where(Detection.detector == detector).scalar_subquery()
    query = select(Run.stage, Run.configuration).select_from(Detection)
    query = query.outerjoin(Run, Run.id == Detection.run_id).where(Detection.id == first)
    row = session.execute(query).one_or_none()
    return None if row is None else Origin(row[0], row[1] or {})


def runs_in_responses(
    session: Session, *, detector: str, response_ids: Sequence[int]
) -> dict[int, int | None]:
    """Return the run of what a detector last found in each of these responses."""
    columns = (Detection.response_id, Detection.run_id)
    query = select(*columns).where(Detection.detector == detector).order_by(Detection.id)
    rows = session.execute(query.where(Detection.response_id.in_(response_ids)))
    return {id_: run_id for id_, run_id in rows if id_}


def detectors(session: Session, *, system_id: int) -> list[str]:
    """Return the detectors that were run on responses of a system, sorted."""
    query = (
        select(Detection.detector)
        .join(Response, Response.id == Detection.response_id)
        .where(Response.system_id == system_id)
    )
    return sorted(session.scalars(query.distinct()))


def names_in(session: Session, *, study: Study) -> dict[str, str]:
    """Return what detections that came with answers of the study's own systems are called in it.

    Until unblinding that is by the system's code.
    """
    coded = study.unblinded_at is None
    return {
        name: shown
        for code, system in studies.systems(session, study_id=study.id).items()
        for name, shown in zip(own(system.name), own(code if coded else system.name), strict=True)
    }


def searched_systems(session: Session, *, study_id: int) -> dict[str, int]:
    """Return the systems of whose answers to a study's bare questions a detector searched any.

    They come with their ids.
    """
    answer = select(Response.system_id).join(Detection, Detection.response_id == Response.id)
    asked = select(Item.question_id).where(Item.study_id == study_id, Item.response_id.is_(None))
    answering = answer.where(Response.question_id.in_(asked))
    query = select(System.name, System.id).where(System.id.in_(answering))
    return dict(sorted(session.execute(query).all()))


def in_study(
    session: Session, *, study_id: int, system_id: int | None = None
) -> dict[str, dict[int, ItemDetection]]:
    """Return what each detector last found for a study's items: {detector: {item: …}}.

    Of several places the closest to the item counts: the item itself, its response, its question,
    at last the answer of the system `system_id` to that question (of several kept ones the
    first).
    """
    found: dict[str, dict[int, ItemDetection]] = defaultdict(dict)
    for place, query in reversed(_places(system_id).items()):
        rows = query.where(Item.study_id == study_id).order_by(Detection.id)
        for item, detector, presence, labels in session.execute(rows):
            found[detector][item] = ItemDetection(presence, labels, place)
    return dict(found)


def _places(system_id: int | None) -> dict[Place, Select[tuple[int, str, Presence, list[Any]]]]:
    query = select(Item.id, Detection.detector, Detection.presence, Detection.labels)
    first = (
        select(Response.question_id, func.min(Response.sample).label("sample"))
        .where(Response.system_id == system_id, Response.status == "kept")
        .group_by(Response.question_id)
        .subquery()
    )
    of_system = (
        query.join(Response, Response.question_id == Item.question_id)
        .join(
            first,
            (first.c.question_id == Response.question_id) & (first.c.sample == Response.sample),
        )
        .join(Detection, Detection.response_id == Response.id)
        .where(Response.system_id == system_id)
    )
    return {
        "item": query.join(Detection, Detection.item_id == Item.id),
        "response": query.join(Detection, Detection.response_id == Item.response_id),
        "question": query.join(Detection, Detection.question_id == Item.question_id),
        **({} if system_id is None else {"system": of_system}),
    }


def add(session: Session, detections: Iterable[Mapping[str, Any]]) -> None:
    """Add many detections; all map the same columns."""
    rows = list(detections)
    if rows:
        session.execute(insert(Base.metadata.tables["detection"]), rows)
