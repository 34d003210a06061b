"""Open the store and hand out its sessions."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db import schema, urls
from db.errors import (
    NotAStore,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreMissing,
    StoreOutdated,
)

BUSY_TIMEOUT_SECONDS = 20
STAGE_LOCK = 7_227_001  # any constant: the PostgreSQL advisory lock that stages take in turn
# What PostgreSQL says while it is stopped or starts (and of too many connections), and what
# passes by itself: the victim of a deadlock, a lock that was waited for too long.
AWAY = ("08", "57P01", "57P02", "57P03", "53300")
PASSES = ("40001", "40P01", "55P03")


@dataclass(frozen=True)
class Store:
    """The store of one study group, on SQLite or PostgreSQL."""

    engine: Engine

    @property
    def name(self) -> str:
        """What a message may call the store: its file, or its URL without the password."""
        return urls.name(self.engine.url)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session on one unchanging view of the store."""
        engine = self.engine
        if engine.dialect.name == "postgresql":
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with in_plain_words(self.name), Session(engine) as session:
            yield session

    @contextmanager
    def writing(self, *, in_turn: bool = False) -> Iterator[Session]:
        """Yield a session whose whole work is kept at the end, or none of it.

        `in_turn` makes a stage wait until another stage has ended; SQLite always does.
        """
        engine = self.engine.execution_options(write=True)
        with in_plain_words(self.name), Session(engine) as session, session.begin():
            session.connection()  # begin now: what is read here is what the writes meet
            if in_turn and engine.dialect.name == "postgresql":
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": STAGE_LOCK})
            yield session


def open_store(
    url: str,
    *,
    write: bool = False,
    make: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Store:
    """Return the store at `url`, whose tables are those that this code knows.

    With `write`, an older SQLite store is upgraded; with `make`, a missing one is made as well.
    `say` is told so. Nothing is ever made or upgraded on PostgreSQL.
    Raises StoreMissing, StoreOutdated, StoreNewer or another StoreError, each with what to do.
    """
    store = connect(url)
    with in_plain_words(store.name):
        found = schema.state(store.engine)
        if found.current:
            return store
        wanted = make or (write and found.revision is not None)
        if wanted and store.engine.dialect.name == "sqlite":
            say(schema.upgrade(store.engine))
            return store
    if found.revision is None:
        raise StoreMissing(
            f"there is no store at {store.name};"
            " import questions or run 'cbt db upgrade' to make one"
        )
    raise StoreOutdated(
        f"the store {store.name} is at version {found.revision}, this code needs {schema.HEAD};"
        " run 'cbt db upgrade'"
    )


def connect(url: str) -> Store:
    """Return the store at `url` without looking at what it holds, or whether it is there."""
    parsed = urls.read(url)
    if parsed.get_backend_name() == "sqlite":
        return Store(_sqlite(parsed))
    try:
        return Store(create_engine(parsed, json_serializer=_json))
    except ModuleNotFoundError as error:
        raise StoreError(
            "a PostgreSQL store needs an extra; run: pip install 'psycopg[binary]'"
        ) from error


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url,
        json_serializer=_json,
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "isolation_level": None},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    record.info["file"] = (path, _file_at(path))


def _begin(connection: Any) -> None:
    # Python's sqlite3 would begin on its own, too late and never IMMEDIATE; a writer that begins
    # as a reader fails at its first write when another one was faster.
    write = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
    if write:
        _check_in_place(connection)


def _check_in_place(connection: Any) -> None:
    """Raise StoreError where the file is gone that is written into: SQLite would not notice."""
    path, opened = connection.info["file"]
    found = _file_at(path)
    if found == opened:
        return
    if found is not None:
        connection.invalidate()  # the next transaction is about the file that is there now
    raise StoreError(
        f"the store {path} was moved, removed or replaced while it was open; put it back, or"
        " start this again"
    )


def _file_at(path: str) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@contextmanager
def in_plain_words(name: str) -> Iterator[None]:
    """Turn the database errors that a user can mend into one sentence each."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        known = _translated(error, name)
        if known is None:
            raise
        raise known from error


def _translated(error: DBAPIError | sqlite3.Error, name: str) -> StoreError | None:
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return _sqlite_error(code & 0xFF, name)
    state = getattr(cause, "sqlstate", None)
    if state == "53100":
        return StoreFull(f"the disk of the store {name} is full; nothing was changed")
    if state == "42501":
        return StoreError(
            f"the store {name} does not let its user do this: {str(cause).splitlines()[0]}"
        )
    if state in PASSES:
        return StoreBusy(f"others are writing to {name} at the same time; try again")
    lost = state is None and type(cause).__name__ in {"OperationalError", "ConnectionTimeout"}
    if lost or (state or "").startswith(AWAY):
        return StoreError(f"the store {name} cannot be reached: {str(cause).splitlines()[0]}")
    return None


def _sqlite_error(code: int, name: str) -> StoreError | None:
    if code == sqlite3.SQLITE_FULL:
        return StoreFull(f"the disk of the store {name} is full; nothing was changed")
    if code == sqlite3.SQLITE_BUSY:
        return StoreBusy(
            f"another command has been writing to {name} for {BUSY_TIMEOUT_SECONDS} seconds;"
            " wait for it to end, then try again"
        )
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return NotAStore(f"{name} is not a store of this program, or it is damaged")
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return StoreError(f"the store {name} cannot be opened for this; check its path and rights")
    if code == sqlite3.SQLITE_IOERR:
        return StoreError(f"the disk of the store {name} reports an error; nothing was changed")
    return None
