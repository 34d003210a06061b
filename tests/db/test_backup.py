import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from db import backup, schema, urls
from db.base import Base
from db.engine import Store, connect
from db.errors import AlreadyKnown, NotAllowed, NotAStore, StoreError, StoreMissing
from db.tables import Item, Judgement, Question
from pipeline.cli.main import main

PAGE = 4096


def content(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.reading() as session:
        return {
            table.name: sorted(map(tuple, session.execute(table.select())), key=str)
            for table in Base.metadata.sorted_tables
        }


def test_a_backup_restored_elsewhere_holds_the_same_rows(
    stored_study: Store, tmp_path: Path
) -> None:
    copied = backup.backup(stored_study, tmp_path / "b.sqlite")
    other = connect(f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert backup.restore(other, copied.path).rows == copied.rows > 0
    assert content(other) == content(stored_study)


def test_a_backup_is_one_file_with_nothing_beside_it(stored_study: Store, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    backup.backup(stored_study, folder / "b.sqlite")
    assert [path.name for path in folder.iterdir()] == ["b.sqlite"]


def test_a_restore_replaces_a_filled_store_only_by_force_and_keeps_a_copy(
    stored_study: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CBT_DATA", str(tmp_path / "data"))
    copied = backup.backup(stored_study, tmp_path / "b.sqlite")
    before = content(stored_study)
    with stored_study.writing() as session:
        session.add(Question(source="demo", external_id="later"))
    with pytest.raises(NotAllowed, match="--force"):
        backup.restore(stored_study, copied.path)

    done = backup.restore(stored_study, copied.path, force=True)

    assert content(stored_study) == before
    assert done.kept is not None
    kept = content(connect(f"sqlite:///{done.kept}"))
    assert {row[2] for row in kept["question"]} == {"1", "later"}


def test_a_restored_store_takes_new_rows_and_still_refuses_changes(
    stored_study: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CBT_DATA", str(tmp_path / "data"))
    copied = backup.backup(stored_study, tmp_path / "b.sqlite")
    backup.restore(stored_study, copied.path, force=True)
    with stored_study.writing() as session:
        session.add(Judgement(assignment_id=1, revision=2, values={"relevance": 1}, token="t2"))
        session.add(Item(study_id=1, code="CCCC", question_id=1))
    assert schema.state(stored_study.engine).current
    with stored_study.reading() as session:
        assert session.query(Judgement).count() == 2


def test_a_backup_never_overwrites_a_file(stored_study: Store, tmp_path: Path) -> None:
    path = tmp_path / "b.sqlite"
    path.write_text("keep me")
    with pytest.raises(AlreadyKnown, match="there already"):
        backup.backup(stored_study, path)
    assert path.read_text() == "keep me"


def test_a_backup_to_a_folder_that_is_not_there_is_told(sqlite_store: Store) -> None:
    with pytest.raises(StoreError, match="there is no folder"):
        backup.backup(sqlite_store, Path("/nowhere/b.sqlite"))


def test_only_a_store_can_be_restored(sqlite_store: Store, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("Dear diary, " * 200)
    with pytest.raises(NotAStore, match=r"notes.txt is not a store"):
        backup.restore(sqlite_store, text)
    empty = tmp_path / "empty"
    empty.touch()
    with pytest.raises(NotAStore, match="not a backup"):
        backup.restore(sqlite_store, empty)
    with pytest.raises(StoreMissing, match="there is no file"):
        backup.restore(sqlite_store, tmp_path / "none")


def test_the_commands_back_up_check_and_restore(stored_study: Store, tmp_path: Path) -> None:
    here = ["--database", stored_study.engine.url.render_as_string(hide_password=False)]
    there = ["--database", f"sqlite:///{tmp_path / 'other.sqlite'}"]
    file = str(tmp_path / "b.sqlite")
    runs = [
        ["db", "backup", file, *here],
        ["db", "restore", file, *there],
        ["db", "verify", *there],
        ["db", "status", *there],
    ]
    outputs = []
    for arguments in runs:
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.output
        outputs.append(result.output)
    assert "1 judgements answer 1 of 2 assignments" in outputs[2]
    assert "nothing is wrong" in outputs[2]
    assert "judgement" in outputs[3]


def zeroed(path: Path, page: int, copy: Path) -> Path:
    """A copy of the backup in which one page holds zeros."""
    data = bytearray(path.read_bytes())
    data[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    copy.write_bytes(data)
    return copy


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_damaged_backup_is_never_restored(stored_study: Store, tmp_path: Path) -> None:
    copied = backup.backup(stored_study, tmp_path / "b.sqlite")
    with closing(sqlite3.connect(copied.path)) as whole:
        whole.execute("VACUUM")  # a migration leaves pages that nothing uses
    target = connect(urls.of_file(tmp_path / "target" / "store.sqlite"))
    pages = copied.path.stat().st_size // PAGE
    for page in range(pages):
        damaged = zeroed(copied.path, page, tmp_path / "damaged.sqlite")
        with pytest.raises(NotAStore, match=r"damaged.sqlite is"):
            backup.restore(target, damaged)
    assert pages > 50
    assert not (tmp_path / "target").exists()


def test_a_backup_whose_rows_do_not_fit_is_refused_before_anything_is_replaced(
    stored_study: Store, tmp_path: Path
) -> None:
    copied = backup.backup(stored_study, tmp_path / "b.sqlite")
    with closing(sqlite3.connect(copied.path)) as connection:
        connection.execute("DELETE FROM person")
        connection.commit()
    before = content(stored_study)
    with pytest.raises(NotAStore, match="is damaged: assignment 1 names a row of person that is"):
        backup.restore(stored_study, copied.path, force=True)
    assert content(stored_study) == before


def damage(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_item_study_id'"
        ).fetchone()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    zeroed(path, page - 1, path)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_damaged_store_is_not_backed_up_and_can_be_restored_over(
    stored_study: Store, tmp_path: Path
) -> None:
    sound = backup.backup(stored_study, tmp_path / "sound.sqlite")
    before = content(stored_study)
    stored_study.engine.dispose()
    damage(Path(stored_study.name))
    with pytest.raises(NotAStore, match=r"store.sqlite is damaged.*restore an earlier backup"):
        backup.backup(stored_study, tmp_path / "b.sqlite")
    assert not (tmp_path / "b.sqlite").exists()

    done = backup.restore(stored_study, sound.path, force=True)

    assert content(stored_study) == before
    assert done.kept is not None
    assert done.kept.exists()


@pytest.mark.parametrize("name", ["a?1.sqlite", "50%41.sqlite", "心 #1.sqlite", "x" * 250])
def test_a_backup_may_have_any_name(stored_study: Store, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    copied = backup.backup(stored_study, folder / name)
    assert [path.name for path in folder.iterdir()] == [name]
    other = connect(urls.of_file(tmp_path / "o%41?.sqlite"))
    assert backup.restore(other, copied.path).rows == copied.rows > 10
    assert (tmp_path / "o%41?.sqlite").exists()


def test_a_backup_that_cannot_be_written_or_read_is_told(
    sqlite_store: Store, tmp_path: Path
) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    long = tmp_path / ("x" * 300)
    for path in (Path("/proc/x.sqlite"), long):
        with pytest.raises(StoreError, match="cannot be written"):
            backup.backup(sqlite_store, path)
    with pytest.raises(AlreadyKnown, match="there already"):
        backup.backup(sqlite_store, loop)
    with pytest.raises(StoreError, match="there is no folder"):
        backup.backup(sqlite_store, loop / "b.sqlite")
    with pytest.raises(StoreError, match="cannot be read"):
        backup.restore(sqlite_store, long)


def test_a_file_of_another_program_is_named_when_it_is_refused(
    sqlite_store: Store, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as connection:
        connection.execute("CREATE TABLE photos (id INTEGER)")
    with pytest.raises(NotAStore, match=r"other.sqlite is not a backup"):
        backup.restore(sqlite_store, tmp_path / "other.sqlite")
