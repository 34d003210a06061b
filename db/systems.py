"""Find and add the producers of answers."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from db.columns import SystemKind
from db.tables import Response, System


class Binding(NamedTuple):
    """What a system is bound to; `configuration` is None until its first answer by a model."""

    id: int
    kind: SystemKind
    configuration: dict[str, Any] | None


def find(session: Session, *, name: str) -> System | None:
    return session.scalar(select(System).where(System.name == name))


def with_responses(session: Session) -> list[System]:
    """Return the systems that have answered anything, in the order of their making."""
    query = select(System).where(exists().where(Response.system_id == System.id))
    return list(session.scalars(query.order_by(System.id)))


def find_or_add(session: Session, *, name: str, kind: SystemKind) -> System:
    """Return the system of that name as it is, or a new one that no configuration binds yet."""
    system = find(session, name=name)
    if system is None:
        system = System(name=name, kind=kind)
        session.add(system)
        session.flush()
    return system


def binding(session: Session, *, name: str) -> Binding | None:
    """Return what the system of that name is bound to, or None where there is no such system."""
    columns = (System.id, System.kind, System.configuration)
    row = session.execute(select(*columns).where(System.name == name)).one_or_none()
    return None if row is None else Binding(*row)


def bind(
    session: Session,
    *,
    name: str,
    configuration: Mapping[str, Any],
    prompt_id: int | None = None,
    kind: SystemKind = "api",
) -> int:
    """Bind a system, made if it is new, to the configuration and prompt of its answers."""
    system = find_or_add(session, name=name, kind=kind)
    system.configuration, system.prompt_id = dict(configuration), prompt_id
    session.flush()
    return system.id
