"""A closed distortion study with cases for a lead, as the pages and services find it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from annotate_app.services import sign_in
from db import people
from db.engine import Store
from db.tables import Adjudication, AdjudicationCase, Item
from pipeline.study import adjudicating
from pipeline.study.adjudicating import Wanted
from tests.annotate_app.conftest import PASSWORD_HASH
from tests.pipeline.labels import close, give, make_label_study

PEOPLE = {"zhao": ["lead"], "qian": ["lead"], "guo": ["researcher"]}
NO = {"values": {"presence": "no", "confidence": None}, "labels": []}
COMMENT = "这是我的看法"


@dataclass(frozen=True)
class Cases:
    """The store, the ids of people, and the codes of zhao's cases in zhao's order."""

    store: Store
    people: dict[str, int]
    codes: list[str]


def make_cases(store: Store, *, items: int = 4, system: str | None = None) -> Cases:
    """Draw cases of a study in which li and wang differ on all items but the last one."""
    make_label_study(store, questions=items, system=system)
    for place in range(1, items + 1):
        same = place == items
        give(store, "labels", "li", place, "yes", ["mind_reading"], comment=COMMENT)
        give(store, "labels", "wang", place, "yes", ["mind_reading" if same else "labeling"])
    close(store)
    with store.writing() as session:
        ids = {
            who: people.add(
                session, username=who, roles=roles, group=None, password_hash=PASSWORD_HASH
            ).id
            for who, roles in PEOPLE.items()
        }
        ids |= {who: people.get(session, username=who).id for who in ("li", "wang")}
    adjudicating.run(store, Wanted("labels", leads=("zhao",), agreed=1))
    with store.reading() as session:
        asked = select(Item.code).join(AdjudicationCase, AdjudicationCase.item_id == Item.id)
        return Cases(store, ids, list(session.scalars(asked.order_by(AdjudicationCase.position))))


def labelling(*labels: str, spans: Any = (), presence: str = "yes") -> dict[str, Any]:
    """Return an answer as the desk sends it, the first label with this evidence."""
    return {
        "values": {"presence": presence, "confidence": 3},
        "labels": [
            {"label": label, "primary": place == 0, "spans": [] if place else list(spans)}
            for place, label in enumerate(labels)
        ],
    }


def owner(cases: Cases, who: str = "zhao") -> str:
    with cases.store.writing() as session:
        return people.owner(people.browser_key(session, person_id=cases.people[who]))


def token(cases: Cases, who: str = "zhao") -> str:
    return sign_in.begin(cases.store, person_id=cases.people[who])


def steps(store: Store) -> list[Adjudication]:
    """Return every step, in the order in which they came."""
    with store.reading() as session:
        return list(session.scalars(select(Adjudication).order_by(Adjudication.id)))
