"""Store and find the versions of prompts; one that is stored is never changed."""

from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import inserts
from db.base import Base
from db.tables import Prompt, System


class StoredPrompt(NamedTuple):
    """One version of a prompt as the store keeps it."""

    id: int
    name: str
    text: str
    content_hash: str


PROMPT = Base.metadata.tables["prompt"]
COLUMNS = (Prompt.id, Prompt.name, Prompt.text, Prompt.content_hash)


def versions(session: Session, *, name: str | None = None) -> list[StoredPrompt]:
    """Return the versions of a prompt, or of all, the newest first."""
    query = select(*COLUMNS).order_by(Prompt.id.desc())
    if name is not None:
        query = query.where(Prompt.name == name)
    return [StoredPrompt(*row) for row in session.execute(query)]


def find_or_add(session: Session, *, name: str, language: str, text: str, content_hash: str) -> int:
    """Return the id of the version with this hash, which is added if it is new."""
    query = select(Prompt.id).where(Prompt.name == name, Prompt.content_hash == content_hash)
    known = session.scalar(query)
    if known is None:
        row = {"name": name, "language": language, "text": text, "content_hash": content_hash}
        session.execute(inserts.where_new(session, PROMPT), row)
        known = session.scalars(query).one()
    return known


def systems(session: Session) -> dict[int, list[str]]:
    """Return the names of the systems that were asked with each version, under its id."""
    query = select(System.prompt_id, System.name).order_by(System.name)
    found: dict[int, list[str]] = defaultdict(list)
    for prompt_id, name in session.execute(query):
        if prompt_id is not None:
            found[prompt_id].append(name)
    return dict(found)
