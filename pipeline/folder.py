"""Write a folder of files as a whole or not at all: a report, a dataset."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from db.errors import AlreadyKnown, NotAllowed, NotWritten

MANIFEST = "manifest.json"
LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}  # put there by a system, not by a person


@contextmanager
def new_folder(out: Path, *, of: str, replace: bool) -> Iterator[tuple[Path, Callable[[], None]]]:
    """Yield a folder to write to, and the call that puts it under its own name.

    Without that call, or after any failure or interrupt, nothing is left and an older folder
    stays as it was. `of` is what it is: a report, a dataset. Raises NotWritten for a place that
    cannot hold a folder and where the disk refuses, AlreadyKnown for one that is taken,
    NotAllowed for one that holds anything else than such a folder as it was written.
    """
    try:
        out = _checked(out, of=of, replace=replace)
        with TemporaryDirectory(dir=out.parent, prefix=f".cbt-{of}-") as beside:
            place = Path(beside) / "new"
            place.mkdir()
            yield place, lambda: _put(place, out, Path(beside) / "old", replace=replace)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else error
        raise NotWritten(f"{out} could not be written: {why}; nothing was changed") from error


def fill(place: Path, files: Mapping[str, bytes]) -> None:
    """Write the files, in the folders that their names say."""
    for name, content in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def sealed(place: Path, names: Sequence[str], *, of: str, about: Mapping[str, Any]) -> list[str]:
    """Write the manifest that lists these files of the folder; return all their names."""
    listed = []
    for name in names:
        path = place / name
        listed.append({"name": name, "bytes": path.stat().st_size, "sha256": _sha256(path)})
    manifest = {"kind": f"cbt {of}", **about, "files": listed}
    text = json.dumps(manifest, ensure_ascii=False, allow_nan=False, indent=1)
    (place / MANIFEST).write_text(f"{text}\n", "utf-8", newline="\n")
    return [*names, MANIFEST]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _checked(out: Path, *, of: str, replace: bool) -> Path:
    """Return the place that a link leads to, so that the link stays one."""
    if any("\ud800" <= mark <= "\udfff" for mark in str(out)):
        raise NotWritten(f"the name {str(out)!r} is not text in UTF-8; name another folder")
    try:
        out = out.resolve()
    except RuntimeError as error:
        raise NotWritten(f"{out} is a link that leads to itself; name another folder") from error
    if not out.parent.is_dir():
        raise NotWritten(f"there is no folder {out.parent}; make it, or name another folder")
    if out in {Path.cwd(), *Path.cwd().parents}:
        raise NotWritten(f"{out} is the folder you are in, or one above it; name a new folder")
    if out.exists():
        _check_old(out, of=of, replace=replace)
    return out


def _check_old(out: Path, *, of: str, replace: bool) -> None:
    if not out.is_dir():
        raise NotWritten(f"{out} is a file; name a folder")
    if not any(out.iterdir()):
        return
    if not replace:
        raise AlreadyKnown(
            f"{out} is there already and is not empty; name another folder,"
            f" or add --replace if it is an older {of}"
        )
    _check_ours(out, of=of)


def _check_ours(out: Path, *, of: str) -> None:
    """Raise NotAllowed if the folder holds anything but such a one as it was written."""
    known = _listed(out / MANIFEST, of=of)
    if known is None:
        raise NotAllowed(
            f"{out} holds no {of}'s {MANIFEST}, so --replace leaves it; name another folder"
        )
    for path in sorted(path for path in out.rglob("*") if not path.is_dir() or path.is_symlink()):
        name = path.relative_to(out).as_posix()
        if path.name in LITTER or name == MANIFEST:
            continue
        if name not in known:
            raise NotAllowed(
                f"{out} holds {name}, which is not of the {of};"
                " move it out of there, or name another folder"
            )
        if _sha256(path) != known[name]:
            raise NotAllowed(
                f"{name} in {out} was changed since the {of} was written;"
                " move it out of there, or name another folder"
            )


def _listed(manifest: Path, *, of: str) -> dict[str, str] | None:
    """Return the hash of each file that a manifest lists, or None if it is of something else."""
    try:
        found = json.loads(manifest.read_text("utf-8"))
        if found["kind"] != f"cbt {of}":
            return None
        return {file["name"]: file["sha256"] for file in found["files"]}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _put(place: Path, out: Path, old: Path, *, replace: bool) -> None:
    _to_disk(place)
    if not (replace and out.is_dir() and any(out.iterdir())):
        _rename(place, out)
        return
    out.rename(old)
    try:
        place.rename(out)
    except BaseException:
        old.rename(out)
        raise


def _rename(place: Path, out: Path) -> None:
    if out.is_dir():
        try:
            out.rmdir()  # where it holds something, another one was written meanwhile
        except OSError as error:
            raise AlreadyKnown(f"{out} is not empty any more; name another folder") from error
    place.rename(out)


def _to_disk(place: Path) -> None:
    """Wait for the disk, else a crash could leave a name with no content."""
    for path in (path for path in place.rglob("*") if path.is_file()):
        with path.open("r+b") as file:
            os.fsync(file.fileno())
