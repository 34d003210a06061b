"""Read and change the tags of questions."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from db import questions
from db.base import Base
from db.errors import NotAllowed, NotKnown
from db.tables import Question

QUESTION = Base.metadata.tables["question"]
NAMED = 3  # names in an error's sentence


class Tagged(NamedTuple):
    """A question that has a text, and its tags."""

    id: int
    source: str
    external_id: str
    text: str
    description: str | None
    tags: list[Any]


def all_tagged(session: Session, *, source: str | None = None) -> list[Tagged]:
    """Return the questions that have a text, of one source or of all, oldest first.

    Raises NotKnown for a source that the store does not hold, and for a store without questions.
    """
    found = list(_tagged(session, source=source))
    if not found:
        questions.asked(session, source=source)  # says what there is instead
    return found


def named(session: Session, *, source: str | None, external_ids: Sequence[str]) -> list[Tagged]:
    """Return the questions of these external ids, each once.

    Raises NotKnown for those that are not there, and NotAllowed for one that several sources have.
    """
    wanted = dict.fromkeys(external_ids)
    found: dict[str, list[Tagged]] = {name: [] for name in wanted}
    for question in _tagged(session, source=source):
        if question.external_id in found:
            found[question.external_id].append(question)
    missing = [name for name, some in found.items() if not some]
    if missing:
        where = f"{source} has" if source else "the store has"
        raise NotKnown(f"{where} no question {_some(missing)}; nothing was changed")
    for name, some in found.items():
        if len(some) > 1:
            sources = ", ".join(each.source for each in some)
            raise NotAllowed(f"several sources have a question {name} ({sources}); add --source")
    return [question for (question,) in found.values()]


def give(session: Session, tags: Mapping[int, Sequence[str]]) -> None:
    """Give questions other tags, under the questions' ids."""
    if tags:
        change = update(QUESTION).where(QUESTION.c.id == bindparam("question"))
        rows = [{"question": id_, "given": list(of)} for id_, of in tags.items()]
        session.execute(change.values(tags=bindparam("given")), rows)


def _tagged(session: Session, *, source: str | None) -> Iterator[Tagged]:
    columns = (Question.source, Question.external_id, Question.text, Question.description)
    query = select(Question.id, *columns, Question.tags).order_by(Question.id)
    query = query.where(Question.text.is_not(None))
    if source is not None:
        query = query.where(Question.source == source)
    for id_, of, own, text, description, tags in session.execute(query):
        yield Tagged(id_, of, own, text or "", description, tags)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"
