"""Make the demo store by the commands that a user would type, or find it made."""

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

from db import backup, schema, urls
from db.engine import connect
from db.errors import KnownError, StoreError
from pipeline.cli.main import main
from pipeline.demo.commands import Command


class DemoNotMade(KnownError):
    code = "demo_not_made"


def make(path: Path, commands: Sequence[Command], *, say: Callable[[str], None]) -> bool:
    """Make the store at `path` and return True, or False if there is one.

    Raises StoreError if the folder cannot be written to, DemoNotMade if a command fails; then
    there is no store, and no half of one.
    """
    if path.exists():
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = TemporaryDirectory(dir=path.parent, prefix=".cbt-demo-")
    except OSError as error:
        raise StoreError(
            f"the folder {path.parent} cannot be written to: {error.strerror}"
        ) from error
    with folder as name:
        unfinished = connect(urls.of_file(Path(name) / path.name))
        schema.upgrade(unfinished.engine)
        for command in commands:
            say(f"$ {command.shown}")
            _run(command, urls.of_file(Path(unfinished.name)))
        backup.backup(unfinished, path)
        unfinished.engine.dispose()
    return True


def _run(command: Command, database: str) -> None:
    with _typed_in(command.stdin), redirect_stdout(sys.stderr):
        code = main.main(
            [*command.words, "--database", database], prog_name="cbt", standalone_mode=False
        )
    if code:
        raise DemoNotMade(f"the demo was not made: '{command.shown}' ended with exit code {code}")


@contextmanager
def _typed_in(text: str) -> Iterator[None]:
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8")
    try:
        yield
    finally:
        sys.stdin = before
