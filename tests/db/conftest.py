"""A small study, stored row by row."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from db.account_tables import Person
from db.engine import Store
from db.tables import (
    Assignment,
    Event,
    Item,
    Judgement,
    Question,
    Response,
    Study,
    StudySystem,
    System,
)


@pytest.fixture
def stored_study(store: Store) -> Store:
    """A store with one open study: one item, its repeat, one rater, one judgement."""
    with store.writing() as session:
        add_study(session)
    return store


@pytest.fixture
def judge(stored_study: Store) -> Callable[..., None]:
    """Add a judgement of the first assignment."""

    def add(**values: object) -> None:
        with stored_study.writing() as session:
            session.add(Judgement(**{"assignment_id": 1, "values": {}, **values}))

    return add


def add_study(session: Session) -> None:
    levels = [{"value": value} for value in (0, 1, 2)]
    session.add_all(
        [
            Question(source="demo", external_id="1", text="睡不着怎么办", description="三天了。"),
            System(name="kind", kind="people"),
            Person(pseudonym="P-AAAA", username="li", roles=["rater"]),
            Study(
                name="first",
                kind="rating",
                origin="local",
                status="open",
                criteria=[{"id": "relevance", "levels": levels}],
                guidelines={},
                design={},
                analysis={},
                seed=1,
            ),
        ]
    )
    session.flush()
    session.add(Response(question_id=1, system_id=1, text="慢慢来 🌱"))
    session.add(StudySystem(study_id=1, system_id=1, code="S1"))
    session.flush()
    session.add(Item(study_id=1, code="AAAA", question_id=1, response_id=1))
    session.flush()
    session.add(Item(study_id=1, code="BBBB", question_id=1, response_id=1, repeat_of_id=1))
    session.flush()
    session.add_all(
        [
            Assignment(study_id=1, item_id=1, person_id=1, position=1),
            Assignment(study_id=1, item_id=2, person_id=1, position=2),
            Event(kind="created", study_id=1),
            Event(kind="opened", study_id=1),
        ]
    )
    session.flush()
    session.add(
        Judgement(assignment_id=1, revision=1, values={"relevance": 2}, comment="好", token="t1")
    )
