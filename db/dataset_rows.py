"""Read answers with their questions as a dataset passes them on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db.columns import ResponseStatus
from db.tables import Detection, Question, Response, Run, Split, System

ROWS_AT_ONCE = 1000


class AnsweredQuestion(NamedTuple):
    """One answer of a system, in whatever status, with the question that it answers."""

    response_id: int
    question_id: int
    system_id: int
    system: str
    source: str
    external_id: str
    question: str | None
    description: str | None
    keywords: list[Any]
    tags: list[Any]
    sample: int
    answer: str | None
    parts: list[Any] | None
    status: ResponseStatus


class NamedInAnswer(NamedTuple):
    """The distortions that came with an answer, and what was said of each."""

    labels: list[Any]
    reasons: dict[str, Any] | None


@dataclass(frozen=True)
class Wanted:
    """Whose answers, and to which questions: of a source, of a split's subset."""

    systems: Sequence[int]
    source: str | None = None
    split: str | None = None
    subset: str | None = None


def subsets(session: Session, *, split: str) -> list[str]:
    """Return the subsets of a split, train before the others."""
    found = session.scalars(select(Split.subset).where(Split.name == split).distinct())
    return sorted(found, key=lambda name: (name != "train", name))


def splits(session: Session) -> list[str]:
    return sorted(session.scalars(select(Split.name).distinct()))


def of_systems(session: Session, wanted: Wanted) -> Iterator[AnsweredQuestion]:
    """Yield the answers in the order of their questions' making, a thousand at a time."""
    columns = (
        Response.id,
        Question.id,
        System.id,
        System.name,
        Question.source,
        Question.external_id,
        Question.text,
        Question.description,
        Question.keywords,
        Question.tags,
        Response.sample,
        Response.text,
        Response.parts,
        Response.status,
    )
    query = _of(wanted, select(*columns)).order_by(Question.id, System.id, Response.sample)
    for row in session.execute(query.execution_options(yield_per=ROWS_AT_ONCE)):
        yield AnsweredQuestion(*row)


def count_outside(session: Session, wanted: Wanted) -> int:
    """Return how many of the kept answers are to questions that the split does not hold."""
    everywhere = Wanted(wanted.systems, wanted.source)
    split = select(Split.question_id).where(Split.name == wanted.split)
    query = _of(everywhere, select(func.count(Response.id)))
    return session.scalar(query.where(Question.id.not_in(split), Response.status == "kept")) or 0


def _of(wanted: Wanted, query: Select[Any]) -> Select[Any]:
    query = query.join(Question, Question.id == Response.question_id)
    query = query.join(System, System.id == Response.system_id)
    query = query.where(System.id.in_(wanted.systems))
    if wanted.source is not None:
        query = query.where(Question.source == wanted.source)
    if wanted.split is not None:
        query = query.join(Split, Split.question_id == Question.id)
        query = query.where(Split.name == wanted.split, Split.subset == wanted.subset)
    return query


def named(session: Session, *, detectors: Sequence[str]) -> dict[int, NamedInAnswer]:
    """Return what these detectors last found in each answer, under the answer's id."""
    columns = (Detection.response_id, Detection.labels, Detection.reasons)
    query = select(*columns).where(Detection.detector.in_(detectors)).order_by(Detection.id)
    rows = session.execute(query.where(Detection.response_id.is_not(None)))
    return {id_: NamedInAnswer(labels, reasons) for id_, labels, reasons in rows if id_}


def runs_behind(session: Session, *, system_id: int) -> list[Run]:
    """Return the runs in which a system's answers came into the store, oldest first."""
    of_answers = select(Response.run_id).where(Response.system_id == system_id).distinct()
    return list(session.scalars(select(Run).where(Run.id.in_(of_answers)).order_by(Run.id)))
