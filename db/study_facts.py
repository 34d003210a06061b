"""Tell what a study consists of, as its report describes it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from db import studies
from db.account_tables import Person
from db.tables import (
    AdjudicationCase,
    Assignment,
    Item,
    Judgement,
    LabelSet,
    MetricScore,
    Prompt,
    Question,
    Response,
    Study,
    System,
)


@dataclass(frozen=True)
class JudgedSystem:
    """A system of a study under its code, the name that is shown, and what made its answers.

    Until unblinding `shown` is the code, and nothing else of the system is told. `items` are its
    items in the study without repeats and calibration.
    """

    code: str
    shown: str
    items: int
    kind: str | None = None
    configuration: dict[str, Any] | None = None
    prompt: tuple[str, str, str] | None = None  # name, content hash, text


@dataclass(frozen=True)
class Size:
    """How many items of each kind a study has, how many questions they are about."""

    items: int
    questions: int
    repeats: int
    calibration: int
    assigned: int
    answered: int


@dataclass(frozen=True)
class StudyFacts:
    """What the store knows of a study apart from its judgements' values.

    `groups` counts raters, "" being those without a group; `flags` counts newest judgements that
    have each flag; `seconds` are those of newest judgements, where known.
    """

    study: Study
    systems: tuple[JudgedSystem, ...]
    size: Size
    sources: tuple[str, ...]
    groups: dict[str, int]
    flags: dict[str, int]
    seconds: tuple[float, ...]
    label_set: LabelSet | None
    leads: int

    @property
    def raters(self) -> int:
        return sum(self.groups.values())


class MetricValue(NamedTuple):
    """One automatic metric of one response, by its full signature.

    `unit` is the response's id; `reference` the system whose answer it was held against, if any.
    """

    unit: int
    question_id: int
    metric: str
    signature: str
    reference: str | None
    value: float
    statistics: list[Any] | None


@dataclass(frozen=True)
class MetricValues:
    """The scores that metrics gave to a system's kept answers, of which there are `answers`."""

    answers: int
    values: tuple[MetricValue, ...]


class AnswerTexts(NamedTuple):
    """A judged answer with the question that it is to; `unit` is the response's id."""

    unit: int
    question: str
    description: str | None
    tags: list[Any]
    answer: str
    parts: list[Any] | None


def of_study(session: Session, study: Study) -> StudyFacts:
    """Return what a report says of a study before any figure."""
    newest = _newest_flags_and_seconds(session, study)
    return StudyFacts(
        study=study,
        systems=tuple(_systems(session, study)),
        size=_size(session, study),
        sources=_sources(session, study),
        groups=_groups(session, study),
        flags=dict(Counter(each["flag"] for flags, _ in newest for each in flags)),
        seconds=tuple(seconds for _, seconds in newest if seconds is not None),
        label_set=session.get(LabelSet, study.label_set_id) if study.label_set_id else None,
        leads=_leads(session, study),
    )


def _systems(session: Session, study: Study) -> list[JudgedSystem]:
    counts = _items_by_system(session, study)
    by_code = studies.systems(session, study_id=study.id)
    if study.unblinded_at is None:
        return [JudgedSystem(code, code, counts[system.id]) for code, system in by_code.items()]
    return [_told(session, code, system, counts[system.id]) for code, system in by_code.items()]


def _told(session: Session, code: str, system: System, items: int) -> JudgedSystem:
    prompt = session.get(Prompt, system.prompt_id) if system.prompt_id else None
    return JudgedSystem(
        code,
        system.name,
        items,
        kind=system.kind,
        configuration=system.configuration,
        prompt=(prompt.name, prompt.content_hash, prompt.text) if prompt else None,
    )


def _items_by_system(session: Session, study: Study) -> Counter[int]:
    query = (
        select(Response.system_id, func.count())
        .join(Item, Item.response_id == Response.id)
        .where(Item.study_id == study.id, Item.repeat_of_id.is_(None))
        .where(Item.is_calibration.is_(False))
        .group_by(Response.system_id)
    )
    return Counter(dict(session.execute(query).all()))


def _size(session: Session, study: Study) -> Size:
    rows = session.execute(
        select(Item.question_id, Item.repeat_of_id.is_not(None), Item.is_calibration).where(
            Item.study_id == study.id
        )
    ).all()
    counted = [question for question, again, calibration in rows if not (again or calibration)]
    counts = studies.counts(session, study_id=study.id)
    return Size(
        items=len(counted),
        questions=len(set(counted)),
        repeats=sum(again and not calibration for _, again, calibration in rows),
        calibration=sum(calibration for _, _, calibration in rows),
        assigned=counts.assigned,
        answered=counts.answered,
    )


def _sources(session: Session, study: Study) -> tuple[str, ...]:
    query = select(Question.source).join(Item, Item.question_id == Question.id)
    return tuple(sorted(session.scalars(query.where(Item.study_id == study.id).distinct())))


def _groups(session: Session, study: Study) -> dict[str, int]:
    query = (
        select(Person.id, Person.group)
        .join(Assignment, Assignment.person_id == Person.id)
        .where(Assignment.study_id == study.id)
        .distinct()
    )
    found = Counter(group or "" for _, group in session.execute(query))
    return dict(sorted(found.items()))


def _newest_flags_and_seconds(
    session: Session, study: Study
) -> list[tuple[list[dict[str, Any]], float | None]]:
    query = (
        select(Assignment.id, Judgement.flags, Judgement.seconds)
        .join(Judgement, Judgement.assignment_id == Assignment.id)
        .where(Assignment.study_id == study.id)
        .order_by(Assignment.id, Judgement.revision)
    )
    rows = session.execute(query)
    return list(
        {assignment: (flags or [], seconds) for assignment, flags, seconds in rows}.values()
    )


def _leads(session: Session, study: Study) -> int:
    leads = select(func.count(AdjudicationCase.person_id.distinct()))
    return session.scalar(leads.where(AdjudicationCase.study_id == study.id)) or 0


def metric_values(session: Session, study: Study) -> dict[str, MetricValues]:
    """Return the scores of automatic metrics of all kept answers of a study's systems, by code.

    A system without any is left out.
    """
    found = {}
    for code, system in studies.systems(session, study_id=study.id).items():
        values = system_metric_values(session, system)
        if values:
            found[code] = MetricValues(_kept(session, system), values)
    return found


def system_metric_values(session: Session, system: System) -> tuple[MetricValue, ...]:
    """Return the scores of automatic metrics of all kept answers of a system.

    First answers come first. Scores against an answer that has been set aside since are left out;
    of those against several answers of one reference, those against its first one come first.
    """
    held_against = aliased(Response)
    query = (
        select(
            Response.id,
            Response.question_id,
            MetricScore.metric,
            MetricScore.signature,
            System.name,
            MetricScore.value,
            MetricScore.statistics,
        )
        .join(Response, Response.id == MetricScore.response_id)
        .outerjoin(held_against, held_against.id == MetricScore.reference_id)
        .outerjoin(System, System.id == held_against.system_id)
        .where(Response.system_id == system.id, Response.status == "kept")
        .where(MetricScore.reference_id.is_(None) | (held_against.status == "kept"))
        .order_by(Response.sample, Response.id, held_against.sample, MetricScore.id)
    )
    return tuple(MetricValue._make(row) for row in session.execute(query))


def _kept(session: Session, system: System) -> int:
    """Count the questions that a system has a kept answer to."""
    asked = func.count(Response.question_id.distinct())
    kept = select(asked).where(Response.system_id == system.id, Response.status == "kept")
    return session.scalar(kept.where(Response.text.is_not(None))) or 0


def answer_texts(session: Session, *, units: Sequence[int]) -> list[AnswerTexts]:
    """Return those of these responses that are kept, with the questions, where both have a text."""
    query = (
        select(
            Response.id,
            Question.text,
            Question.description,
            Question.tags,
            Response.text,
            Response.parts,
        )
        .join(Question, Question.id == Response.question_id)
        .where(Response.id.in_(units), Response.status == "kept")
        .where(Response.text.is_not(None), Question.text.is_not(None))
        .order_by(Response.id)
    )
    return [AnswerTexts._make(row) for row in session.execute(query)]
