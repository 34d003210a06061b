"""Write a file as a whole or not at all."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from db.errors import AlreadyKnown, NotWritten


@contextmanager
def written_whole(path: Path, *, replace: bool) -> Iterator[tuple[Path, Callable[[], None]]]:
    """Yield a place to write to, and the call that puts what is there under its own name.

    Without that call, or after any failure, nothing is left and an older file stays as it was.
    A file that is replaced keeps its permissions. Raises AlreadyKnown for a file that is there,
    NotWritten where the disk refuses or something else than a file has the name.
    """
    try:
        path = _checked(path, replace=replace)
        with TemporaryDirectory(dir=path.parent, prefix=".cbt-export-") as folder:
            unfinished = Path(folder) / path.name
            yield unfinished, lambda: _finish(unfinished, path, replace=replace)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else error
        raise NotWritten(f"{path} could not be written: {why}; nothing was changed") from error


def _checked(path: Path, *, replace: bool) -> Path:
    """Return the place that a link leads to, so that the link stays one."""
    if any("\ud800" <= mark <= "\udfff" for mark in str(path)):
        raise NotWritten(f"the name {str(path)!r} is not text in UTF-8; name another file")
    try:
        path = path.resolve()
    except RuntimeError as error:
        raise NotWritten(f"{path} is a link that leads to itself; name another file") from error
    if path.is_dir():
        raise NotWritten(f"{path} is a folder; name a file in it")
    if path.exists():
        _check_old(path, replace=replace)
    if not path.parent.is_dir():
        raise NotWritten(f"there is no folder {path.parent}; make it, or name another file")
    return path


def _check_old(path: Path, *, replace: bool) -> None:
    if not path.is_file():
        raise NotWritten(f"{path} is a device or a pipe; name a file")
    if not replace:
        raise _there(path)


def _there(path: Path) -> AlreadyKnown:
    return AlreadyKnown(f"{path} is there already; add --force to replace it")


def _finish(unfinished: Path, path: Path, *, replace: bool) -> None:
    with unfinished.open("r+b") as file:
        os.fsync(file.fileno())  # else a crash could leave the new name with no content
    if replace and path.exists():
        unfinished.chmod(stat.S_IMODE(path.stat().st_mode))
    elif not replace:
        try:
            path.touch(exist_ok=False)  # takes the name, which another export may want as well
        except FileExistsError as error:
            raise _there(path) from error
    unfinished.replace(path)
