"""The cases of a study that its leads decide: who has which, and how far they are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, exists, func, insert, select
from sqlalchemy.orm import Session

from db.account_tables import Person
from db.tables import Adjudication, AdjudicationCase, Assignment, Item, Judgement, Study


@dataclass(frozen=True)
class NewCase:
    """One item for a lead; `votes` are its judgements or gold rows, in the order of showing."""

    item_id: int
    person_id: int
    position: int
    agreed: bool
    votes: Sequence[Mapping[str, int]]


@dataclass(frozen=True)
class LeadProgress:
    """How far one lead of a study is; `able` is whether the lead can go on."""

    person_id: int
    pseudonym: str
    able: bool
    cases: int
    decided: int

    @property
    def waiting(self) -> int:
        return self.cases - self.decided


@dataclass(frozen=True)
class LeadStudy:
    """One study of a lead: how many cases it has for that lead, and how many are decided."""

    name: str
    cases: int
    decided: int


def decided() -> ColumnElement[bool]:
    """Return the condition that a case has a decision, not only the lead's own answer."""
    return exists().where(
        Adjudication.item_id == AdjudicationCase.item_id,
        cast(Adjudication.decision, Text) != "{}",
    )


def add(session: Session, *, study_id: int, cases: Sequence[NewCase]) -> None:
    """Store the cases of a study, once drawn."""
    rows = [{"study_id": study_id, **vars(case_), "votes": list(case_.votes)} for case_ in cases]
    session.execute(insert(AdjudicationCase), rows)


def progress(session: Session, *, study_id: int) -> list[LeadProgress]:
    """Return how far each lead with cases in a study is, in the order of joining."""
    query = (
        select(
            Person.id,
            Person.pseudonym,
            Person.roles,
            Person.disabled_at,
            func.count(),
            _number_decided(),
        )
        .join(AdjudicationCase, AdjudicationCase.person_id == Person.id)
        .where(AdjudicationCase.study_id == study_id)
        .group_by(Person.id)
        .order_by(Person.id)
    )
    return [
        LeadProgress(id_, name, "lead" in roles and disabled_at is None, cases, done)
        for id_, name, roles, disabled_at, cases, done in session.execute(query)
    ]


def of_lead(session: Session, *, person_id: int) -> list[LeadStudy]:
    """Return the studies in which a person has cases, oldest first."""
    query = (
        select(Study.name, func.count(), _number_decided())
        .join(AdjudicationCase, AdjudicationCase.study_id == Study.id)
        .where(AdjudicationCase.person_id == person_id)
        .group_by(Study.id)
        .order_by(Study.id)
    )
    return [LeadStudy(*row) for row in session.execute(query)]


def waiting(session: Session, *, study_id: int, person_id: int) -> int:
    """Return how many cases of a study a person has still to decide."""
    query = select(func.count()).select_from(AdjudicationCase)
    return (
        session.scalar(query.where(*own(study_id=study_id, person_id=person_id), ~decided())) or 0
    )


def labellers(session: Session, *, study_id: int) -> dict[int, set[int]]:
    """Return who labelled each item or a repeat of it: {item: persons}."""
    query = (
        select(func.coalesce(Item.repeat_of_id, Item.id), Assignment.person_id)
        .join(Assignment, Assignment.item_id == Item.id)
        .where(Item.study_id == study_id)
        .where(exists().where(Judgement.assignment_id == Assignment.id))
    )
    found: dict[int, set[int]] = defaultdict(set)
    for item, person in session.execute(query):
        found[item].add(person)
    return found


def left_behind(session: Session, *, study_id: int) -> Sequence[AdjudicationCase]:
    """Return the undecided cases of leads who can no longer decide them."""
    gone = [lead.person_id for lead in progress(session, study_id=study_id) if not lead.able]
    query = select(AdjudicationCase).where(
        AdjudicationCase.study_id == study_id, AdjudicationCase.person_id.in_(gone), ~decided()
    )
    return session.scalars(query.order_by(AdjudicationCase.id)).all()


def last_positions(session: Session, *, study_id: int) -> dict[int, int]:
    """Return the last place of each lead's order."""
    query = select(AdjudicationCase.person_id, func.max(AdjudicationCase.position))
    rows = session.execute(
        query.where(AdjudicationCase.study_id == study_id).group_by(AdjudicationCase.person_id)
    )
    return dict(rows.all())


def own(*, study_id: Any, person_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions that a case is of this study and this person."""
    return AdjudicationCase.study_id == study_id, AdjudicationCase.person_id == person_id


def of_study(session: Session, *, study_id: int) -> Sequence[AdjudicationCase]:
    """Return the cases of a study, in the order in which they were drawn."""
    query = select(AdjudicationCase).where(AdjudicationCase.study_id == study_id)
    return session.scalars(query.order_by(AdjudicationCase.id)).all()


def _number_decided() -> ColumnElement[int]:
    return func.sum(case((decided(), 1), else_=0))
