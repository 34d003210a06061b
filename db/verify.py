"""Check a store: recompute its current state from the append-only rows, and compare."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, aliased

from db import studies, verify_calls, verify_labels
from db.engine import Store
from db.problems import Problem
from db.tables import Assignment, Event, Item, Judgement, Response, Study, StudySystem

Check = Callable[[Session], Iterator[Problem]]
LOCAL = Study.origin == "local"
STATUS_AFTER = {"created": "draft", "opened": "open", "closed": "closed"}


@dataclass(frozen=True)
class Verified:
    """What was checked, and what was found wrong; a damaged file is not counted."""

    judgements: int
    assignments: int
    answered: int
    problems: list[Problem]


def run(store: Store) -> Verified:
    """Check the whole store on one unchanging view of it, and change nothing."""
    with store.reading() as session:
        damage = list(_file(session))
        if damage:  # what could still be read of such a file would only mislead
            return Verified(0, 0, 0, damage)
        problems = [problem for check in CHECKS for problem in _found(check, session)]
        return Verified(
            judgements=_count(session, select(func.count(Judgement.id))),
            assignments=_count(session, select(func.count(Assignment.id))),
            answered=_count(session, select(func.count(Judgement.assignment_id.distinct()))),
            problems=problems,
        )


def _found(check: Check, session: Session) -> Iterator[Problem]:
    try:
        yield from check(session)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        what = f"hold something that is not theirs ({type(error).__name__}: {error})"
        yield Problem(check.__name__.strip("_").replace("_", " "), what)


def _count(session: Session, query: Any) -> int:
    return int(session.scalar(query) or 0)


def _file(session: Session) -> Iterator[Problem]:
    if session.get_bind().dialect.name != "sqlite":
        return
    try:
        for (said,) in session.execute(text("PRAGMA integrity_check")):
            if said != "ok":
                yield Problem("file", str(said))
    except DatabaseError as error:  # the check itself gives up on some damage
        if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        yield Problem("file", str(error.orig))


def _references(session: Session) -> Iterator[Problem]:
    if session.get_bind().dialect.name == "sqlite":
        for table, row, parent, _ in session.execute(text("PRAGMA foreign_key_check")):
            yield Problem(f"{table} {row}", f"names a row of {parent} that is not there")


def _revisions(session: Session) -> Iterator[Problem]:
    query = (
        select(Judgement.assignment_id, func.count(), func.max(Judgement.revision))
        .join(Assignment, Judgement.assignment_id == Assignment.id)
        .join(Study, Assignment.study_id == Study.id)
        .where(LOCAL)  # a file of ratings may hold the newest revisions only
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
    for study in session.scalars(select(Study).where(LOCAL)):
        kinds = session.scalars(
            select(Event.kind).where(Event.study_id == study.id).order_by(Event.id)
        ).all()
        said = [STATUS_AFTER[kind] for kind in kinds if kind in STATUS_AFTER]
        expected = said[-1] if said else "draft"
        if study.status != expected:
            yield Problem(f"study {study.name}", f"is {study.status}, its events say {expected}")
        if (study.unblinded_at is not None) != ("unblinded" in kinds):
            yield Problem(f"study {study.name}", "unblinding and its event do not agree")


def _closings(session: Session) -> Iterator[Problem]:
    """A closed study takes no more judgements, so its counts stay what its event says."""
    for study in session.scalars(select(Study).where(LOCAL, Study.status == "closed")):
        said = session.scalar(
            select(Event.details)
            .where(Event.study_id == study.id, Event.kind == "closed")
            .order_by(Event.id.desc())
            .limit(1)
        )
        counts = studies.counts(session, study_id=study.id)
        for what, now in (("assigned", counts.assigned), ("answered", counts.answered)):
            then = (said or {}).get(what)
            if then != now:
                yield Problem(
                    f"study {study.name}", f"was closed with {what} = {then}, now it is {now}"
                )


def _imported_studies(session: Session) -> Iterator[Problem]:
    for study in session.scalars(select(Study).where(Study.origin == "imported")):
        if study.status != "closed" or study.unblinded_at is None:
            yield Problem(f"study {study.name}", "is imported, but not closed and unblinded")


def _scales(session: Session) -> Iterator[Problem]:
    for study in session.scalars(select(Study).where(Study.kind == "rating")):
        levels = _levels(study)
        for criterion, values in levels.items():
            if values == {None}:
                yield Problem(f"study {study.name}", f"the criterion {criterion} has no levels")
        query = (
            select(Judgement.id, Judgement.values)
            .join(Assignment, Judgement.assignment_id == Assignment.id)
            .where(Assignment.study_id == study.id)
        )
        for judgement, values in session.execute(query):
            for criterion, value in values.items():
                if value not in levels.get(criterion, ()):
                    yield Problem(
                        f"judgement {judgement}", f"{criterion} = {value} is not on the scale"
                    )


def _levels(study: Study) -> dict[Any, set[Any]]:
    return {
        criterion["id"]: {level["value"] for level in criterion.get("levels") or ()} | {None}
        for criterion in study.criteria
    }


def _orders(session: Session) -> Iterator[Problem]:
    query = (
        select(Study.name, Assignment.person_id, Assignment.position)
        .join(Study, Assignment.study_id == Study.id)
        .where(LOCAL)
    )
    orders: dict[tuple[str, int], list[int]] = defaultdict(list)
    for name, person, position in session.execute(query):
        orders[name, person].append(position or 0)
    for (name, person), positions in orders.items():
        if sorted(positions) != list(range(1, len(positions) + 1)):
            yield Problem(f"study {name}", f"the order of person {person} has gaps or doubles")


def _studies_of_assignments(session: Session) -> Iterator[Problem]:
    query = (
        select(Assignment.id)
        .join(Item, Assignment.item_id == Item.id)
        .where(Assignment.study_id != Item.study_id)
    )
    for assignment in session.scalars(query):
        yield Problem(f"assignment {assignment}", "is of another study than its item")


def _repeats(session: Session) -> Iterator[Problem]:
    original = aliased(Item)
    query = (
        select(Item.code, original.code)
        .join(original, Item.repeat_of_id == original.id)
        .where(
            or_(
                Item.study_id != original.study_id,
                Item.question_id != original.question_id,
                Item.response_id.is_distinct_from(original.response_id),
            )
        )
    )
    for code, other in session.execute(query):
        yield Problem(f"item {code}", f"repeats item {other}, which shows something else")


def _items(session: Session) -> Iterator[Problem]:
    query = (
        select(Item.code, Item.question_id != Response.question_id, StudySystem.system_id)
        .join(Response, Item.response_id == Response.id)
        .outerjoin(
            StudySystem,
            and_(
                StudySystem.study_id == Item.study_id,
                StudySystem.system_id == Response.system_id,
            ),
        )
        .where(or_(Item.question_id != Response.question_id, StudySystem.system_id.is_(None)))
    )
    for code, other_question, system in session.execute(query):
        if other_question:
            yield Problem(f"item {code}", "shows an answer to another question than its own")
        if system is None:
            yield Problem(f"item {code}", "shows an answer of a system that is not in its study")


def _parts(session: Session) -> Iterator[Problem]:
    query = select(Response.id, Response.text, Response.parts).where(Response.parts.is_not(None))
    for response, text_, parts in session.execute(query):
        ends = [0] + [edge for part in parts or [] for edge in (part["start"], part["end"])]
        if ends != sorted(ends) or ends[-1] > len(text_ or ""):
            yield Problem(f"response {response}", "its parts overlap or leave the text")


CHECKS: tuple[Check, ...] = (
    _references,
    _revisions,
    _statuses,
    _closings,
    _imported_studies,
    _scales,
    _orders,
    _studies_of_assignments,
    _repeats,
    _items,
    _parts,
    *verify_labels.CHECKS,
    *verify_calls.CHECKS,
)
