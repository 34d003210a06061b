"""Give a researcher a study's ratings as a file."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from annotate_app.services import rights
from annotate_app.services.sign_in import SignedIn
from db import events, studies
from db.engine import Store
from db.errors import NotWritten
from pipeline.exporting.formats import FORMATS
from pipeline.settings import environment

FORMAT_NAMES = tuple(FORMATS)
SECONDS_TO_WRITE = 300


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
    """Let the command write the file: in a process of its own, it keeps no rater waiting."""
    asked = ["export", "ratings", f"--study={study}", f"--out={path}", f"--format={form}", "--json"]
    database = store.engine.url.render_as_string(hide_password=False)
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "pipeline.cli.main", *asked, *(["--wide"] if wide else [])],
            env=environment(CBT_DATABASE_URL=database),
            capture_output=True,
            timeout=SECONDS_TO_WRITE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotWritten("this takes too long for a page; use 'cbt export ratings'") from error
    said = json.loads(done.stdout or b"{}")
    if "rows" not in said:
        raise NotWritten(said.get("error", {}).get("message", "the export did not end well"))
    rows: int = said["rows"]
    return rows
