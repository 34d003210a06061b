"""A file is written as a whole or not at all."""

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
