from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db import schema
from db.engine import Store, open_store
from db.errors import NotAStore, StoreNewer, StoreOutdated
from db.tables import Adjudication, Event, Judgement


def test_the_migrations_make_exactly_the_tables(store: Store) -> None:
    with store.engine.execution_options(write=True).begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(schema.MIGRATIONS))
        command.check(config)  # raises when a table has a column that no migration makes
        tables = connection.execute(text("SELECT count(*) FROM judgement")).scalar()
    assert tables == 0


def test_a_second_upgrade_changes_nothing_and_says_so(store: Store) -> None:
    assert "already" in schema.upgrade(store.engine)
    assert schema.state(store.engine).current


def test_a_store_from_a_newer_program_is_refused_and_not_touched(store: Store) -> None:
    with store.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    url = store.engine.url.render_as_string(hide_password=False)
    with pytest.raises(StoreNewer, match=r"version 9999, newer than this program"):
        open_store(url, make=True)


def test_an_older_store_is_named_with_the_command_that_upgrades_it(store: Store) -> None:
    with store.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    known = schema.REVISIONS
    schema.REVISIONS = ["0000", *known]
    try:
        with pytest.raises(StoreOutdated, match="run 'cbt db upgrade'"):
            open_store(store.engine.url.render_as_string(hide_password=False))
    finally:
        schema.REVISIONS = known


def test_tables_of_another_program_are_not_taken_over(tmp_path: Path, store: Store) -> None:
    with store.writing() as session:
        session.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(NotAStore, match="not those of this program"):
        open_store(store.engine.url.render_as_string(hide_password=False), make=True)


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 100", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["judgement", "event"])
def test_what_was_said_once_cannot_be_changed_or_removed(
    stored_study: Store, table: str, statement: str
) -> None:
    with pytest.raises(DBAPIError, match="append-only"), stored_study.writing() as session:
        session.execute(text(statement.format(table)))
    with stored_study.reading() as session:
        assert session.query(Judgement).count() == 1
        assert session.query(Event).count() == 2


JUDGEMENT = '(id, assignment_id, revision, "values", flags, token)'
ADJUDICATION = "(id, item_id, person_id, revision, decision, reason, created_at)"
EVENT = "(id, at, kind, details)"


@pytest.mark.parametrize(
    "row",
    [
        f"judgement {JUDGEMENT} VALUES (1, 2, 1, '{{}}', '[]', 'new')",
        f"judgement {JUDGEMENT} VALUES (NULL, 1, 1, '{{}}', '[]', 'new')",
        f"judgement {JUDGEMENT} VALUES (NULL, 1, 2, '{{}}', '[]', 't1')",
        f"adjudication {ADJUDICATION} VALUES (1, 2, 1, 1, '{{}}', '', '2026-01-01 00:00:00')",
        f"adjudication {ADJUDICATION} VALUES (NULL, 1, 1, 1, '{{}}', '', '2026-01-01 00:00:00')",
        f"event {EVENT} VALUES (1, '2026-01-01 00:00:00', 'opened', '{{}}')",
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"])
def test_what_was_said_once_cannot_be_replaced(stored_study: Store, row: str) -> None:
    with stored_study.writing() as session:
        session.add(Adjudication(item_id=1, person_id=1, revision=1, decision={}, reason="first"))
    with pytest.raises(DBAPIError, match="append-only"), stored_study.writing() as session:
        session.execute(text(f"INSERT OR REPLACE INTO {row}"))
    with stored_study.reading() as session:
        assert session.query(Judgement.token).all() == [("t1",)]
        assert session.query(Adjudication.reason).all() == [("first",)]
        assert session.query(Event.kind).all() == [("created",), ("opened",)]


@pytest.mark.parametrize("kind", ["postgresql"])
@pytest.mark.parametrize("table", ["judgement", "adjudication", "event"])
def test_what_was_said_once_cannot_be_truncated(stored_study: Store, table: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), stored_study.writing() as session:
        session.execute(text(f"TRUNCATE {table}"))
