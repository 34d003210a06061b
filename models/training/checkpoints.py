"""Seal checkpoints, and find the newest one that is whole."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

SEAL = "complete.json"
PREFIX = "checkpoint-"
KEPT = 2


def seal(folder: Path) -> None:
    """Say that a checkpoint is whole, once the disk has it: its files, each with its hash."""
    files = {path.relative_to(folder).as_posix(): _sha256(path) for path in _files(folder)}
    for path in _files(folder):
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    write_whole(folder / SEAL, json.dumps(files))


def newest(folder: Path, *, skipped: Callable[[str], None]) -> Path | None:
    """Return the newest checkpoint that is whole; `skipped` is told of each newer one."""
    for path in reversed(all_in(folder)):
        why = _wrong(path)
        if why is None:
            return path
        skipped(f"{path.name} {why}, and is left aside")
    return None


def all_in(folder: Path) -> list[Path]:
    """Return the checkpoints, by their steps."""
    found = [path for path in folder.glob(f"{PREFIX}*") if _step(path) is not None]
    return sorted(found, key=lambda path: _step(path) or 0)


def step_of(checkpoint: Path) -> int:
    return _step(checkpoint) or 0


def drop_old(folder: Path) -> None:
    """Remove all but the newest whole ones, and what is broken."""
    whole = [path for path in all_in(folder) if (path / SEAL).is_file()]
    for path in all_in(folder):
        if path not in whole[-KEPT:]:
            shutil.rmtree(path, ignore_errors=True)


def write_whole(path: Path, text: str) -> None:
    """Write a file as a whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _wrong(folder: Path) -> str | None:
    """Return what is wrong with a checkpoint, None if nothing is."""
    try:
        sealed = json.loads((folder / SEAL).read_text("utf-8"))
        for name, known in sealed.items():
            if _sha256(folder / name) != known:
                return f"was changed since it was written ({name})"
    except (OSError, ValueError, AttributeError):
        return "was not written to its end"
    return None


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SEAL)


def _step(path: Path) -> int | None:
    number = path.name.removeprefix(PREFIX)
    return int(number) if number.isdecimal() else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
