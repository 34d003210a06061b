"""Read what is known of a distortion study's items: votes, the lead's decisions, outside gold."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import labels, ratings, studies
from db.account_tables import Person
from db.columns import Presence
from db.errors import NotAllowed
from db.labels import Labelling
from db.ratings import Rater
from db.tables import Adjudication, Assignment, Gold, Item, Judgement, Question, Study
from db.tables import Response as StoredResponse


class WithoutLabels(NotAllowed):
    code = "without_labels"


@dataclass(frozen=True)
class Vote:
    """A labeller's newest answer to an item, under the id that its judgement has."""

    judgement_id: int
    rater: Rater
    given: Labelling
    comment: str | None
    revision: int
    seconds: float | None
    submitted_at: datetime | None


@dataclass(frozen=True)
class Decision:
    """The newest step of a lead on an item; `decided` is None before there is a decision."""

    lead: Rater
    before: Labelling
    decided: Labelling | None
    reason: str
    revision: int
    at: datetime


@dataclass(frozen=True)
class GoldAnswer:
    """One row of an outside ground truth; labels are kept as they came."""

    id: int
    presence: Presence
    labels: tuple[str, ...]
    conflicting: bool


@dataclass(frozen=True)
class LabelledItem:
    """One item of a distortion study, with all that has been said of it.

    `item` is its external id or code, `question` what its question is called outside the store,
    `system` the name or code of who answered, None where the item is a bare question. `votes` are
    in the order in which the labellers were assigned; `assigned` counts those too who have not
    answered yet.
    """

    id: int
    item: str
    question_id: int
    question: str
    response_id: int | None
    system: str | None
    is_repeat: bool
    is_calibration: bool
    assigned: int
    votes: tuple[Vote, ...]
    decision: Decision | None
    gold: tuple[GoldAnswer, ...]


def distortion_study(session: Session, *, name: str) -> Study:
    """Return the study. Raises NotKnown, or WithoutLabels for one that is not about distortions."""
    study = studies.get(session, name=name)
    if study.kind != "distortion":
        raise WithoutLabels(
            f"{name} is a {study.kind} study; it has no distortion labels;"
            " 'cbt study status' shows which studies have"
        )
    return study


def labeller_names(session: Session, *, study: Study) -> dict[str, str]:
    """Return the pseudonym of each labeller of the study, under it and under the username."""
    assigned = select(Assignment.person_id).where(Assignment.study_id == study.id)
    query = select(Person.pseudonym, Person.username).where(Person.id.in_(assigned))
    found = session.execute(query.order_by(Person.id)).all()
    by_username = {username: pseudonym for pseudonym, username in found if username}
    return by_username | {pseudonym: pseudonym for pseudonym, _ in found}


def assigned(session: Session, *, study: Study) -> dict[Rater, set[int]]:
    """Return the ids of the items that each labeller of the study was to answer."""
    query = select(Person.pseudonym, Person.group, Assignment.item_id)
    query = query.join(Assignment, Assignment.person_id == Person.id)
    found: dict[Rater, set[int]] = defaultdict(set)
    for name, group, item in session.execute(query.where(Assignment.study_id == study.id)):
        found[Rater(name, group or None)].add(item)
    return dict(found)


def of_study(session: Session, *, study: Study) -> list[LabelledItem]:
    """Return the items of a distortion study, in the order of their making."""
    shown = {system.id: system.shown for system in ratings.systems(session, study=study)}
    questions = ratings.question_names(session, study)
    assigned = dict(
        session.execute(
            select(Assignment.item_id, func.count())
            .where(Assignment.study_id == study.id)
            .group_by(Assignment.item_id)
        ).all()
    )
    votes = _votes(session, study)
    decisions = _decisions(session, study)
    gold = _gold(session, study)
    query = (
        select(
            Item.id,
            func.coalesce(Item.external_id, Item.code),
            Item.question_id,
            Item.response_id,
            StoredResponse.system_id,
            Item.repeat_of_id,
            Item.is_calibration,
        )
        .join(Question, Question.id == Item.question_id)
        .outerjoin(StoredResponse, StoredResponse.id == Item.response_id)
        .where(Item.study_id == study.id)
        .order_by(Item.id)
    )
    return [
        LabelledItem(
            id=id_,
            item=item,
            question_id=question,
            question=questions[question],
            response_id=response,
            system=shown.get(system) if system else None,
            is_repeat=repeat_of is not None,
            is_calibration=is_calibration,
            assigned=assigned.get(id_, 0),
            votes=tuple(votes.get(id_, ())),
            decision=decisions.get(id_),
            gold=tuple(gold.get(id_, ())),
        )
        for id_, item, question, response, system, repeat_of, is_calibration in session.execute(
            query
        )
    ]


def _votes(session: Session, study: Study) -> dict[int, list[Vote]]:
    newest = (
        select(func.max(Judgement.revision))
        .where(Judgement.assignment_id == Assignment.id)
        .correlate(Assignment)
        .scalar_subquery()
    )
    query = (
        select(Assignment.item_id, Judgement, Person.pseudonym, Person.group)
        .join(Judgement, Judgement.assignment_id == Assignment.id)
        .join(Person, Person.id == Assignment.person_id)
        .where(Assignment.study_id == study.id, Judgement.revision == newest)
        .order_by(Assignment.id)
    )
    found: dict[int, list[Vote]] = defaultdict(list)
    for item, judgement, pseudonym, group in session.execute(query):
        found[item].append(
            Vote(
                judgement_id=judgement.id,
                rater=Rater(pseudonym, group or None),
                given=labels.read(judgement.values, judgement.labels),
                comment=judgement.comment or None,
                revision=judgement.revision,
                seconds=judgement.seconds,
                submitted_at=judgement.submitted_at,
            )
        )
    return found


def _decisions(session: Session, study: Study) -> dict[int, Decision]:
    query = (
        select(Adjudication, Person.pseudonym, Person.group)
        .join(Item, Item.id == Adjudication.item_id)
        .join(Person, Person.id == Adjudication.person_id)
        .where(Item.study_id == study.id)
        .order_by(Adjudication.item_id, Adjudication.revision)
    )
    return {  # of several revisions the last one stays
        step.item_id: Decision(
            lead=Rater(pseudonym, group or None),
            before=labels.from_json(step.before or step.decision),
            decided=labels.from_json(step.decision) if step.decision else None,
            reason=step.reason,
            revision=step.revision,
            at=step.created_at,
        )
        for step, pseudonym, group in session.execute(query)
    }


def _gold(session: Session, study: Study) -> dict[int, list[GoldAnswer]]:
    query = (
        select(Gold)
        .join(Item, Item.id == Gold.item_id)
        .where(Item.study_id == study.id)
        .order_by(Gold.id)
    )
    found: dict[int, list[GoldAnswer]] = defaultdict(list)
    for row in session.scalars(query):
        answer = GoldAnswer(row.id, row.presence, _texts(row.labels), row.conflicting)
        found[row.item_id].append(answer)
    return found


def _texts(raw: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(label) for label in raw)
