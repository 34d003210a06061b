"""A folder of files: whole or not at all, and nobody's file is lost."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from db.errors import AlreadyKnown, KnownError, NotAllowed, NotWritten
from pipeline.folder import MANIFEST, fill, new_folder, sealed

FILES = {"report.md": b"one", "tables/t5.csv": b"two"}
ABOUT = {"study": "paper", "seed": 1}


def write(out: Path, *, replace: bool = False, files: dict[str, bytes] = FILES) -> list[str]:
    with new_folder(out, of="report", replace=replace) as (place, finish):
        fill(place, files)
        names = sealed(place, list(files), of="report", about=ABOUT)
        finish()
    return names


def write_until(out: Path, error: BaseException, *, replace: bool = False) -> None:
    with new_folder(out, of="report", replace=replace) as (place, _):
        fill(place, FILES)
        raise error


def found(out: Path) -> set[str]:
    return {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}


def refused(out: Path, kind: type[KnownError], *, replace: bool = False) -> str:
    before = {path: path.read_bytes() for path in out.parent.rglob("*") if path.is_file()}
    with pytest.raises(kind) as caught:
        write(out, replace=replace)
    after = {path: path.read_bytes() for path in out.parent.rglob("*") if path.is_file()}
    assert before == after
    return caught.value.message


def test_a_folder_is_written_with_the_list_of_its_files(tmp_path: Path) -> None:
    out = tmp_path / "报告"
    assert write(out) == ["report.md", "tables/t5.csv", MANIFEST]
    assert found(out) == {*FILES, MANIFEST}
    manifest = json.loads((out / MANIFEST).read_text("utf-8"))
    assert (manifest["kind"], manifest["study"], manifest["seed"]) == ("cbt report", "paper", 1)
    assert manifest["files"][0] == {
        "name": "report.md",
        "bytes": 3,
        "sha256": hashlib.sha256(b"one").hexdigest(),
    }
    assert list(tmp_path.iterdir()) == [out]


def test_written_elsewhere_it_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / name)
    assert (tmp_path / "a" / MANIFEST).read_bytes() == (tmp_path / "b" / MANIFEST).read_bytes()


def test_without_the_last_call_or_after_an_interrupt_nothing_is_left(tmp_path: Path) -> None:
    with new_folder(tmp_path / "a", of="report", replace=False) as (place, _):
        fill(place, FILES)
    with pytest.raises(KeyboardInterrupt):
        write_until(tmp_path / "a", KeyboardInterrupt())
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_taken_and_any_other_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    write(out)
    message = refused(out, AlreadyKnown)
    assert message == (
        f"{out} is there already and is not empty; name another folder,"
        " or add --replace if it is an older report"
    )
    assert write(out, replace=True)


def test_a_report_is_replaced_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out)
    (out / ".DS_Store").write_bytes(b"put here by the system")
    write(out, replace=True, files={"report.html": b"new"})
    assert found(out) == {"report.html", MANIFEST}
    assert list(tmp_path.iterdir()) == [out]


def test_replace_leaves_a_folder_that_no_report_wrote(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.docx").write_bytes(b"years of work")
    assert "holds no report's manifest.json" in refused(out, NotAllowed, replace=True)
    for wrong in ("[]", "{", '{"kind": "other", "files": []}', '{"kind": "cbt report"}'):
        (out / MANIFEST).write_text(wrong)
        assert "holds no report's" in refused(out, NotAllowed, replace=True)


def test_replace_leaves_a_report_to_which_a_person_added_or_changed_something(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    write(out)
    note = out / "tables" / "note.txt"
    note.write_text("mine")
    message = refused(out, NotAllowed, replace=True)
    assert "holds tables/note.txt, which is not of the report; move it out of there" in message
    note.unlink()
    (out / "report.md").write_text("edited")
    message = refused(out, NotAllowed, replace=True)
    assert message.startswith("report.md in ")
    assert "was changed since the report was written" in message


def test_a_place_that_can_hold_no_folder_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("a")
    assert refused(tmp_path / "file", NotWritten).endswith("is a file; name a folder")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for wrong in (tmp_path / "none" / "out", tmp_path / "loop", tmp_path / "a\ud800"):
        with pytest.raises(NotWritten):
            write(wrong)
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    for here in (Path(), inside, tmp_path):
        with pytest.raises(NotWritten, match="is the folder you are in, or one above it"):
            write(here)


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real", target_is_directory=True)
    write(link)
    assert link.is_symlink()
    assert found(tmp_path / "real") == {*FILES, MANIFEST}


def test_of_two_that_want_the_same_name_the_second_is_told(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with new_folder(out, of="report", replace=False) as (place, finish):
        fill(place, FILES)
        write(out, files={"first.md": b"first"})
        with pytest.raises(AlreadyKnown, match="is not empty any more"):
            finish()
    assert found(out) == {"first.md", MANIFEST}


def test_what_the_disk_refuses_is_told_and_the_older_report_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out)
    with pytest.raises(NotWritten, match="No space left on device; nothing was changed"):
        write_until(out, OSError(28, os.strerror(28)), replace=True)
    assert found(out) == {*FILES, MANIFEST}
