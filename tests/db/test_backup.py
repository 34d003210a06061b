from pathlib import Path

import pytest
from click.testing import CliRunner

from db import backup, schema
from db.engine import Store, connect
from db.errors import AlreadyKnown, NotAllowed, NotAStore, StoreError, StoreMissing
from db.tables import Base, Item, Judgement, Question
from pipeline.cli.main import main


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
    stored_study: Store, tmp_path: Path, empty_store_url: str, monkeypatch: pytest.MonkeyPatch
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
