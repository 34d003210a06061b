"""Read a study's judgements as they leave the store: with codes and pseudonyms."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from db import studies
from db.account_tables import Person
from db.errors import NotAllowed
from db.tables import Assignment, Item, Judgement, Question, Response, Study

ROWS_AT_ONCE = 5_000


@dataclass(frozen=True)
class ShownSystem:
    """A system of a study; `shown` is its name, or until unblinding its code.

    `not_asked` are criteria that the study does not ask of it, so that no score is missing.
    """

    id: int
    shown: str
    not_asked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RatedItem:
    """One thing to judge, under the names that it has outside the store.

    `unit` is the response that is judged: a repeat has the same unit as its original. `about` is
    the question in the store, and `question` what it is called.
    """

    unit: int
    about: int
    item: str
    question: str
    system: ShownSystem
    is_repeat: bool
    is_calibration: bool


@dataclass(frozen=True)
class Rater:
    pseudonym: str
    group: str | None


class Answer(NamedTuple):
    """One revision of one assignment's judgement; `revision` is None while there is no answer."""

    item: RatedItem
    rater: Rater
    position: int | None
    revision: int | None
    values: dict[str, int | None]
    comment: str | None
    flags: list[dict[str, Any]]
    seconds: float | None
    submitted_at: datetime | None


def rating_study(session: Session, *, name: str) -> Study:
    """Return the study. Raises NotKnown, or NotAllowed for one that is not about ratings."""
    study = studies.get(session, name=name)
    if study.kind != "rating":
        raise NotAllowed(
            f"{name} is a {study.kind} study, which has labels and no ratings: 'cbt export gold'"
            " writes them, and 'cbt detection-quality' measures a detector against them"
        )
    return study


def systems(session: Session, *, study: Study) -> list[ShownSystem]:
    """Return the study's systems in the order of their codes."""
    unblinded = study.unblinded_at is not None
    by_code = studies.systems(session, study_id=study.id)
    gaps = study.design.get("not_asked", {})  # only an imported file can have any
    return [
        ShownSystem(
            system.id,
            system.name if unblinded else code,
            frozenset(gaps.get(system.name, ())),
        )
        for code, system in by_code.items()
    ]


def count(session: Session, *, study: Study, all_revisions: bool = False) -> int:
    """Return how many `answers` there are."""
    each = Judgement.id if all_revisions else Assignment.id.distinct()
    waiting = func.count(Assignment.id).filter(Judgement.id.is_(None))
    query = (
        select(func.count(each) + (waiting if all_revisions else 0))
        .select_from(Assignment)
        .outerjoin(Judgement, Judgement.assignment_id == Assignment.id)
        .where(Assignment.study_id == study.id)
    )
    return session.scalar(query) or 0


def answers(session: Session, *, study: Study, all_revisions: bool = False) -> Iterator[Answer]:
    """Yield every assignment with its newest judgement, or with each; one without has one too.

    The order is that in which the assignments were made, and is the same each time.
    """
    items = _items(session, study)
    raters = _raters(session, study)
    number = Judgement.revision
    query = (
        select(
            Assignment.id,
            Assignment.item_id,
            Assignment.person_id,
            Assignment.position,
            number,
            cast(Judgement.values, Text),
            Judgement.comment,
            cast(Judgement.flags, Text),
            Judgement.seconds,
            Judgement.submitted_at,
        )
        .outerjoin(Judgement, Judgement.assignment_id == Assignment.id)
        .where(Assignment.study_id == study.id)
        .order_by(Assignment.id, number if all_revisions else number.desc())
    )
    last = None
    for assignment, item, person, *given in session.execute(query).yield_per(ROWS_AT_ONCE):
        if assignment != last or all_revisions:
            yield _answer(items[item], raters[person], given)
        last = assignment


def _answer(item: RatedItem, rater: Rater, given: Sequence[Any]) -> Answer:
    position, revision, values, comment, flags, seconds, submitted_at = given
    return Answer(
        item,
        rater,
        position,
        revision,
        _decoded(values) if values else {},
        comment or None,
        _decoded(flags) if flags else [],
        seconds,
        submitted_at,
    )


# The same few values come back over and over: decoding each text once halves the time of a read.
@lru_cache(maxsize=4096)
def _decoded(text: str) -> Any:
    return json.loads(text)


def _items(session: Session, study: Study) -> dict[int, RatedItem]:
    by_id = {system.id: system for system in systems(session, study=study)}
    questions = question_names(session, study)
    query = (
        select(
            Item.id,
            Response.id,
            func.coalesce(Item.external_id, Item.code),
            Item.question_id,
            Response.system_id,
            Item.repeat_of_id.is_not(None),
            Item.is_calibration,
        )
        .join(Response, Item.response_id == Response.id)
        .where(Item.study_id == study.id)
    )
    return {
        id_: RatedItem(
            unit,
            question,
            item,
            questions[question],
            by_id[system],
            bool(is_repeat),
            is_calibration,
        )
        for id_, unit, item, question, system, is_repeat, is_calibration in session.execute(query)
    }


def texts(session: Session, *, study: Study) -> dict[tuple[str, int], str]:
    """Return the answers' texts as far as they are known, by the item's name and system's id."""
    query = (
        select(func.coalesce(Item.external_id, Item.code), Response.system_id, Response.text)
        .join(Response, Item.response_id == Response.id)
        .where(Item.study_id == study.id, Item.repeat_of_id.is_(None))
    )
    found = session.execute(query)
    return {(item, system): text for item, system, text in found if text is not None}


def question_names(session: Session, study: Study) -> dict[int, str]:
    """Return what each question is called: its external id, with the source where two share it."""
    of_study = select(Item.question_id).where(Item.study_id == study.id)
    query = select(Question.id, Question.source, Question.external_id)
    found = session.execute(query.where(Question.id.in_(of_study))).all()
    shared = Counter(external_id for _, _, external_id in found)
    return {
        id_: external_id if shared[external_id] == 1 else f"{source}:{external_id}"
        for id_, source, external_id in found
    }


def _raters(session: Session, study: Study) -> dict[int, Rater]:
    assigned = select(Assignment.person_id).where(Assignment.study_id == study.id)
    query = select(Person.id, Person.pseudonym, Person.group).where(Person.id.in_(assigned))
    return {id_: Rater(name, group or None) for id_, name, group in session.execute(query)}


def state(session: Session, *, study: Study) -> tuple[str, bool, int, int]:
    """Return what changes whenever a study's figures may: its status, and what has been given."""
    of_study = select(func.count(Judgement.id), func.max(Judgement.id)).where(
        Judgement.assignment_id.in_(select(Assignment.id).where(Assignment.study_id == study.id))
    )
    given, newest = session.execute(of_study).one()
    return study.status, study.unblinded_at is not None, given, newest or 0
