"""Find a question to show, and what the store holds of it: answers, scores, ratings, findings."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from db.account_tables import Person
from db.columns import Presence, ResponseStatus
from db.tables import (
    Assignment,
    Detection,
    Item,
    Judgement,
    MetricScore,
    Question,
    Response,
    System,
)

_SAID = (Question.text, Question.description)


@dataclass(frozen=True)
class Among:
    """Which questions can be shown: of a source, of a study, those that hold a text.

    What holds the text `search` is a title, a description, or just an id. Each of the systems
    `answered_by` has a kept answer to them.
    """

    source: str | None = None
    study_id: int | None = None
    search: str | None = None
    answered_by: tuple[int, ...] = ()

    def where(self) -> list[ColumnElement[bool]]:
        """Return what holds of them; without a study they have an answer."""
        asked: list[ColumnElement[bool]] = []
        if self.source is not None:
            asked.append(Question.source == self.source)
        if self.study_id is not None:
            judged = select(Item.question_id).where(Item.study_id == self.study_id)
            asked.append(Question.id.in_(judged.where(Item.response_id.is_not(None))))
        else:
            asked.append(exists().where(Response.question_id == Question.id))
        for id_ in self.answered_by:
            kept = Response.system_id == id_, Response.status == "kept"
            asked.append(exists().where(Response.question_id == Question.id, *kept))
        if self.search:
            text = self.search
            said = [each.icontains(text, autoescape=True) for each in _SAID]
            asked.append(or_(Question.external_id == text, *said))
        return asked


class Place(NamedTuple):
    """Where a question stands among others, from 1; the ids beside it, None at an end."""

    place: int
    of: int
    previous: int | None
    next: int | None


class ShownResponse(NamedTuple):
    """The first answer of a system that is kept, or else the first; `samples` is how many."""

    id: int
    system_id: int
    sample: int
    text: str | None
    parts: list[Any] | None
    status: ResponseStatus
    reason: str | None
    samples: int


class ShownScore(NamedTuple):
    """An automatic score of a response; `reference` is the system whose answer it is against."""

    metric: str
    signature: str
    value: float
    reference: str | None


class ShownRating(NamedTuple):
    """The newest judgement of one rater."""

    rater: str
    group: str | None
    values: dict[str, int | None]


class ShownDetection(NamedTuple):
    """What a detector last found in an answer, or in the question itself."""

    detector: str
    presence: Presence
    labels: list[Any]
    reasons: dict[str, Any]


def matching(session: Session, among: Among, *, limit: int | None = None) -> Sequence[Question]:
    """Return the questions in the order in which they came into the store."""
    query = select(Question).where(*among.where()).order_by(Question.id).limit(limit)
    return session.scalars(query).all()


def count(session: Session, among: Among) -> int:
    return session.scalar(select(func.count()).select_from(Question).where(*among.where())) or 0


def keys(session: Session, among: Among) -> list[tuple[str, str, int]]:
    """Return source, external id and id of the questions that have a text, in no order."""
    query = select(Question.source, Question.external_id, Question.id)
    asked = query.where(*among.where(), Question.text.is_not(None))
    return [(source, own, id_) for source, own, id_ in session.execute(asked)]


def named(session: Session, *, external_id: str, source: str | None) -> Sequence[Question]:
    """Return the questions of that id, one in each source."""
    query = select(Question).where(Question.external_id == external_id).order_by(Question.id)
    if source is not None:
        query = query.where(Question.source == source)
    return session.scalars(query).all()


def of_item(session: Session, *, code: str) -> Item | None:
    return session.scalar(select(Item).where(Item.code == code))


def place(session: Session, among: Among, *, question_id: int) -> Place:
    """Return where a question stands; `place` counts those up to it, also if it is none of them."""
    asked = among.where()
    number = func.count().filter
    query = select(
        number(Question.id <= question_id),
        func.count(),
        func.max(Question.id).filter(Question.id < question_id),
        func.min(Question.id).filter(Question.id > question_id),
    )
    return Place._make(session.execute(query.select_from(Question).where(*asked)).one())


def responses(
    session: Session, *, question_id: int, study_id: int | None = None
) -> list[ShownResponse]:
    """Return an answer of each system to a question: with a study, the one that it judges."""
    query = (
        select(
            Response.id,
            Response.system_id,
            Response.sample,
            Response.text,
            Response.parts,
            Response.status,
            Response.reason,
            func.count().over(partition_by=Response.system_id),
        )
        .where(Response.question_id == question_id)
        .order_by(Response.system_id, Response.status != "kept", Response.sample)
    )
    if study_id is not None:
        judged = Item.study_id == study_id, Item.response_id == Response.id
        query = query.where(exists().where(*judged))
    found: dict[int, ShownResponse] = {}
    for row in session.execute(query):
        found.setdefault(row[1], ShownResponse._make(row))
    return list(found.values())


def system_names(session: Session, *, ids: Sequence[int]) -> dict[int, str]:
    query = select(System.id, System.name).where(System.id.in_(ids))
    return dict(session.execute(query).all())


def answering_systems(session: Session) -> Sequence[str]:
    """Return the names of the systems that have answered anything, sorted."""
    answered = exists().where(Response.system_id == System.id)
    return sorted(session.scalars(select(System.name).where(answered)))


def scores(session: Session, *, response_ids: Sequence[int]) -> dict[int, list[ShownScore]]:
    """Return the automatic scores of these responses, under their ids.

    Those against an answer that has been set aside since are left out.
    """
    reference = aliased(Response)
    query = (
        select(
            MetricScore.response_id,
            MetricScore.metric,
            MetricScore.signature,
            MetricScore.value,
            System.name,
        )
        .outerjoin(reference, reference.id == MetricScore.reference_id)
        .outerjoin(System, System.id == reference.system_id)
        .where(MetricScore.response_id.in_(response_ids))
        .where(MetricScore.reference_id.is_(None) | (reference.status == "kept"))
        .order_by(MetricScore.metric, System.name, MetricScore.id)
    )
    found = defaultdict[int, list[ShownScore]](list)
    for id_, metric, signature, value, system in session.execute(query):
        found[id_].append(ShownScore(metric, signature, value, system))
    return found


def ratings(
    session: Session, *, study_id: int, response_ids: Sequence[int]
) -> dict[int, list[ShownRating]]:
    """Return each rater's newest judgement of these responses; repeats and calibration are not."""
    query = (
        select(Item.response_id, Person.pseudonym, Person.group, Judgement.values, Assignment.id)
        .join(Assignment, Assignment.item_id == Item.id)
        .join(Person, Person.id == Assignment.person_id)
        .join(Judgement, Judgement.assignment_id == Assignment.id)
        .where(Item.study_id == study_id, Item.response_id.in_(response_ids))
        .where(Item.repeat_of_id.is_(None), Item.is_calibration.is_(False))
        .order_by(Person.pseudonym, Assignment.id, Judgement.revision)
    )
    newest = {assignment: row for *row, assignment in session.execute(query)}
    found = defaultdict[int, list[ShownRating]](list)
    for id_, rater, group, values in newest.values():
        found[id_].append(ShownRating(rater, group, values))
    return found


def detections_in_responses(
    session: Session, *, response_ids: Sequence[int]
) -> dict[int, list[ShownDetection]]:
    """Return what each detector last found in these responses, under their ids."""
    return _newest(session, Detection.response_id, response_ids)


def detections_in_question(session: Session, *, question_id: int) -> list[ShownDetection]:
    """Return what each detector last found in the question itself."""
    return _newest(session, Detection.question_id, [question_id])[question_id]


def _newest(
    session: Session, where: Any, ids: Sequence[int]
) -> defaultdict[int, list[ShownDetection]]:
    columns = (Detection.presence, Detection.labels, Detection.reasons)
    query: Select[Any] = select(where, Detection.detector, *columns).where(where.in_(ids))
    newest = {
        (id_, detector): ShownDetection(detector, presence, labels, reasons or {})
        for id_, detector, presence, labels, reasons in session.execute(
            query.order_by(Detection.id)
        )
    }
    found = defaultdict[int, list[ShownDetection]](list)
    for (id_, _), each in sorted(newest.items()):
        found[id_].append(each)
    return found
