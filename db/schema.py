"""Bring a store's tables to the version that this code knows."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from db import urls
from db.errors import NotAStore, StoreError, StoreNewer

MIGRATIONS = Path(__file__).parent / "migrations"
REVISIONS = sorted(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
HEAD = REVISIONS[-1]


@dataclass(frozen=True)
class SchemaState:
    """A store's version; None where there are no tables yet."""

    revision: str | None

    @property
    def current(self) -> bool:
        return self.revision == HEAD


def state(engine: Engine) -> SchemaState:
    """Return the version of the store's tables, and make nothing.

    Raises StoreNewer for a version that this code does not know, NotAStore for foreign tables.
    """
    if engine.dialect.name == "sqlite" and not _is_there(Path(urls.name(engine.url))):
        return SchemaState(None)
    with engine.connect() as connection:
        return SchemaState(_revision(connection))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise StoreError(f"the store {path} cannot be opened: {error.strerror}") from error


def _revision(connection: Connection) -> str | None:
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if "alembic_version" not in tables:
        database = connection.engine.url.database
        raise NotAStore(
            f"{database} holds tables, but not those of this program; name another store"
        )
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision is not None and revision not in REVISIONS:
        raise StoreNewer(
            f"the store is at version {revision}, newer than this program ({HEAD});"
            " install a newer cbt-annotate"
        )
    return None if revision is None else str(revision)


def upgrade(engine: Engine) -> str:
    """Make or upgrade the tables in one transaction, and return a sentence that says so.

    A SQLite store is copied beside itself before its tables change.
    """
    before = state(engine).revision
    if before == HEAD:
        return f"the store is at version {HEAD} already"
    if engine.dialect.name == "sqlite":
        make_folder_of(Path(urls.name(engine.url)))
    copy = _copy_aside(engine, before) if before and engine.dialect.name == "sqlite" else None
    with engine.execution_options(write=True).begin() as connection:
        migrate(connection)
    name = urls.name(engine.url)
    if before is None:
        return f"made the store {name}"
    kept = f"; the old one is kept as {copy}" if copy else ""
    return f"upgraded the store {name} from version {before} to {HEAD}{kept}"


def make_folder_of(path: Path) -> None:
    """Make the folder in which a store is about to be made. Raises StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"the folder {path.parent} cannot be made: {error.strerror}") from error


def migrate(connection: Connection) -> None:
    """Run the migrations that the connection's store lacks, in the connection's transaction."""
    from alembic import command  # noqa: PLC0415  a quarter of a second that reading needs not pay
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    command.upgrade(config, "head")


def _copy_aside(engine: Engine, revision: str) -> Path:
    path = Path(engine.url.database or "")
    copy = path.with_name(f"{path.name}.before-{HEAD}-was-{revision}")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy
