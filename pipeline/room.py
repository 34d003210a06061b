"""Refuse to begin what the disk has no room for."""

import shutil
from collections.abc import Callable
from pathlib import Path

from db.errors import NotWritten
from models.memory import gib


def free_bytes(place: Path) -> int:
    """Return the room that is left on a folder's disk."""
    return shutil.disk_usage(place).free


def check_room(
    place: Path, *, what: str, needed: float, free: Callable[[Path], int] = free_bytes
) -> None:
    """Raise NotWritten where the disk of a folder has less room than `needed` bytes."""
    left = free(place)
    if left < needed:
        raise NotWritten(
            f"{what} needs about {gib(needed)}, and the disk of {place} has {gib(left)} free; make"
            " room, or name a folder on another disk"
        )
