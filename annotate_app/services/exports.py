"""Give a researcher a study's ratings as a file."""

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from annotate_app.services import commands, rights
from annotate_app.services.sign_in import SignedIn
from db import events, studies
from db.engine import Store
from pipeline.exporting.formats import FORMATS

FORMAT_NAMES = tuple(FORMATS)


@dataclass(frozen=True)
class Download:
    """A file for a browser, with the number of its rows."""

    name: str
    content: bytes
    rows: int


def ratings(store: Store, *, by: SignedIn, study: str, form: str, wide: bool) -> Download:
    """Return the ratings of a study as a file, and log who took it.

    Raises NotForYou for who is no researcher, OwnStudy for who rates in the study, NotWritten for
    what cannot be exported.
    """
    with rights.reading(store, by) as session:
        rights.check_outside(session, by, studies.get(session, name=study))
    ending = FORMATS[form].endings[0]
    with TemporaryDirectory(prefix="cbt-export-") as folder:
        path = Path(folder) / f"ratings{ending}"
        rows = _write(store, study, path, form=form, wide=wide)
        content = path.read_bytes()
    with rights.writing(store, by) as session:
        found = studies.get(session, name=study)
        rights.check_outside(session, by, found)
        events.record(
            session,
            kind="downloaded",
            person_id=by.person_id,
            study_id=found.id,
            details={"format": form, "rows": rows},
        )
    return Download(re.sub(r"[^\w-]+", "_", study) + ending, content, rows)


def _write(store: Store, study: str, path: Path, *, form: str, wide: bool) -> int:
    options = [
        f"--study={study}",
        f"--out={path}",
        f"--format={form}",
        *(["--wide"] if wide else []),
    ]
    rows: int = commands.run(store, "export ratings", options)["rows"]
    return rows
