"""Write what a study holds to a file, and log that it left the store."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db import events
from db.engine import Store
from db.tables import Study
from pipeline.exporting.formats import Format
from pipeline.exporting.new_files import written_whole
from pipeline.tidy import Kind


@dataclass(frozen=True)
class Target:
    """A file to be written, in a format; one that is there is replaced only when told."""

    path: Path
    form: Format
    replace: bool


def write(
    store: Store,
    study: Study,
    target: Target,
    columns: Mapping[str, Kind],
    rows: Iterator[tuple[Any, ...]],
) -> int:
    """Write the rows, and return how many there were; after any failure nothing has left."""
    with written_whole(target.path, replace=target.replace) as (place, finish):
        count = target.form.write(place, columns, rows)
        # Logged before the file has its name: no export may be without its event.
        details = {"path": str(target.path.resolve()), "format": target.form.name, "rows": count}
        with store.writing() as session:
            events.record(session, kind="exported", study_id=study.id, details=details)
        finish()
    return count
