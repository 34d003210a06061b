"""Copy a whole store to one file and back; the file is itself a SQLite store, whatever made it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Select, Table, func, insert, inspect, select, text
from sqlalchemy.orm import Session

from db import attempts, runs, schema, urls, verify
from db.columns import now
from db.engine import Store, connect, in_plain_words
from db.errors import AlreadyKnown, NotAllowed, NotAStore, StoreError, StoreMissing
from db.settings import data_folder
from db.tables import METADATA

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
    with _known_errors(path, "written"):
        if path.is_symlink() or path.exists():
            raise AlreadyKnown(f"{path} is there already; name a new file")
        if not path.parent.is_dir():
            raise StoreError(f"there is no folder {path.parent}; make it, or name another file")
        return Copied(path, _write_beside(store, path))


def restore(store: Store, path: Path, *, force: bool = False) -> Copied:
    """Put the store that `path` holds in the place of this one; an older one is upgraded.

    A store that holds rows is replaced only with `force`, and a copy of it is kept.
    Raises StoreMissing, or NotAStore for a wrong or damaged file, StoreNewer for one from newer
    code; nothing is replaced then.
    """
    with _known_errors(path, "read"):
        if not path.is_file():
            raise StoreMissing(f"there is no file {path}")
        with TemporaryDirectory(prefix="cbt-restore-") as folder:
            current = connect(urls.of_file(Path(folder) / "store.sqlite"))
            try:
                with in_plain_words(str(path)):
                    _fetch(path, current)
                _check_sound(current, path)
                with current.writing() as session:
                    # What called a model then does not go on in what is restored.
                    runs.end_dead(session, run_ids=attempts.runs_going_on(session))
                return _put_in_place(store, current, path, force=force)
            finally:
                current.engine.dispose()


@contextmanager
def _known_errors(path: Path, done: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{path} cannot be {done}: {error.strerror}") from error


def _fetch(path: Path, current: Store) -> None:
    """Copy the backup and bring it to this version; what is restored is what was checked."""
    _copy_file(path, Path(current.name))
    try:
        revision = schema.state(current.engine).revision
    except NotAStore:
        revision = None
    if revision is None:
        raise NotAStore(f"{path} is not a backup of a store")
    damage = _damage(Path(current.name))
    if damage:
        raise NotAStore(f"{path} is damaged: {damage}")
    schema.upgrade(current.engine)


def _check_sound(current: Store, path: Path) -> None:
    try:
        problems = verify.run(current).problems
    except NotAStore as error:
        raise NotAStore(f"{path} is damaged: its rows cannot be read") from error
    if problems:
        more = f" (and {len(problems) - 1} more problems)" if problems[1:] else ""
        raise NotAStore(f"{path} is damaged: {problems[0].where} {problems[0].what}{more}")


def _put_in_place(store: Store, current: Store, path: Path, *, force: bool) -> Copied:
    held = _held(store)
    if held and not force:
        raise NotAllowed(
            f"the store {store.name} holds {held}; add --force to replace it (a copy is kept)"
        )
    kept = _keep(store) if held else None
    with in_plain_words(store.name):
        rows = _replace(store, current)
    return Copied(path, rows, kept)


def _held(store: Store) -> str:
    """Say what a restore would replace; a damaged store of ours can be, another's file cannot."""
    with in_plain_words(store.name):
        if schema.state(store.engine).revision is None:
            return ""
    try:
        rows = sum(counts(store).values())
    except NotAStore:
        return "rows, although it is damaged"
    return f"{rows} rows" if rows else ""


def _keep(store: Store) -> Path:
    """Copy the store that is about to be replaced, as it is: a restore may be the cure for it."""
    path = _place_for_the_old(store)
    if path.exists():
        raise AlreadyKnown(f"{path} is there already; try again in a second")
    with _known_errors(path, "written"):
        _write_beside(store, path, checked=False)
    return path


def _write_beside(store: Store, path: Path, *, checked: bool = True) -> int:
    """Write the copy under another name until it is whole, and return its rows."""
    with TemporaryDirectory(dir=path.parent, prefix=".cbt-backup-") as folder:
        unfinished = Path(folder) / "store.sqlite"
        with in_plain_words(str(path)):
            _write(store, unfinished)
            damage = _damage(unfinished) if checked else None
            if damage:
                raise NotAStore(
                    f"the store {store.name} is damaged: {damage}; restore an earlier backup"
                )
            rows = _rows_in(unfinished) if checked else 0
        unfinished.replace(path)
    return rows


def _write(store: Store, path: Path) -> None:
    if store.engine.dialect.name == "sqlite":
        _copy_file(Path(store.name), path)
    else:
        copy = connect(urls.of_file(path))
        schema.upgrade(copy.engine)
        with store.reading() as source, copy.writing() as target:
            _copy_rows(source, target)
        copy.engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it


def _damage(path: Path) -> str | None:
    with closing(_reading_only(path)) as connection:
        (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return None if said == "ok" else " ".join(said.removeprefix("*** in database main ***").split())


def _rows_in(path: Path) -> int:
    with closing(_reading_only(path)) as connection:
        return sum(
            connection.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0]  # noqa: S608
            for table in METADATA.sorted_tables
        )


def _reading_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _copy_file(source: Path, target: Path) -> None:
    with closing(_reading_only(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _replace(store: Store, current: Store) -> int:
    if store.engine.dialect.name == "sqlite":
        schema.make_folder_of(Path(store.name))
        _copy_file(Path(current.name), Path(store.name))
        return sum(counts(store).values())
    with current.reading() as source, store.writing(in_turn=True) as target:
        connection = target.connection()
        _drop_all(connection)
        schema.migrate(connection)
        _copy_rows(source, target)
        _move_sequences_on(connection)
    return sum(counts(store).values())


def _drop_all(connection: Connection) -> None:
    METADATA.drop_all(connection)
    connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    connection.execute(text("DROP FUNCTION IF EXISTS refuse_change()"))


def _copy_rows(source: Session, target: Session) -> None:
    for table in METADATA.sorted_tables:
        rows = source.execute(_parents_first(table)).mappings()
        for block in rows.partitions(ROWS_AT_ONCE):
            target.execute(insert(table), [dict(row) for row in block])


def _parents_first(table: Table) -> Select[tuple[Any, ...]]:
    own = [c.is_not(None) for c in table.c for key in c.foreign_keys if key.column.table is table]
    return select(table).order_by(*own, *table.primary_key.columns)


def _move_sequences_on(connection: Connection) -> None:
    for table in METADATA.sorted_tables:
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
            for table in METADATA.sorted_tables
            if table.name in there
        }


def _place_for_the_old(store: Store) -> Path:
    stamp = now().strftime("%Y%m%dT%H%M%S")
    if store.engine.dialect.name == "sqlite":
        old = Path(store.name)
        return old.with_name(f"{old.name}.before-restore-{stamp}")
    path = data_folder() / f"{store.engine.url.database}.before-restore-{stamp}.sqlite"
    schema.make_folder_of(path)
    return path
