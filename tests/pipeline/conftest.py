"""A live study with everything that an export and a result must tell apart."""

from datetime import UTC, datetime
from typing import Any

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

AT = datetime(2026, 5, 1, 12, 30, 0, 250_000, tzinfo=UTC)
CRITERIA = ("relevance", "structure")


@pytest.fixture
def live_study(store: Store) -> Store:
    """A store with the open study "live": 3 questions × 2 systems, 2 raters, not unblinded.

    Two questions have the same id in two sources; one item is repeated, one is for calibration;
    the first judgement was changed once, one is "cannot judge", one assignment is unanswered.
    """
    with store.writing() as session:
        _add(session)
    return store


def _add(session: Session) -> None:
    study = Study(
        name="live",
        kind="rating",
        origin="local",
        status="open",
        criteria=[
            {"id": name, "levels": [{"value": value} for value in (0, 1, 2)]} for name in CRITERIA
        ],
        guidelines={},
        design={},
        analysis={"primary": "relevance", "family": list(CRITERIA), "level": 0.9},
        seed=1,
    )
    systems = [System(name=name, kind="api") for name in ("secret-a", "secret-b")]
    people = [
        Person(pseudonym="P-AAAA", username="li", roles=["rater"], group="therapist"),
        Person(pseudonym="P-BBBB", username="wang", roles=["rater"], group="student"),
    ]
    questions = [
        Question(source=source, external_id=id_, text="睡不着怎么办", description="三天了。")
        for source, id_ in (("one", "7"), ("two", "7"), ("two", "8"))
    ]
    session.add_all([study, *systems, *people, *questions])
    session.flush()
    codes = {systems[0].id: "S2", systems[1].id: "S1"}
    session.add_all(
        StudySystem(study_id=study.id, system_id=id_, code=code) for id_, code in codes.items()
    )
    items = _items(session, study, questions, systems)
    _assignments(session, study, items, people)


def _items(
    session: Session, study: Study, questions: list[Question], systems: list[System]
) -> list[Item]:
    items = []
    for question in questions:
        for system in systems:
            response = Response(question_id=question.id, system_id=system.id, text="慢慢来 🌱")
            session.add(response)
            session.flush()
            about: dict[str, Any] = {
                "study_id": study.id,
                "question_id": question.id,
                "response_id": response.id,
            }
            items.append(Item(code=f"CODE{len(items)}", **about))
    items[5].is_calibration = True
    session.add_all(items)
    session.flush()
    first = items[0]
    repeat = Item(
        study_id=study.id,
        code="CODE6",
        question_id=first.question_id,
        response_id=first.response_id,
        repeat_of_id=first.id,
    )
    session.add(repeat)
    session.flush()
    return [*items, repeat]


def _assignments(session: Session, study: Study, items: list[Item], people: list[Person]) -> None:
    number = 0
    for person in people:
        for position, item in enumerate(items, start=1):
            assignment = Assignment(
                study_id=study.id, item_id=item.id, person_id=person.id, position=position
            )
            session.add(assignment)
            session.flush()
            number += 1
            session.add_all(_judgements(assignment.id, number))
    session.add(Event(kind="created", study_id=study.id))


def _judgements(assignment_id: int, number: int) -> list[Judgement]:
    """The first is changed once, the second is "cannot judge", the third is still to come."""
    if number == 3:
        return []
    values: dict[str, int | None] = {"relevance": number % 3, "structure": (number // 2) % 3}
    about: dict[str, Any] = {"assignment_id": assignment_id, "seconds": number / 7}
    about["submitted_at"] = AT
    if number == 1:
        flags = [
            {"flag": "harmful", "reason": "=why|not"},
            {"flag": "overwhelming", "reason": None},
        ]
        old = Judgement(revision=1, token="a", values={"relevance": 0, "structure": 0}, **about)
        new = Judgement(revision=2, token="b", values=values, comment="=改了", flags=flags, **about)
        return [old, new]
    if number == 2:
        flags = [{"flag": "cannot_judge", "reason": "dialect"}]
        return [
            Judgement(revision=1, token="a", values=dict.fromkeys(values), flags=flags, **about)
        ]
    return [Judgement(revision=1, token="a", values=values, comment="", **about)]
