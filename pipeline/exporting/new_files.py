"""Write a file as a whole or not at all."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from db.errors import AlreadyKnown, NotWritten


@contextmanager
def written_whole(path: Path, *, replace: bool) -> Iterator[tuple[Path, Callable[[], None]]]:
    """Yield a place to write to, and the call that puts what is there under its own name.

    Without that call, or after any failure, nothing is left and an older file stays as it was.
    Raises AlreadyKnown for a file that is there, NotWritten where the disk refuses.
    """
    path = path.resolve()  # a link stays a link
    if path.is_dir():
        raise NotWritten(f"{path} is a folder; name a file in it")
    if path.exists() and not replace:
        raise AlreadyKnown(f"{path} is there already; add --force to replace it")
    if not path.parent.is_dir():
        raise NotWritten(f"there is no folder {path.parent}; make it, or name another file")
    try:
        with TemporaryDirectory(dir=path.parent, prefix=".cbt-export-") as folder:
            unfinished = Path(folder) / path.name
            yield unfinished, lambda: _finish(unfinished, path)
    except OSError as error:
        raise NotWritten(
            f"{path} could not be written: {error.strerror or error}; nothing was changed"
        ) from error


def _finish(unfinished: Path, path: Path) -> None:
    with unfinished.open("r+b") as file:
        os.fsync(file.fileno())  # else a crash could leave the new name with no content
    unfinished.replace(path)
