"""Distortion studies that lin and wu label: the questions of a study, or a system's answers."""

from typing import Any

from sqlalchemy import select

from db.account_tables import Person
from db.labels import Labelling, read
from db.tables import Assignment, Item, Judgement, Study
from pipeline.study import create, lifecycle
from pipeline.study.studyfile import Plan
from tests.annotate_app.conftest import CANARY, Made

YES = {"presence": "yes", "confidence": None}
NO = {"presence": "no", "confidence": None}


def add_labelling(made: Made, *, on_answers: bool = False) -> Made:
    """Open another study of the store, about distortions; return it with its labellers' orders."""
    name = "pointed out" if on_answers else "labels"
    systems = (f"{CANARY}-1",) if on_answers else ()
    wanted = Plan(name=name, kind="distortion", systems=systems, raters=("lin", "wu"), seed=1)
    create.run(made.store, wanted)
    lifecycle.open_study(made.store, name=name)
    return Made(made.store, made.people, {who: _order(made, name, who) for who in ("lin", "wu")})


def _order(made: Made, name: str, who: str) -> list[str]:
    query = (
        select(Item.code)
        .join(Assignment, Assignment.item_id == Item.id)
        .join(Person, Person.id == Assignment.person_id)
        .join(Study, Study.id == Item.study_id)
        .where(Study.name == name, Person.username == who)
        .order_by(Assignment.position)
    )
    with made.store.reading() as session:
        return list(session.scalars(query))


def label(id_: str, *spans: tuple[str, int, int], primary: bool = True) -> dict[str, Any]:
    """Return a label as the desk sends it."""
    marked = [{"field": field, "start": start, "end": end} for field, start, end in spans]
    return {"label": id_, "primary": primary, "spans": marked}


def newest(made: Made) -> Labelling:
    """Return what was stored last."""
    with made.store.reading() as session:
        row = session.scalars(select(Judgement).order_by(Judgement.id.desc())).first()
        assert row is not None
        assert row.flags == []
        return read(row.values, row.labels)
