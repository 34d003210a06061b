"""Copy a whole store to one file and back; the file is itself a SQLite store, whatever made it."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Select, Table, func, insert, inspect, select, text
from sqlalchemy.orm import Session

from db import schema
from db.columns import now
from db.engine import Store, connect, in_plain_words
from db.errors import AlreadyKnown, NotAllowed, NotAStore, StoreError, StoreMissing
from db.settings import data_folder
from db.tables import Base

ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Copied:
    """What a backup or restore wrote; `kept` is the copy of the store that a restore replaced."""

    path: Path
    rows: int
    kept: Path | None = None


def backup(store: Store, path: Path) -> Copied:
    """Write the store to a new file, all of it as it was at one moment, also while it is in use.

    Raises AlreadyKnown for a file that is there, StoreError for one that cannot be written.
    """
    if path.exists():
        raise AlreadyKnown(f"{path} is there already; name a new file")
    if not path.parent.is_dir():
        raise StoreError(f"there is no folder {path.parent}; make it, or name another file")
    with TemporaryDirectory(dir=path.parent, prefix=".cbt-backup-") as folder:
        unfinished = Path(folder) / path.name
        with in_plain_words(str(path)):
            rows = _write(store, unfinished)
        unfinished.replace(path)
    return Copied(path, rows)


def restore(store: Store, path: Path, *, force: bool = False) -> Copied:
    """Put the store that `path` holds in the place of this one; an older one is upgraded.

    A store that holds rows is replaced only with `force`, and a copy of it is kept.
    Raises StoreMissing or NotAStore for a wrong file, StoreNewer for one from newer code.
    """
    if not path.is_file():
        raise StoreMissing(f"there is no file {path}")
    with TemporaryDirectory(prefix="cbt-restore-") as folder:
        current = connect(f"sqlite:///{Path(folder) / path.name}")
        with in_plain_words(str(path)):
            _copy_file(path, Path(current.name))
            if schema.state(current.engine).revision is None:
                raise NotAStore(f"{path} is not a backup of a store")
            schema.upgrade(current.engine)
        try:
            return _put_in_place(store, current, path, force=force)
        finally:
            current.engine.dispose()


def _put_in_place(store: Store, current: Store, path: Path, *, force: bool) -> Copied:
    held = _rows_held(store)
    if held and not force:
        raise NotAllowed(
            f"the store {store.name} holds {held} rows; add --force to replace it (a copy is kept)"
        )
    kept = backup(store, _place_for_the_old(store)).path if held else None
    with in_plain_words(store.name):
        rows = _replace(store, current)
    return Copied(path, rows, kept)


def _write(store: Store, path: Path) -> int:
    if store.engine.dialect.name == "sqlite":
        _copy_file(Path(store.name), path)
        copy = connect(f"sqlite:///{path}")
    else:
        copy = connect(f"sqlite:///{path}")
        schema.upgrade(copy.engine)
        with store.reading() as source, copy.writing() as target:
            _copy_rows(source, target)
    rows = _rows_held(copy)
    copy.engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    return rows


def _copy_file(source: Path, target: Path) -> None:
    reading_only = f"{source.resolve().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(reading_only, uri=True)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


def _replace(store: Store, current: Store) -> int:
    if store.engine.dialect.name == "sqlite":
        _copy_file(Path(current.name), Path(store.name))
        return _rows_held(store)
    with current.reading() as source, store.writing(in_turn=True) as target:
        connection = target.connection()
        _drop_all(connection)
        schema.migrate(connection)
        _copy_rows(source, target)
        _move_sequences_on(connection)
    return _rows_held(store)


def _drop_all(connection: Connection) -> None:
    Base.metadata.drop_all(connection)
    connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    connection.execute(text("DROP FUNCTION IF EXISTS refuse_change()"))


def _copy_rows(source: Session, target: Session) -> None:
    for table in Base.metadata.sorted_tables:
        rows = source.execute(_parents_first(table)).mappings()
        for block in rows.partitions(ROWS_AT_ONCE):
            target.execute(insert(table), [dict(row) for row in block])


def _parents_first(table: Table) -> Select[tuple[Any, ...]]:
    own = [c.is_not(None) for c in table.c for key in c.foreign_keys if key.column.table is table]
    return select(table).order_by(*own, *table.primary_key.columns)


def _move_sequences_on(connection: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        if "id" in table.c:
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'),"  # noqa: S608
                    f' (SELECT coalesce(max(id), 0) + 1 FROM "{table.name}"), false)'
                )
            )


def counts(store: Store) -> dict[str, int]:
    """Return the number of rows in each table that is there."""
    with store.reading() as session:
        there = set(inspect(session.connection()).get_table_names())
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name in there
        }


def _rows_held(store: Store) -> int:
    return sum(counts(store).values()) if schema.state(store.engine).revision else 0


def _place_for_the_old(store: Store) -> Path:
    stamp = now().strftime("%Y%m%dT%H%M%S")
    if store.engine.dialect.name == "sqlite":
        old = Path(store.name)
        return old.with_name(f"{old.name}.before-restore-{stamp}")
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{store.engine.url.database}.before-restore-{stamp}.sqlite"
