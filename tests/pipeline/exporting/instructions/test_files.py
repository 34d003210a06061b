"""A file and those beside it are written together or not at all."""

from pathlib import Path

import pytest

from db.errors import AlreadyKnown
from pipeline.exporting.instructions.files import as_they_were, written_with


def test_all_appear_together(tmp_path: Path) -> None:
    path, beside = tmp_path / "a", tmp_path / "b"
    with written_with(path, [beside], replace=False) as put:
        assert not path.exists()
        put(b"data", {beside: b"about"})
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {
        "a": b"data",
        "b": b"about",
    }


def test_another_who_took_the_name_meanwhile_keeps_what_is_his(tmp_path: Path) -> None:
    path, beside, new = tmp_path / "a", tmp_path / "b", tmp_path / "c"

    def taken_while_it_is_written() -> None:
        with written_with(path, [beside, new], replace=False) as put:
            path.write_bytes(b"his")
            beside.write_bytes(b"about his")
            put(b"data", {beside: b"about", new: b"more"})

    with pytest.raises(AlreadyKnown, match="is there already"):
        taken_while_it_is_written()
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {
        "a": b"his",
        "b": b"about his",
    }


def test_an_interruption_leaves_small_files_as_they_were(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"old")

    def interrupted() -> None:
        with as_they_were([old, new]):
            old.write_bytes(b"half")
            new.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (old.read_bytes(), new.exists()) == (b"old", False)
