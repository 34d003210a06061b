"""Find and add the producers of answers."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from db.columns import SystemKind
from db.tables import Response, System


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
