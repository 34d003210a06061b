"""A study that three raters have rated, and what they gave, for the pages that show figures."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import people
from db.account_tables import Person
from db.engine import Store
from db.studies import get
from db.tables import Assignment, Item, Judgement, Question, Response, Study, System
from pipeline.study import create, lifecycle
from pipeline.study.studyfile import Frame, Plan

CANARY = "kanarienvogel"  # in every name that stands for a system
SYSTEMS = (f"{CANARY} <b>*one*</b>", f"{CANARY}-two 🌿")
PEOPLE = {
    "lin": (["rater"], "student"),
    "mei": (["rater"], "student"),
    "bo": (["rater"], "therapist"),
    "guo": (["researcher"], None),
    "zhao": (["lead"], None),
}
RATERS = ("lin", "mei", "bo")
STUDY = "rated"
QUESTIONS = 12
LENIENT = {"lin": 0.0, "mei": 0.3, "bo": -0.4}
SECONDS = {"lin": 30.0, "mei": 40.0, "bo": 50.0}
LEFT = 2  # answers that bo still has to rate


@dataclass(frozen=True)
class Score:
    """What one rater gave one answer on one criterion."""

    rater: str
    question: str
    system: str
    criterion: str
    value: int
    is_repeat: bool


def make(
    store: Store,
    *,
    password_hash: str | None = None,
    systems: Sequence[str] = SYSTEMS,
    raters: Sequence[str] = RATERS,
) -> None:
    """Make the open study "rated", all of it rated but for bo's last two answers."""
    with store.writing() as session:
        for username, (roles, group) in PEOPLE.items():
            people.add(
                session, username=username, roles=roles, group=group, password_hash=password_hash
            )
        session.add_all(_answers(session, systems))
    plan = Plan(
        name=STUDY,
        kind="rating",
        systems=tuple(systems),
        raters=tuple(raters),
        repeats=0.25,
        seed=1,
        frame=Frame(),
    )
    create.run(store, plan)
    lifecycle.open_study(store, name=STUDY)
    with store.writing() as session:
        session.add_all(_judgements(session))


def _answers(session: Session, systems: Sequence[str]) -> Iterator[Response]:
    made = [System(name=name, kind="api") for name in systems]
    session.add_all(made)
    for number in range(1, QUESTIONS + 1):
        question = Question(
            source="s", external_id=f"q{number}", text=f"第 {number} 个问题", description="睡不着。"
        )
        session.add(question)
        session.flush()
        for system in made:
            text = f"先慢慢来，写下担心的事。{number}"
            yield Response(question_id=question.id, system_id=system.id, text=text)


def _judgements(session: Session) -> Iterator[Judgement]:
    chance = random.Random(3)  # noqa: S311
    height: dict[int, float] = {}
    last: dict[str, int] = {}
    for assignment, item, username in _assigned(session):
        last[username] = max(last.get(username, 0), assignment.position or 0)
        unit = item.repeat_of_id or item.id
        height.setdefault(unit, chance.gauss(1.1, 0.7))
    for assignment, item, username in _assigned(session):
        latent = height[item.repeat_of_id or item.id] + LENIENT[username]
        values = {
            criterion["id"]: min(2, max(0, round(latent + chance.gauss(0, 0.5))))
            for criterion in get(session, name=STUDY).criteria
        }
        if username != "bo" or (assignment.position or 0) <= last[username] - LEFT:
            yield Judgement(
                assignment_id=assignment.id,
                revision=1,
                token=f"t{assignment.id}",
                values=values,
                seconds=SECONDS[username],
            )


def _assigned(session: Session) -> list[tuple[Assignment, Item, str]]:
    query = (
        select(Assignment, Item, Person.username)
        .join(Item, Item.id == Assignment.item_id)
        .join(Person, Person.id == Assignment.person_id)
        .join(Study, Study.id == Assignment.study_id)
        .where(Study.name == STUDY)
        .order_by(Assignment.id)
    )
    return [(assignment, item, name or "") for assignment, item, name in session.execute(query)]


def rate_next(store: Store, username: str, value: int = 2) -> None:
    """Rate one answer more, with this score throughout."""
    with store.writing() as session:
        answered = select(Judgement.assignment_id)
        assignment = session.scalars(
            select(Assignment)
            .join(Person, Person.id == Assignment.person_id)
            .where(Person.username == username, Assignment.id.not_in(answered))
            .order_by(Assignment.position)
        ).first()
        assert assignment
        values = {each["id"]: value for each in get(session, name=STUDY).criteria}
        token = f"n{assignment.id}"
        session.add(Judgement(assignment_id=assignment.id, revision=1, token=token, values=values))


def scores(store: Store) -> list[Score]:
    """Return what was given, as it is stored."""
    query = (
        select(Judgement.values, Person.username, Question.external_id, System.name, Item)
        .join(Assignment, Assignment.id == Judgement.assignment_id)
        .join(Person, Person.id == Assignment.person_id)
        .join(Item, Item.id == Assignment.item_id)
        .join(Question, Question.id == Item.question_id)
        .join(Response, Response.id == Item.response_id)
        .join(System, System.id == Response.system_id)
    )
    with store.reading() as session:
        return [
            Score(
                rater or "", question or "", system, criterion, value, item.repeat_of_id is not None
            )
            for values, rater, question, system, item in session.execute(query)
            for criterion, value in values.items()
        ]
