"""Store and find label sets: versions of a codebook, and taxonomies that came from outside."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import inserts
from db.base import Base
from db.errors import AlreadyKnown
from db.tables import LabelSet

LABEL_SET = Base.metadata.tables["label_set"]


def find_or_add(
    session: Session,
    *,
    name: str,
    version: str,
    labels: Sequence[Mapping[str, Any]],
    content_hash: str,
) -> LabelSet:
    """Return the label set of this name and version, added if it is new.

    Raises AlreadyKnown where the store has other contents under that name and version.
    """
    query = select(LabelSet).where(LabelSet.name == name, LabelSet.version == version)
    found = session.scalar(query)
    if found is None:
        row = {"name": name, "version": version, "labels": [dict(x) for x in labels]}
        new = inserts.where_new(session, LABEL_SET)
        session.execute(new, {**row, "content_hash": content_hash})
        found = session.scalars(query).one()
    if found.content_hash != content_hash:
        raise AlreadyKnown(
            f"the store has another version {version} of the label set {name};"
            " give what has changed a new version"
        )
    return found


def known_id(session: Session, *, name: str, content_hash: str) -> int | None:
    """Return the id of the label set with these contents, without reading them; None if new."""
    query = select(LabelSet.id).where(LabelSet.name == name)
    return session.scalar(query.where(LabelSet.content_hash == content_hash))


def get(session: Session, *, label_set_id: int) -> LabelSet:
    return session.get_one(LabelSet, label_set_id)


def known(session: Session, *, label_set_id: int | None) -> list[str]:
    """Return the ids of the labels that can be given; none without a label set."""
    return [] if label_set_id is None else ids(get(session, label_set_id=label_set_id))


def ids(label_set: LabelSet) -> list[str]:
    """Return the ids of a label set's labels, in its order."""
    return [label["id"] for label in label_set.labels]
