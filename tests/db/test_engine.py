import json
import shutil
import sqlite3
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import event, select, text

from db.engine import Store, connect, open_store
from db.errors import NotAStore, StoreBusy, StoreError, StoreFull, StoreMissing
from db.tables import Question
from pipeline.cli.main import main


def test_a_command_that_brings_data_in_makes_a_missing_sqlite_store_and_says_so(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    store = open_store(f"sqlite:///{tmp_path / 'new' / 's.sqlite'}", make=True, say=said.append)
    with store.reading() as session:
        assert session.query(Question).count() == 0
    assert said == [f"made the store {tmp_path / 'new' / 's.sqlite'}"]


def test_a_mistyped_path_gives_neither_a_store_nor_a_folder(tmp_path: Path) -> None:
    for write in (False, True):
        with pytest.raises(StoreMissing, match="cbt db upgrade"):
            open_store(f"sqlite:///{tmp_path / 'typo' / 's.sqlite'}", write=write)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["study close nothing", "people disable li", "study status"])
def test_a_command_that_needs_what_is_there_makes_no_store(tmp_path: Path, command: str) -> None:
    words = [*command.split(), "--json", "--database", f"sqlite:///{tmp_path / 'typo.sqlite'}"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == "store_missing"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["postgresql"])
def test_an_empty_postgresql_database_is_never_filled_unasked(empty_store_url: str) -> None:
    with pytest.raises(StoreMissing, match="cbt db upgrade"):
        open_store(empty_store_url, make=True)


def test_sqlite_keeps_each_commit_through_a_power_cut(sqlite_store: Store) -> None:
    with sqlite_store.engine.connect() as connection:
        settings = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    full = 2
    assert settings == {"journal_mode": "wal", "synchronous": full, "foreign_keys": 1}


def test_a_failed_write_leaves_nothing_behind(store: Store) -> None:
    class Mishap(Exception): ...

    def write_and_fail() -> None:
        with store.writing() as session:
            session.add(Question(source="s", external_id="1"))
            session.flush()
            raise Mishap

    with pytest.raises(Mishap):
        write_and_fail()
    with store.reading() as session:
        assert session.query(Question).count() == 0


def test_a_full_disk_is_one_sentence_and_nothing_is_stored(sqlite_store: Store) -> None:
    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite raises it to what is in use

    event.listen(sqlite_store.engine, "connect", limit)
    sqlite_store.engine.dispose()
    long = "很长" * 100_000
    with pytest.raises(StoreFull, match="full; nothing was changed"), sqlite_store.writing() as s:
        s.add(Question(source="s", external_id="1", text=long))
    with sqlite_store.reading() as session:
        assert session.query(Question).count() == 0


def test_nothing_is_written_into_a_file_that_is_no_longer_the_store(sqlite_store: Store) -> None:
    path = Path(sqlite_store.name)
    aside = path.with_name("aside.sqlite")

    def add(external_id: str) -> None:
        with sqlite_store.writing() as session:
            session.add(Question(source="s", external_id=external_id))

    add("before")
    path.rename(aside)
    with pytest.raises(StoreError, match="was moved, removed or replaced while it was open"):
        add("gone")
    aside.rename(path)
    add("put back")
    path.rename(aside)
    shutil.copy(aside, path)
    with pytest.raises(StoreError, match="was moved, removed or replaced"):
        add("replaced")
    add("in the new one")
    with sqlite_store.reading() as session:
        told = set(session.scalars(select(Question.external_id)))
    assert "in the new one" in told
    assert not told & {"gone", "replaced"}


def test_a_second_writer_waits_for_the_first(store: Store, store_url: str) -> None:
    """Both begin before either has written, which fails for a writer that begins as a reader."""
    code = """
import sys
from db.engine import connect
from db.tables import Question
from pipeline.cli.main import main
with connect(sys.argv[1]).writing(in_turn=True) as session:
    sys.stdout.write("begun\\n"); sys.stdout.flush()
    session.add(Question(source="s", external_id=sys.argv[2]))
"""
    with store.writing(in_turn=True) as session:
        session.add(Question(source="s", external_id="first"))
        other = subprocess.Popen(
            [sys.executable, "-c", code, store_url, "second"],
            stdout=subprocess.PIPE,
            text=True,
        )
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(timeout=1.5)
    assert other.communicate(timeout=20)[0] == "begun\n"
    with store.reading() as session:
        assert {q.external_id for q in session.query(Question)} == {"first", "second"}


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "is not one"),
        ("mysql://host/name", "neither sqlite:///FILE nor postgresql://"),
        ("sqlite://", "a store needs a file"),
        ("sqlite:////proc/none/s.sqlite", "there is no store at"),
        (f"sqlite:////tmp/{'x' * 300}.sqlite", "File name too long"),
        ("sqlite:///a.sqlite?mode=ro", "%3F"),
        ("sqlite://a/b.sqlite", "a store needs a file"),
        ("postgresql://h:notaport/d", "is not a number"),
        ("postgres://nobody@127.0.0.1:1/none", "cannot be reached"),
        ("postgresql://nobody@127.0.0.1:1/none", "cannot be reached"),
    ],
)
def test_a_wrong_store_url_is_told_in_one_sentence(url: str, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        open_store(url)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite:////proc/none/s.sqlite", "cannot be made"),
        (f"sqlite:////tmp/{'x' * 300}.sqlite", "File name too long"),
    ],
)
def test_a_store_that_cannot_be_made_is_told_in_one_sentence(url: str, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        open_store(url, make=True)


@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_user_without_rights_is_told_in_one_sentence(store: Store, store_url: str) -> None:
    role = f"r{uuid.uuid4().hex[:8]}"
    with store.engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role}"))

    def narrow(connection: Any, _record: object) -> None:
        connection.execute(f"SET ROLE {role}")
        connection.commit()

    limited = connect(store_url)
    event.listen(limited.engine, "connect", narrow)
    with pytest.raises(StoreError, match="does not let its user do this: permission denied"):
        add(limited)
    with store.engine.begin() as connection:
        connection.execute(text(f"DROP ROLE {role}"))
    limited.engine.dispose()


def add(store: Store) -> None:
    with store.writing() as session:
        session.add(Question(source="s", external_id="1"))


def test_a_file_that_is_no_store_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Dear diary, " * 200)
    with pytest.raises(NotAStore, match="not a store"):
        open_store(f"sqlite:///{path}", make=True)
    assert path.read_text() == "Dear diary, " * 200


@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_server_that_is_stopped_meanwhile_is_told_in_one_sentence(store: Store) -> None:
    def stopped() -> None:
        with store.writing() as session, store.reading() as other:
            own = session.scalar(text("SELECT pg_backend_pid()"))
            other.execute(text("SELECT pg_terminate_backend(:pid, 2000)"), {"pid": own})
            session.execute(text("SELECT 1"))

    with pytest.raises(StoreError, match="cannot be reached: terminating connection"):
        stopped()
    with store.reading() as session:
        assert session.scalar(text("SELECT 1")) == 1


@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_lock_that_others_hold_is_told_as_what_passes(store: Store) -> None:
    def waited() -> None:
        with store.writing() as first, store.writing() as second:
            first.execute(text("LOCK TABLE question"))
            second.execute(text("SET LOCAL lock_timeout = 20"))
            second.execute(text("LOCK TABLE question"))

    with pytest.raises(StoreBusy, match="try again"):
        waited()
