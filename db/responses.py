"""Store and find the answers of systems."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from db import inserts
from db.base import Base
from db.tables import Response

RESPONSE = Base.metadata.tables["response"]


class StoredResponse(NamedTuple):
    """One answer of a system to a question, the `sample`th from 0."""

    id: int
    question_id: int
    sample: int
    text: str | None
    parts: list[Any] | None


def of_system(session: Session, *, system_id: int) -> dict[tuple[int, int], StoredResponse]:
    """Return all that a system has answered, under the question's id and the sample."""
    columns = (Response.question_id, Response.sample, Response.text, Response.parts)
    query = select(Response.id, *columns).where(Response.system_id == system_id)
    rows = (StoredResponse(*row) for row in session.execute(query))
    return {(row.question_id, row.sample): row for row in rows}


def ids_of_system(session: Session, *, system_id: int) -> dict[tuple[int, int], int]:
    """Return the ids of a system's answers under the question's id and the sample."""
    query = select(Response.question_id, Response.sample, Response.id)
    rows = session.execute(query.where(Response.system_id == system_id))
    return {(question_id, sample): id_ for question_id, sample, id_ in rows}


def kept_texts(session: Session, *, system_id: int) -> Iterator[tuple[int, str]]:
    """Yield the question's id and the text of each kept answer of a system, a few at a time."""
    query = select(Response.question_id, Response.text).order_by(Response.id)
    kept = query.where(Response.system_id == system_id, Response.status == "kept")
    for question_id, text in session.execute(kept.execution_options(yield_per=1_000)):
        if text:
            yield question_id, text


def add(session: Session, responses: Iterable[Mapping[str, Any]]) -> None:
    """Add many answers that are kept; one without `parts` has none marked."""
    for some in _alike({"status": "kept", **response} for response in responses):
        session.execute(insert(RESPONSE), some)


def add_generated(
    session: Session, responses: Iterable[Mapping[str, Any]]
) -> dict[tuple[int, int], int]:
    """Add answers of a model to different questions; `parts` is left out where none are known.

    Where somebody else has stored an answer meanwhile, that one stays. Returns the ids of those
    that were added, under the question's id and the sample.
    """
    columns = (RESPONSE.c.question_id, RESPONSE.c.sample, RESPONSE.c.id)
    found: dict[tuple[int, int], int] = {}
    new = inserts.where_new(session, RESPONSE).returning(*columns)
    for some in _alike(dict(response) for response in responses):
        added = session.execute(new, some)
        found |= {(question_id, sample): id_ for question_id, sample, id_ in added}
    return found


def _alike(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows that have parts and those that have none: an absent one is no JSON null."""
    rows = list(rows)
    for some in ([r for r in rows if "parts" in r], [r for r in rows if "parts" not in r]):
        if some:
            yield some


def give_parts(session: Session, *, parts: Mapping[int, list[dict[str, Any]]]) -> None:
    """Mark the parts of stored answers, given under the answers' ids."""
    if parts:
        marked = update(RESPONSE).where(RESPONSE.c.id == bindparam("response"))
        rows = [{"response": id_, "spans": spans} for id_, spans in parts.items()]
        session.execute(marked.values(parts=bindparam("spans")), rows)
