"""Insert rows that another transaction may be inserting at the same time."""

from typing import TYPE_CHECKING

from sqlalchemy import Table
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def where_new(session: Session, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """Return what inserts a row where no key of it is taken; each database has its own words."""
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  loaded for this store only

        return postgresql.insert(table).on_conflict_do_nothing()
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415

    return sqlite.insert(table).on_conflict_do_nothing()
