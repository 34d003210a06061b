"""Write the report of a study: its tables, figures, methods and datasheet, in one folder."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db import events
from db.engine import Store
from pipeline import folder
from pipeline.report import findings, rows, versions
from pipeline.report.context import Context
from pipeline.report.datasheet import answers, filling, questions
from pipeline.report.datasheet.questions import Key
from pipeline.report.document import formats
from pipeline.report.sections import whole
from pipeline.report.sources import Sources

Tell = Callable[[str], None]
KIND = "report"


@dataclass(frozen=True)
class ReportOf:
    """Which study to report on, and where to.

    `answers` is a file of answers for the datasheet. Without `texts` no question and no answer is
    shown, as the licences of most data ask. `replace` allows to replace an older report.
    """

    study: str
    out: Path
    answers: Path | None = None
    texts: bool = True
    replace: bool = False


@dataclass(frozen=True)
class ReportWritten:
    """What was written; `blanks` are the questions of the datasheet that nobody answered yet."""

    paths: tuple[Path, ...]
    figures: int
    questions: int
    blanks: int
    status: str
    unblinded: bool


def run(store: Store, config: ReportOf, *, tell: Tell = lambda _: None) -> ReportWritten:
    """Write the folder, all of it or nothing, and log that a study's judgements left the store.

    Raises KnownErrors: a study that there is not or has no judgements, an answers file with
    unknown fields, a folder that is there.
    """
    with folder.new_folder(config.out, of=KIND, replace=config.replace) as (place, finish):
        tell("reading the study")
        known = findings.known(store, config.study)
        said = _said(known, config.answers)
        context = gathered(store, known, tell=tell)
        document = whole.document(context, store, texts=config.texts)
        sheet = filling.filled(context, said, with_texts=config.texts)
        files = formats.files(document, say=tell) | rows.files(known) | filling.files(sheet)
        folder.fill(place, files)
        names = folder.sealed(place, list(files), of=KIND, about=_about(context))
        _log(store, known, config.out)
        finish()
    return ReportWritten(
        paths=tuple(config.out / name for name in names),
        figures=len(document.sources),
        questions=len(list(sheet.entries)),
        blanks=len(sheet.blanks),
        status=known.study.status,
        unblinded=known.unblinded,
    )


def gathered(store: Store, known: findings.Known, *, tell: Tell) -> Context:
    """Return what every section of the report is written from."""
    file = rows.FILES[known.study.kind][0]
    return Context(
        known=known,
        findings=findings.gather(store, known, tell=tell),
        sources=Sources(known.study.name, file, known.scored),
    )


def _said(known: findings.Known, path: Path | None) -> dict[Key, str]:
    if path is None:
        return {}
    criteria = [criterion["id"] for criterion in known.study.criteria]
    return answers.read(path, known=questions.keys(known.study.kind, criteria))


def _about(context: Context) -> dict[str, Any]:
    """Return what the folder's list of files says of the report as a whole."""
    study = context.known.study
    return {
        "study": study.name,
        "command": context.command,
        "status": study.status,
        "unblinded": context.known.unblinded,
        "analysis": study.analysis,
        "seed": study.seed,
        "versions": versions.everything(),
    }


def _log(store: Store, known: findings.Known, out: Path) -> None:
    details = {"path": str(out.resolve()), "format": "report", "rows": known.rows}
    with store.writing() as session:
        events.record(session, kind="exported", study_id=known.study.id, details=details)
