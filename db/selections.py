"""Find the answers that a command over responses is to look at."""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import frames
from db.columns import ResponseStatus
from db.frames import BLANKS
from db.tables import Response, System

CODE = re.compile(r"([a-z_]+)(:|$)")
NO_CODE = "other"


@dataclass(frozen=True)
class Selection:
    """Which answers: to the questions of a source, of a split's subset; at most so many."""

    source: str | None = None
    split: str | None = None
    subset: str | None = None
    limit: int | None = None


class SelectedResponse(NamedTuple):
    """A kept answer that holds text; `system` is its system's name."""

    id: int
    question_id: int
    system: str
    text: str
    parts: list[Any] | None


class LeftOut(NamedTuple):
    """An answer that is not kept, and the code of what is wrong with it."""

    status: ResponseStatus
    code: str


def responses(
    session: Session, *, system: str | None, selection: Selection
) -> list[SelectedResponse]:
    """Return the kept answers with text of a system, or of all, in the order of their making.

    Raises NotKnown for a system, source, split or subset that the store does not hold.
    """
    columns = (Response.id, Response.question_id, System.name, Response.text, Response.parts)
    query = select(*columns).join(System, System.id == Response.system_id).order_by(Response.id)
    query = query.where(Response.status == "kept", func.trim(Response.text, BLANKS) != "")
    if system is not None:
        (found,) = frames.systems(session, names=[system])
        query = query.where(Response.system_id == found.id)
    asked = question_ids(session, selection)
    rows = [
        SelectedResponse(*row) for row in session.execute(query) if asked is None or row[1] in asked
    ]
    return rows[: selection.limit]


def left_out(session: Session, *, system: str, selection: Selection) -> list[LeftOut]:
    """Return the answers of a system that are not kept, to the questions of a selection.

    How many answers the selection wants at most says nothing of these.
    """
    (found,) = frames.systems(session, names=[system])
    query = select(Response.question_id, Response.status, Response.reason).order_by(Response.id)
    rows = session.execute(
        query.where(Response.system_id == found.id, Response.status != "kept")
    ).all()
    asked = question_ids(session, selection) if rows else None
    return [
        LeftOut(status, code_of(reason))
        for id_, status, reason in rows
        if asked is None or id_ in asked
    ]


def code_of(reason: str | None) -> str:
    """Return the code that a reason begins with; one in a person's own words has none.

    >>> code_of("cut_off: ends in the middle; no_room: …"), code_of("refused"), code_of("Not good")
    ('cut_off', 'refused', 'other')
    """
    found = CODE.match(reason or "")
    return found[1] if found else NO_CODE


def question_ids(session: Session, selection: Selection) -> set[int] | None:
    """Return the ids of the questions that count, or None where all do."""
    source, split, subset = selection.source, selection.split, selection.subset
    if source is None and split is None:
        return None
    framed = frames.questions(session, source=source, split=split, subset=subset)
    return {question.id for question in framed}
