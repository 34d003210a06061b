"""Let no two runs of one name go on at the same time, in this process or in another."""

import hashlib
import json
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from sqlalchemy import text

from db.columns import now
from db.engine import Store, in_plain_words
from db.errors import NotAllowed, StoreError

LOCKED_BYTE = 2**20  # far behind what the file holds: a locked byte cannot be read on Windows
LONGEST_NAME = 63  # of a connection, in PostgreSQL
HOLDERS = """
SELECT application_name, backend_start FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND objsubid = 1 AND granted
  AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND classid::bigint = ((:key)::bigint >> 32) & 4294967295
  AND objid::bigint = (:key)::bigint & 4294967295
"""

_mine: dict[tuple[str, str], int] = {}  # what this process holds, by which thread
_looking = threading.Lock()


@contextmanager
def one_at_a_time(store: Store, name: str) -> Iterator[None]:
    """Hold the turn of this name; inside of it the same thread may ask for it again.

    It ends with the process, however that ends. Raises NotAllowed, saying what runs, if another
    run of that name goes on.
    """
    held = (store.name, name)
    with _looking:
        within = _mine.get(held) == threading.get_ident()
    if within:
        yield
        return
    with _turn(store, name):
        with _looking:
            _mine[held] = threading.get_ident()
        try:
            yield
        finally:
            with _looking:
                del _mine[held]


def _turn(store: Store, name: str) -> AbstractContextManager[None]:
    if store.engine.dialect.name == "postgresql":
        return _in_database(store, name)
    # Resolved: a store may be reached by a link as well.
    place = Path(store.name).resolve()
    return in_file(place.with_name(f"{place.name}.run-{_digest(name).hex()[:12]}.lock"), name)


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def _refusal(name: str, holder: str) -> NotAllowed:
    return NotAllowed(
        f"another run of {name} is going on ({holder}); wait for it to end, or stop it"
    )


@contextmanager
def in_file(path: Path, name: str) -> Iterator[None]:
    """Hold the turn of what has this name by a file that is locked, and gone at the end."""
    try:
        file = _locked(path)
    except OSError as error:
        raise StoreError(
            f"the file {path} cannot be written, which keeps runs apart ({error.strerror});"
            " check its folder's rights"
        ) from error
    if file is None:
        raise _refusal(name, _holder(path))
    holder = {"process": os.getpid(), "since": f"{now().astimezone():%Y-%m-%d %H:%M}"}
    with suppress(OSError):  # a full disk; the lock holds without saying whose it is
        os.ftruncate(file, 0)
        os.write(file, json.dumps(holder).encode())
    try:
        yield
    finally:
        # Gone before it is free: whoever locks a file that is no longer there looks again.
        with suppress(OSError):
            path.unlink()
        os.close(file)


def _locked(path: Path) -> int | None:
    """Return the open file, whose lock ends when it is closed; None where another has it."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if not _lock(file):
            os.close(file)
            return None
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file), path.stat()):
                return file
        os.close(file)


def _lock(file: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            os.lseek(file, LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            os.lseek(file, 0, os.SEEK_SET)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _holder(path: Path) -> str:
    try:
        found = json.loads(path.read_text("utf-8"))
        return f"process {found['process']}, since {found['since']}"
    except (OSError, ValueError):
        return "it has just begun"


@contextmanager
def _in_database(store: Store, name: str) -> Iterator[None]:
    key = int.from_bytes(_digest(name)[:8], signed=True)
    engine = store.engine.execution_options(isolation_level="AUTOCOMMIT")
    with in_plain_words(store.name), engine.connect() as connection:
        # Set before the lock is asked for: who is refused reads it.
        called = f"process {os.getpid()} on {socket.gethostname()}"[:LONGEST_NAME]
        connection.execute(
            text("SELECT set_config('application_name', :name, false)"), {"name": called}
        )
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):
            row = connection.execute(text(HOLDERS), {"key": key}).first()
            since = f", since {row[1].astimezone():%Y-%m-%d %H:%M}" if row else ""
            raise _refusal(name, f"{row[0]}{since}" if row else "it has just ended")
        try:
            yield
        finally:
            with suppress(Exception):
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
            connection.invalidate()
