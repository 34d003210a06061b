"""Find the questions that a study can be drawn from, and the answers to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.errors import NotKnown
from db.gold import OWN_SOURCE
from db.tables import Question, Response, Split, System

BLANKS = " \t\r\n\u00a0\u3000"


@dataclass(frozen=True)
class Framed:
    """A question that a study may ask about; `key` names it in every store alike."""

    id: int
    source: str
    external_id: str
    content_hash: str | None

    @property
    def key(self) -> tuple[str, str]:
        return (self.source, self.external_id)


def questions(
    session: Session, *, source: str | None, split: str | None, subset: str | None
) -> list[Framed]:
    """Return the questions of a source and of a split's subset, or all, sorted by their keys.

    Texts that came with an outside gold are drawn only if their source is named, or a split that
    was drawn from it.
    Raises NotKnown for a source, split or subset that the store does not hold.
    """
    query = select(Question.id, Question.source, Question.external_id, Question.content_hash)
    query = query.where(Question.text.is_not(None))
    if source is not None:
        _known(session, "source", source, select(Question.source).distinct())
        query = query.where(Question.source == source)
    elif split is None:
        query = query.where(Question.source.not_like(f"{OWN_SOURCE}%"))
    if split is not None:
        _known(session, "split", split, select(Split.name).distinct())
        of_split = select(Split.subset).where(Split.name == split).distinct()
        _known(session, f"subset of {split} called", subset or "", of_split)
        query = query.join(Split, Split.question_id == Question.id)
        query = query.where(Split.name == split, Split.subset == subset)
    found = [Framed(*row) for row in session.execute(query)]
    return sorted(found, key=lambda question: question.key)  # no store's own order of texts


def _known(session: Session, what: str, name: str, query: Any) -> None:
    there = sorted(session.scalars(query))
    if name not in there:
        raise NotKnown(f"there is no {what} {name}; there is {', '.join(there) or 'none yet'}")


def systems(session: Session, *, names: Sequence[str]) -> list[System]:
    """Return the systems named. Raises NotKnown naming who is not, and who there is."""
    found = {system.name: system for system in session.scalars(select(System))}
    missing = [name for name in names if name not in found]
    if missing:
        there_are = f"there are {', '.join(sorted(found))}" if found else "there is none yet"
        raise NotKnown(f"there is no system {', '.join(missing)}; {there_are}")
    return [found[name] for name in names]


def answers(session: Session, *, system_ids: Iterable[int]) -> dict[int, dict[int, int]]:
    """Return each system's kept answers that hold text: {system: {question: response}}.

    Of several answers to one question the first counts.
    """
    query = (
        select(Response.system_id, Response.question_id, Response.id)
        .where(Response.system_id.in_(list(system_ids)), Response.status == "kept")
        .where(func.trim(Response.text, BLANKS) != "")
        .order_by(Response.sample.desc())
    )
    found: dict[int, dict[int, int]] = {system: {} for system in system_ids}
    for system, question, response in session.execute(query):
        found[system][question] = response
    return found
