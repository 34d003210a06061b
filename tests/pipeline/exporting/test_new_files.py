"""A file is written as a whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from db.errors import AlreadyKnown, NotWritten
from pipeline.exporting.new_files import written_whole


def write(
    path: Path, text: str, *, replace: bool = False, failure: BaseException | None = None
) -> None:
    with written_whole(path, replace=replace) as (place, finish):
        place.write_text(text)
        assert not path.exists() or path.read_text() == "old"
        if failure:
            raise failure
        finish()


def test_the_file_appears_when_all_of_it_is_written(tmp_path: Path) -> None:
    write(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "new"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(NotWritten, match="No space left on device; nothing was changed"):
        write(tmp_path / "a", "new", replace=True, failure=OSError(28, "No space left on device"))
    assert (tmp_path / "a").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_an_interruption_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "a", "half", failure=KeyboardInterrupt())
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_written_over_unasked(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(AlreadyKnown, match="add --force"):
        write(tmp_path / "a", "new")
    write(tmp_path / "a", "new", replace=True)
    assert (tmp_path / "a").read_text() == "new"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(tmp_path / "link", "new", replace=True)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


@pytest.mark.parametrize(
    ("place", "why"), [("gone/a", "no folder"), (".", "is a folder"), ("file/a", "no folder")]
)
def test_a_place_that_cannot_hold_a_file_is_told(tmp_path: Path, place: str, why: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritten, match=why):
        write(tmp_path / place, "new", replace=True)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_that_another_export_made_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a"

    def write_second() -> None:
        with written_whole(path, replace=False) as (place, finish):
            place.write_text("second")
            write(path, "first")
            finish()

    with pytest.raises(AlreadyKnown, match="add --force"):
        write_second()
    assert path.read_text() == "first"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_pipe_or_a_device_is_never_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotWritten, match="a device or a pipe"):
        write(tmp_path / "pipe", "new", replace=True)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    with pytest.raises(NotWritten, match="a device or a pipe"):
        write(Path(os.devnull), "new", replace=True)


def test_a_replaced_file_keeps_its_permissions_and_a_new_one_obeys_the_mask(
    tmp_path: Path,
) -> None:
    (tmp_path / "a").write_text("old")
    (tmp_path / "a").chmod(0o600)
    write(tmp_path / "a", "new", replace=True)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    old = os.umask(0o027)
    try:
        write(tmp_path / "b", "new")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("loop", "a link that leads to itself"),
        ("x" * 300, "File name too long"),
        ("a\udcff", "is not text in UTF-8"),
    ],
)
def test_a_name_that_cannot_be_is_told_in_a_sentence(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(NotWritten, match=why):
        write(tmp_path / name, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["loop"]
