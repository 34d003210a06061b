"""Write the report of a study: its tables, figures, methods and datasheet, in one folder."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from db import events
from db.engine import Store
from pipeline.report import (
    agreement_section,
    case_study,
    comparison_section,
    datasheet,
    datasheet_answers,
    datasheet_document,
    datasheet_facts,
    datasheet_figures,
    findings,
    folder,
    front_matter,
    heds_form,
    latex,
    markdown,
    methods,
    model_section,
    planning_section,
    raters_section,
    rows,
    summary,
    table_answers,
    table_detection,
    table_metrics,
    table_scores,
)
from pipeline.report.blocks import Block, Document, Source, Table
from pipeline.report.contents import contents_of
from pipeline.report.context import Context
from pipeline.report.datasheet import Datasheet, Key
from pipeline.report.sources import Sources

Tell = Callable[[str], None]
SECTIONS = (
    table_answers,
    table_detection,
    table_metrics,
    table_scores,
    comparison_section,
    model_section,
    agreement_section,
    raters_section,
    planning_section,
)


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
    with folder.new_folder(config.out, replace=config.replace) as (place, finish):
        tell("reading the study")
        known = findings.known(store, config.study)
        said = _said(known, config.answers)
        context = Context(
            known=known,
            findings=findings.gather(store, known, tell=tell),
            sources=Sources(known.study.name, rows.FILES[known.study.kind][0], known.scored),
        )
        document, sheet = documents(context, store, said=said, texts=config.texts)
        files = contents_of(document, say=tell) | rows.files(known) | _sheet_files(sheet)
        names = folder.fill(place, files, _about(context))
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


def _said(known: findings.Known, answers: Path | None) -> dict[Key, str]:
    if answers is None:
        return {}
    criteria = [criterion["id"] for criterion in known.study.criteria]
    return datasheet_answers.read(answers, known=datasheet.keys(known.study.kind, criteria))


def documents(
    context: Context, store: Store, *, said: dict[Key, str], texts: bool
) -> tuple[Document, Datasheet]:
    """Return the report as a document, and its datasheet."""
    blocks = tuple(_blocks(context, store, texts=texts))
    sheet = datasheet.filled(
        context.known.study.name,
        context.known.study.kind,
        {criterion: context.name(criterion) for criterion in context.criteria},
        told=datasheet_facts.told(context.known.facts) | datasheet_figures.told(context),
        said=said,
    )
    document = Document(
        title=front_matter.title(context),
        subtitle=front_matter.subtitle(context),
        notice=front_matter.NOTICE,
        blocks=blocks,
        sources=tuple(context.sources.told.values()),
    )
    return document, sheet


def _blocks(context: Context, store: Store, *, texts: bool) -> Iterator[Block]:
    yield from front_matter.blocks(context)
    told = [block for section in SECTIONS for block in section.blocks(context)]
    yield from summary.blocks(context)
    yield from (_with_reasons(block, context.sources.told) for block in told)
    if texts:
        yield from case_study.blocks(context, store)
    yield from methods.blocks(context)


def _with_reasons(block: Block, told: Mapping[str, Source]) -> Block:
    """Return a table with a note for each reason why one of its figures, or intervals, is not."""
    if not isinstance(block, Table):
        return block
    figures = (told[cell.id] for row in block.rows() for cell in row if cell.id)
    reasons = dict.fromkeys(each.reason for each in figures if each.reason)
    notes = (f"No interval, or no figure, where {reason}." for reason in reasons)
    return replace(block, notes=(*block.notes, *notes))


def _sheet_files(sheet: Datasheet) -> dict[str, bytes]:
    document = datasheet_document.document(sheet, notice=front_matter.NOTICE)
    texts = {
        "datasheet.md": markdown.render(document),
        "datasheet.tex": latex.render(document, pictures={}),
        "answers.toml": datasheet_answers.template(sheet),
        "datasheet.json": _json(datasheet.as_object(sheet)),
        "heds.json": _json(heds_form.form(sheet)),
    }
    return {name: text.encode("utf-8", "backslashreplace") for name, text in texts.items()}


def _json(value: dict[str, Any]) -> str:
    return f"{json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1)}\n"


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
    }


def _log(store: Store, known: findings.Known, out: Path) -> None:
    details = {"path": str(out.resolve()), "format": "report", "rows": known.rows}
    with store.writing() as session:
        events.record(session, kind="exported", study_id=known.study.id, details=details)
