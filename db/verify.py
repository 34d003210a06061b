"""Check a store: recompute its current state from the append-only rows, and compare."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from db.engine import Store
from db.tables import Assignment, Event, Item, Judgement, Response, Study

STATUS_AFTER = {"created": "draft", "opened": "open", "closed": "closed"}


@dataclass(frozen=True)
class Problem:
    """Something that should not be so: where, and what."""

    where: str
    what: str


@dataclass(frozen=True)
class Verified:
    """What was checked, and what was found wrong; nothing is changed."""

    judgements: int
    assignments: int
    answered: int
    problems: list[Problem]


def run(store: Store) -> Verified:
    """Check the whole store on one unchanging view of it."""
    with store.reading() as session:
        problems = [problem for check in CHECKS for problem in check(session)]
        return Verified(
            judgements=_count(session, select(func.count(Judgement.id))),
            assignments=_count(session, select(func.count(Assignment.id))),
            answered=_count(session, select(func.count(Judgement.assignment_id.distinct()))),
            problems=problems,
        )


def _count(session: Session, query: Any) -> int:
    return int(session.scalar(query) or 0)


def _file(session: Session) -> Iterator[Problem]:
    if session.get_bind().dialect.name != "sqlite":
        return
    for (said,) in session.execute(text("PRAGMA integrity_check")):
        if said != "ok":
            yield Problem("file", str(said))
    for table, row, parent, _ in session.execute(text("PRAGMA foreign_key_check")):
        yield Problem(f"{table} {row}", f"names a row of {parent} that is not there")


def _revisions(session: Session) -> Iterator[Problem]:
    query = (
        select(Judgement.assignment_id, func.count(), func.max(Judgement.revision))
        .join(Assignment, Judgement.assignment_id == Assignment.id)
        .join(Study, Assignment.study_id == Study.id)
        .where(Study.origin == "local")  # a file of ratings may hold the newest revisions only
        .group_by(Judgement.assignment_id)
        .having(func.count() != func.max(Judgement.revision))
        .order_by(Judgement.assignment_id)
    )
    for assignment, count, newest in session.execute(query):
        yield Problem(
            f"assignment {assignment}",
            f"has {count} revisions, but the newest is revision {newest}: one is missing",
        )


def _statuses(session: Session) -> Iterator[Problem]:
    for study in session.scalars(select(Study).where(Study.origin == "local")):
        kinds = session.scalars(
            select(Event.kind).where(Event.study_id == study.id).order_by(Event.id)
        ).all()
        said = [STATUS_AFTER[kind] for kind in kinds if kind in STATUS_AFTER]
        expected = said[-1] if said else "draft"
        if study.status != expected:
            yield Problem(f"study {study.name}", f"is {study.status}, its events say {expected}")
        if (study.unblinded_at is not None) != ("unblinded" in kinds):
            yield Problem(f"study {study.name}", "unblinding and its event do not agree")


def _scales(session: Session) -> Iterator[Problem]:
    for study in session.scalars(select(Study)):
        levels = {
            criterion["id"]: {level["value"] for level in criterion["levels"]} | {None}
            for criterion in study.criteria
        }
        query = (
            select(Judgement.id, Judgement.values)
            .join(Assignment, Judgement.assignment_id == Assignment.id)
            .where(Assignment.study_id == study.id)
        )
        for judgement, values in session.execute(query):
            for criterion, value in values.items():
                if value not in levels.get(criterion, set()):
                    yield Problem(
                        f"judgement {judgement}", f"{criterion} = {value} is not on the scale"
                    )


def _orders(session: Session) -> Iterator[Problem]:
    query = (
        select(Study.name, Assignment.person_id, Assignment.position)
        .join(Study, Assignment.study_id == Study.id)
        .where(Study.origin == "local")
    )
    orders: dict[tuple[str, int], list[int]] = defaultdict(list)
    for name, person, position in session.execute(query):
        orders[name, person].append(position or 0)
    for (name, person), positions in orders.items():
        if sorted(positions) != list(range(1, len(positions) + 1)):
            yield Problem(f"study {name}", f"the order of person {person} has gaps or doubles")


def _studies_agree(session: Session) -> Iterator[Problem]:
    query = (
        select(Assignment.id)
        .join(Item, Assignment.item_id == Item.id)
        .where(Assignment.study_id != Item.study_id)
    )
    for assignment in session.scalars(query):
        yield Problem(f"assignment {assignment}", "is of another study than its item")


def _parts(session: Session) -> Iterator[Problem]:
    query = select(Response.id, Response.text, Response.parts).where(Response.parts.is_not(None))
    for response, text_, parts in session.execute(query):
        ends = [0] + [edge for part in parts or [] for edge in (part["start"], part["end"])]
        if ends != sorted(ends) or ends[-1] > len(text_ or ""):
            yield Problem(f"response {response}", "its parts overlap or leave the text")


CHECKS: tuple[Callable[[Session], Iterator[Problem]], ...] = (
    _file,
    _revisions,
    _statuses,
    _scales,
    _orders,
    _studies_agree,
    _parts,
)
