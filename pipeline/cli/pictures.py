"""Write a picture that a command was asked for, as a whole or not at all."""

from collections.abc import Callable
from pathlib import Path

from pipeline.exporting.new_files import written_whole
from pipeline.figures import check_ending


def write(path: Path, draw: Callable[[Path], None]) -> None:
    """Let `draw` write the picture; an older one of that name is replaced.

    Raises NotWritten for a name that says no kind of picture, and where the disk refuses.
    """
    check_ending(path)
    with written_whole(path, replace=True) as (unfinished, finish):
        draw(unfinished)
        finish()
