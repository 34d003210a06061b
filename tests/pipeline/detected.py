"""Detections, leads' decisions and outside ground truths for tests, planted row by row."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from db import detections, labels
from db.account_tables import Person
from db.columns import Presence, now
from db.engine import Store
from db.labels import GivenLabel, Labelling
from db.tables import Adjudication, Gold, Item, Question, Study
from tests.pipeline.labels import codes

Found = Sequence[str] | Presence  # labels, or only a presence


def said(found: Found) -> dict[str, Any]:
    """The columns of an answer; labels mean "yes", none of them "no"."""
    if isinstance(found, str):
        return {"presence": found, "labels": []}
    return {"presence": "yes" if found else "no", "labels": list(found)}


def detect(
    store: Store, detector: str, found: Mapping[int, Found], *, study: str = "labels"
) -> None:
    """Plant what a detector found in a study's items, by their places 1, 2, …."""
    with store.writing() as session:
        for place, each in found.items():
            code = codes(store, study)[place - 1]
            item = session.scalars(select(Item).where(Item.code == code)).one()
            columns = {"detector": detector, "item_id": item.id, **said(each)}
            detections.add(session, [columns])


def decide(
    store: Store,
    place: int,
    presence: Presence,
    given: Sequence[str] = (),
    *,
    study: str = "labels",
    by: str = "zhao",
) -> None:
    """Plant a lead's decision on a study's item."""
    answer = Labelling(presence, tuple(GivenLabel(id_, n == 0) for n, id_ in enumerate(given)))
    with store.writing() as session:
        lead = session.scalar(select(Person).where(Person.username == by))
        if lead is None:
            lead = Person(pseudonym=f"P-{by}", username=by, roles=["lead"])
            session.add(lead)
            session.flush()
        code = codes(store, study)[place - 1]
        item = session.scalars(select(Item).where(Item.code == code)).one()
        both = {"before": labels.to_json(answer), "reason": "so", "token": "t", "revision": 1}
        decision = labels.to_json(answer)
        session.add(Adjudication(item_id=item.id, person_id=lead.id, decision=decision, **both))


def plant_gold(
    store: Store, gold: Sequence[Found], found: Mapping[str, Sequence[Found]], name: str = "outside"
) -> None:
    """Plant an imported, closed study of questions with a ground truth and detections for each."""
    with store.writing() as session:
        study = Study(
            name=name, kind="distortion", origin="imported", status="closed", criteria=[],
            guidelines={}, design={}, analysis={"level": 0.95, "seed": 5, "resamples": 200}, seed=5,
            closed_at=now(), unblinded_at=now(),
        )  # fmt: skip
        session.add(study)
        session.flush()
        for number, truth in enumerate(gold):
            question = Question(source=name, external_id=str(number), text=f"问题 {number}")
            session.add(question)
            session.flush()
            item = Item(study_id=study.id, code=f"{name}{number}", external_id=str(number),
                        question_id=question.id)  # fmt: skip
            session.add(item)
            session.flush()
            session.add(Gold(item_id=item.id, **said(truth)))
            detections.add(
                session,
                [
                    {"detector": detector, "item_id": item.id, **said(of[number])}
                    for detector, of in found.items()
                ],
            )
