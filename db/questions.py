"""Store and find questions."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple
from unicodedata import normalize

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from db.base import Base
from db.errors import NotKnown
from db.tables import Question

AT_ONCE = 10_000  # both kinds of store allow more variables than that in a query


class StoredQuestion(NamedTuple):
    """A question of the store by its id; `content_hash` is None where it has no text."""

    id: int
    content_hash: str | None


class Named(NamedTuple):
    """What a question is called outside the store."""

    source: str
    external_id: str


class Asked(NamedTuple):
    """A question that has a text."""

    id: int
    source: str
    external_id: str
    text: str
    content_hash: str | None


class Said(NamedTuple):
    """What a question says, and how it is tagged."""

    text: str
    description: str
    tags: list[str]


class Lengths(NamedTuple):
    """How many characters, that is code points, a question's texts have as they are stored."""

    text: int | None
    description: int | None


def content_hash(text: str, description: str | None) -> str:
    """Return what is equal for questions that say the same, however they are spaced.

    >>> content_hash("睡不着 ", None) == content_hash("睡不着", "")
    True
    """
    said = f"{plain(text)}\n{plain(description or '')}"
    return sha256(said.encode()).hexdigest()


def plain(text: str) -> str:
    """Return a text as it is compared: in NFC, with single spaces.

    >>> plain(" a   b ")
    'a b'
    """
    return " ".join(normalize("NFC", text).split())


def of_source(session: Session, *, source: str) -> dict[str, StoredQuestion]:
    """Return the questions of a source under their external ids."""
    query = select(Question.external_id, Question.id, Question.content_hash)
    rows = session.execute(query.where(Question.source == source))
    return {external_id: StoredQuestion(id_, digest) for external_id, id_, digest in rows}


def ids_of_source(session: Session, *, source: str) -> dict[str, int]:
    """Return the ids of a source's questions under their external ids."""
    query = select(Question.external_id, Question.id).where(Question.source == source)
    return dict(session.execute(query).all())


def with_hashes(session: Session, *, hashes: Sequence[str]) -> dict[str, Named]:
    """Return for each content hash that the store knows the first question that has it."""
    found: dict[str, Named] = {}
    columns = (Question.content_hash, Question.source, Question.external_id)
    for start in range(0, len(hashes), AT_ONCE):
        some = hashes[start : start + AT_ONCE]
        query = select(*columns).where(Question.content_hash.in_(some)).order_by(Question.id.desc())
        rows = session.execute(query)
        found |= {digest: Named(source, own) for digest, source, own in rows if digest}
    return found


def asked(session: Session, *, source: str | None = None) -> list[Asked]:
    """Return the questions that have a text, of one source or of all, oldest first.

    Raises NotKnown for a source that the store does not hold, and for a store without questions.
    """
    columns = (Question.source, Question.external_id, Question.text, Question.content_hash)
    query = select(Question.id, *columns).where(Question.text.is_not(None)).order_by(Question.id)
    if source is not None:
        query = query.where(Question.source == source)
    rows = session.execute(query)
    found = [Asked(id_, of, own, text or "", digest) for id_, of, own, text, digest in rows]
    if not found:
        there = session.scalars(
            select(Question.source).where(Question.text.is_not(None)).distinct()
        )
        raise NotKnown(_no_questions(source, sorted(there)))
    return found


def said(session: Session, *, ids: Sequence[int]) -> dict[int, Said]:
    """Return what these questions say, under their ids; one without a text is left out."""
    query = select(Question.id, Question.text, Question.description, Question.tags)
    found: dict[int, Said] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = query.where(Question.id.in_(ids[start : start + AT_ONCE]))
        found |= {
            id_: Said(text, description or "", tags)
            for id_, text, description, tags in session.execute(some)
            if text
        }
    return found


def lengths(session: Session) -> dict[int, Lengths]:
    """Return the lengths of every question under its id."""
    query = select(Question.id, func.length(Question.text), func.length(Question.description))
    return {id_: Lengths(text, description) for id_, text, description in session.execute(query)}


def _no_questions(source: str | None, there: Sequence[str]) -> str:
    if not there:
        return "the store holds no questions yet; run 'cbt import questions FILE' first"
    return f"there is no source {source}; there is {', '.join(there)}"


def add(session: Session, questions: Iterable[Mapping[str, Any]]) -> None:
    """Add many questions; all map the same columns."""
    rows = list(questions)
    if rows:
        session.execute(insert(Base.metadata.tables["question"]), rows)
