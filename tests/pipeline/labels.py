"""Small distortion studies for tests: made and opened as a user would, then given answers."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import labels as labelled
from db import people, studies
from db.account_tables import Person
from db.columns import Presence
from db.engine import Store
from db.labels import GivenLabel, Labelling, Span
from db.tables import Assignment, Item, Judgement, Question, Response, System
from pipeline.study import create, lifecycle
from pipeline.study.studyfile import Frame, Plan

SOURCE = "labels"


def make_label_study(
    store: Store,
    *,
    questions: int | Sequence[str] = 4,
    labellers: Sequence[str] = ("li", "wang"),
    name: str = "labels",
    system: str | None = None,
    **plan: object,
) -> list[str]:
    """Create and open a study, and return the codes of its items in the order of their making.

    `questions` are texts, or how many there are. With a system, its answers are labelled. What the
    store lacks of questions, answers and people is added.
    """
    texts = (
        [f"问题{n}" for n in range(1, questions + 1)] if isinstance(questions, int) else questions
    )
    with store.writing() as session:
        _add(session, texts, labellers, system)
    wanted = {"seed": 7, "per_item": len(labellers), "frame": Frame(source=SOURCE), **plan}
    create.run(
        store,
        Plan(
            name=name,
            kind="distortion",
            systems=(system,) if system else (),
            raters=tuple(labellers),
            **wanted,  # type: ignore[arg-type]
        ),
    )
    lifecycle.open_study(store, name=name)
    return codes(store, name)


def codes(store: Store, name: str = "labels") -> list[str]:
    """Return the codes of a study's items in the order of their making."""
    with store.reading() as session:
        study = studies.get(session, name=name)
        query = select(Item.code).where(Item.study_id == study.id).order_by(Item.id)
        return list(session.scalars(query))


def give(  # noqa: PLR0913  # reads as a sentence where it is called
    store: Store,
    study: str,
    username: str,
    item: str | int,
    presence: Presence,
    labels: Sequence[str] = (),
    *,
    primary: str | None = None,
    spans: Sequence[tuple[str, str, int, int]] = (),
    confidence: int | None = None,
    comment: str | None = None,
) -> None:
    """Store a labeller's answer, as one revision more.

    `item` is a code, or the item's place in the study: 1, 2, …, the same for all. The first label
    is the primary one unless another is named. A span is (label, field, start, end).
    """
    code = item if isinstance(item, str) else codes(store, study)[item - 1]
    chief = primary or next(iter(labels), None)
    given = Labelling(
        presence,
        tuple(
            GivenLabel(id_, id_ == chief, tuple(Span(*where) for of, *where in spans if of == id_))
            for id_ in labels
        ),
        confidence,
    )
    with store.writing() as session:
        assignment = session.scalars(
            select(Assignment.id)
            .join(Item, Item.id == Assignment.item_id)
            .join(Person, Person.id == Assignment.person_id)
            .where(Item.code == code, Person.username == username)
        ).one()
        query = select(func.count(Judgement.id)).where(Judgement.assignment_id == assignment)
        revision = (session.scalar(query) or 0) + 1
        session.add(
            Judgement(
                assignment_id=assignment,
                revision=revision,
                values=labelled.to_values(given),
                labels=labelled.to_labels(given),
                comment=comment,
                seconds=30.0,
                token=f"{code} {username} {revision}",
            )
        )


def close(store: Store, name: str = "labels") -> None:
    lifecycle.close_study(store, name=name)


def _add(
    session: Session, texts: Sequence[str], labellers: Sequence[str], system: str | None
) -> None:
    asked = select(Question).where(Question.source == SOURCE)
    known = {question.external_id: question for question in session.scalars(asked)}
    for n, text in enumerate(texts, 1):
        if str(n) not in known:
            description = f"“我总是这样” 😔：第 {n} 次了。"
            known[str(n)] = Question(
                source=SOURCE,
                external_id=str(n),
                text=text,
                description=description,
                content_hash=f"{SOURCE} {n} {text}",
            )
            session.add(known[str(n)])
    session.flush()
    for username in labellers:
        if not session.scalar(select(Person).where(Person.username == username)):
            people.add(
                session, username=username, roles=["rater"], group="therapist", password_hash=None
            )
    if system:
        _add_answers(session, list(known.values()), system)


def _add_answers(session: Session, questions: Sequence[Question], system: str) -> None:
    by = session.scalar(select(System).where(System.name == system)) or System(
        name=system, kind="local"
    )
    session.add(by)
    session.flush()
    answered = set(session.scalars(select(Response.question_id).where(Response.system_id == by.id)))
    session.add_all(
        Response(
            question_id=question.id,
            system_id=by.id,
            text=f"“总是”这个词说得太满了。{question.text}",
        )
        for question in questions
        if question.id not in answered
    )
