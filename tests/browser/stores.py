"""Stores with a study to rate, made with what the commands are made of; and the app on them."""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from db import labels, people, schema
from db.account_tables import Person
from db.engine import Store, connect
from db.labels import Labelling
from db.tables import Assignment, Item, Judgement, Question, Response, System
from pipeline.passwords import hash_password
from pipeline.study import create, lifecycle
from pipeline.study.sampling import Frame
from pipeline.study.studyfile import Plan
from tests.browser.rater import PASSWORD

HASH = hash_password(PASSWORD)


def make(path: Path) -> Store:
    """Make an empty, current store."""
    store = connect(f"sqlite:///{path}")
    schema.upgrade(store.engine)
    return store


def add_people(store: Store, **roles: str) -> dict[str, int]:
    """Add people, each with a role, and return their ids."""
    with store.writing() as session:
        return {
            name: people.add(
                session, username=name, roles=[role], group=None, password_hash=HASH
            ).id
            for name, role in roles.items()
        }


def add_answers(
    store: Store,
    questions: int,
    systems: Sequence[str] = ("one", "two", "three"),
    *,
    question: Callable[[int], Question] | None = None,
    answer: Callable[[int, str], str] | None = None,
) -> None:
    """Add questions, and the answers of systems to each of them."""
    with store.writing() as session:
        made = [System(name=name, kind="api") for name in systems]
        session.add_all(made)
        for n in range(1, questions + 1):
            asked = question(n) if question else a_question(n)
            session.add(asked)
            session.flush()
            session.add_all(
                Response(
                    question_id=asked.id,
                    system_id=system.id,
                    text=answer(n, system.name) if answer else f"回答：先慢慢来，写下担心的事。{n}",
                )
                for system in made
            )


def open_labelling(
    store: Store,
    name: str,
    labellers: Sequence[str],
    *,
    systems: Sequence[str] = (),
    **plan: object,
) -> None:
    """Create a study of the distortions in all questions, or a system's answers, and open it."""
    wanted = Plan(
        name=name,
        kind="distortion",
        systems=tuple(systems),
        raters=tuple(labellers),
        per_item=len(labellers),
        seed=1,
        frame=Frame(),
    )
    create.run(store, replace(wanted, **plan))  # type: ignore[arg-type]
    lifecycle.open_study(store, name=name)


def a_question(n: int, *, text: str = "最近总是睡不着，怎么办", hard: bool = False) -> Question:
    return Question(
        source="s",
        external_id=str(n),
        text=f"{text}（{n}）",
        description="躺下以后脑子停不下来。" * 4,
        tags=["danger"] if hard else [],
    )


def open_study(store: Store, name: str, raters: Sequence[str], **plan: object) -> None:
    """Create a study of every system's answers for these raters, and open it."""
    with store.reading() as session:
        systems = tuple(session.scalars(select(System.name).order_by(System.id)))
    wanted = Plan(
        name=name, kind="rating", systems=systems, raters=tuple(raters), seed=1, frame=Frame()
    )
    create.run(store, replace(wanted, **plan))  # type: ignore[arg-type]
    lifecycle.open_study(store, name=name)


@dataclass(frozen=True)
class Stored:
    """One judgement as the store has it."""

    item: str
    position: int
    revision: int
    scores: tuple[int | None, ...]
    comment: str | None
    token: str


def stored(store: Store, username: str) -> list[Stored]:
    """Return what a rater gave, in the order in which it was stored."""
    query = (
        select(Item.code, Assignment.position, Judgement)
        .join(Assignment, Assignment.item_id == Item.id)
        .join(Judgement, Judgement.assignment_id == Assignment.id)
        .join(Person, Person.id == Assignment.person_id)
        .where(Person.username == username)
        .order_by(Judgement.id)
    )
    with store.reading() as session:
        return [
            Stored(code, at or 0, row.revision, tuple(row.values.values()), row.comment, row.token)
            for code, at, row in session.execute(query)
        ]


@dataclass(frozen=True)
class Labelled:
    """One judgement of a distortion item as the store has it, with the texts of its item."""

    item: str
    position: int
    revision: int
    given: Labelling
    comment: str | None
    texts: dict[str, str]

    @property
    def labels(self) -> list[str]:
        return [label.id for label in self.given.labels]

    @property
    def evidence(self) -> dict[str, list[str]]:
        """What each label's spans cut out of the stored texts."""
        return {
            label.id: [self.texts[span.field][span.start : span.end] for span in label.spans]
            for label in self.given.labels
            if label.spans
        }


def labelled(store: Store, username: str) -> list[Labelled]:
    """Return what a labeller gave, in the order in which it was stored."""
    query = (
        select(Item.code, Assignment.position, Judgement, Question, Response.text)
        .join(Assignment, Assignment.item_id == Item.id)
        .join(Judgement, Judgement.assignment_id == Assignment.id)
        .join(Person, Person.id == Assignment.person_id)
        .join(Question, Question.id == Item.question_id)
        .outerjoin(Response, Response.id == Item.response_id)
        .where(Person.username == username)
        .order_by(Judgement.id)
    )
    with store.reading() as session:
        return [
            Labelled(
                code,
                at or 0,
                row.revision,
                labels.read(row.values, row.labels),
                row.comment,
                {
                    "question": question.text or "",
                    "description": question.description or "",
                    "answer": answer or "",
                },
            )
            for code, at, row, question, answer in session.execute(query)
        ]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
