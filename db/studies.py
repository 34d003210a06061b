"""Find studies and count how far they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session

from db.account_tables import Person
from db.columns import StudyKind, StudyStatus
from db.errors import NotKnown
from db.tables import Assignment, Item, Judgement, Study, StudySystem, System


@dataclass(frozen=True)
class RaterStudy:
    """One study of a rater: how many items it has for that rater, and how many are judged.

    `next` is the place of the first item without a judgement, None once all have one.
    """

    study_id: int
    name: str
    kind: StudyKind
    status: StudyStatus
    assigned: int
    answered: int
    next: int | None

    @property
    def open(self) -> bool:
        """Whether the rater can rate in it now."""
        return self.status == "open"


@dataclass(frozen=True)
class RaterProgress:
    """How far one rater of a study is; `last_at` is None before the first judgement.

    `seconds` is how long an item takes the rater: the median of first answers, where known.
    """

    person_id: int
    pseudonym: str
    group: str | None
    assigned: int
    answered: int
    last_at: datetime | None
    seconds: float | None


@dataclass(frozen=True)
class Counts:
    """How large a study is, and how many of its assignments are judged."""

    items: int
    repeats: int
    raters: int
    assigned: int
    answered: int


def find(session: Session, *, name: str) -> Study | None:
    return session.scalar(select(Study).where(Study.name == name))


def get(session: Session, *, name: str) -> Study:
    """Return the study of that name. Raises NotKnown naming the studies that there are."""
    study = find(session, name=name)
    if study is not None:
        return study
    names = [other.name for other in all_studies(session)]
    there_are = f"there are {', '.join(names)}" if names else "'cbt study create' makes one"
    raise NotKnown(f"there is no study {name}; {there_are}")


def all_studies(session: Session) -> Sequence[Study]:
    """Return the studies in the order of their making."""
    return session.scalars(select(Study).order_by(Study.id)).all()


def of_rater(session: Session, *, person_id: int) -> list[RaterStudy]:
    """Return the studies in which a person has items, drafts and closed ones too, oldest first."""
    query = (
        select(
            Study.id,
            Study.name,
            Study.kind,
            Study.status,
            func.count(Assignment.id.distinct()),
            func.count(Judgement.assignment_id.distinct()),
            func.min(case((Judgement.id.is_(None), Assignment.position))),
        )
        .join(Assignment, Assignment.study_id == Study.id)
        .outerjoin(Judgement, Judgement.assignment_id == Assignment.id)
        .where(Assignment.person_id == person_id)
        .group_by(Study.id, Study.name, Study.kind, Study.status)
        .order_by(Study.id)
    )
    return [RaterStudy(*row) for row in session.execute(query)]


def progress(session: Session, *, study_id: int) -> list[RaterProgress]:
    """Return how far each rater of a study is, in the order of joining."""
    query = (
        select(
            Person.id,
            Person.pseudonym,
            Person.group,
            func.count(Assignment.id.distinct()),
            func.count(Judgement.assignment_id.distinct()),
            func.max(Judgement.submitted_at),
        )
        .join(Assignment, Assignment.person_id == Person.id)
        .outerjoin(Judgement, Judgement.assignment_id == Assignment.id)
        .where(Assignment.study_id == study_id)
        .group_by(Person.id, Person.pseudonym, Person.group)
        .order_by(Person.id)
    )
    seconds = _median_seconds(session, study_id)
    return [RaterProgress(*row, seconds.get(row[0])) for row in session.execute(query)]


def _median_seconds(session: Session, study_id: int) -> dict[int, float]:
    rater = Assignment.person_id
    timed = (
        select(
            rater,
            Judgement.seconds,
            func.row_number().over(partition_by=rater, order_by=Judgement.seconds).label("place"),
            func.count().over(partition_by=rater).label("of"),
        )
        .join(Judgement, Judgement.assignment_id == Assignment.id)
        .where(Assignment.study_id == study_id)
        .where(Judgement.revision == 1, Judgement.seconds.is_not(None))
        .subquery()
    )
    middle = (2 * timed.c.place).between(timed.c.of, timed.c.of + 2)  # one row, or the middle two
    query = select(timed.c.person_id, func.avg(timed.c.seconds)).where(middle)
    return {
        person: float(median) for person, median in session.execute(query.group_by("person_id"))
    }


def counts(session: Session, *, study_id: int) -> Counts:
    """Return how large a study is, and how many of its assignments have a judgement."""
    items, repeats = item_counts(session, study_id=study_id)
    raters, assigned, answered = session.execute(
        select(
            func.count(Assignment.person_id.distinct()),
            func.count(Assignment.id.distinct()),
            func.count(Judgement.assignment_id.distinct()),
        )
        .outerjoin(Judgement, Judgement.assignment_id == Assignment.id)
        .where(Assignment.study_id == study_id)
    ).one()
    return Counts(items, repeats, raters, assigned, answered)


def item_counts(session: Session, *, study_id: int) -> tuple[int, int]:
    """Return how many items a study has, and how many of them are repeats."""
    query = select(func.count(Item.id), func.count(Item.repeat_of_id))
    items, repeats = session.execute(query.where(Item.study_id == study_id)).one()
    return items, repeats


def sizes(session: Session) -> dict[int, Counts]:
    """Return how large and how far each study is, under its id: `counts` for all at once."""
    of_items = select(Item.study_id, func.count(), func.count(Item.repeat_of_id))
    items = {id_: (n, again) for id_, n, again in session.execute(of_items.group_by(Item.study_id))}
    judged = exists().where(Judgement.assignment_id == Assignment.id)
    of_raters = select(
        Assignment.study_id,
        func.count(Assignment.person_id.distinct()),
        func.count(),
        func.sum(case((judged, 1), else_=0)),
    ).group_by(Assignment.study_id)
    raters = {id_: tuple(numbers) for id_, *numbers in session.execute(of_raters)}
    return {
        id_: Counts(*items.get(id_, (0, 0)), *raters.get(id_, (0, 0, 0)))
        for id_ in session.scalars(select(Study.id))
    }


def rates_in(session: Session, *, study_id: int, person_id: int) -> bool:
    """Return whether a person has items in a study."""
    mine = exists().where(Assignment.study_id == study_id, Assignment.person_id == person_id)
    return bool(session.scalar(select(mine)))


def disabled_raters(session: Session, *, study_id: int) -> Sequence[str]:
    """Return the pseudonyms of the study's raters who can no longer sign in."""
    query = (
        select(Person.pseudonym)
        .join(Assignment, Assignment.person_id == Person.id)
        .where(Assignment.study_id == study_id, Person.disabled_at.is_not(None))
        .distinct()
        .order_by(Person.pseudonym)
    )
    return session.scalars(query).all()


def systems(session: Session, *, study_id: int) -> dict[str, System]:
    """Return the systems of a study under the codes that stand for them, in their order."""
    query = (
        select(StudySystem.code, System)
        .join(System, StudySystem.system_id == System.id)
        .where(StudySystem.study_id == study_id)
    )
    found = session.execute(query).all()
    return dict(sorted(found, key=lambda pair: (len(pair[0]), pair[0])))
