"""Fill a study's datasheet, and write it in every format that it comes in."""

import json
from collections.abc import Mapping
from typing import Any

from pipeline.report.context import NOTICE, Context
from pipeline.report.datasheet import answers, as_document, facts, figures, heds, questions, systems
from pipeline.report.datasheet.questions import Datasheet, Key
from pipeline.report.document import latex, markdown


def filled(context: Context, said: Mapping[Key, str], *, with_texts: bool = True) -> Datasheet:
    """Return the datasheet with what the store tells, and what the user `said`.

    Without texts it shows no question and no answer, also of those in prompts.
    """
    study = context.known.study
    told = facts.told(context.known.facts) | figures.told(context)
    told |= systems.told(context, with_texts=with_texts)
    for key, more in systems.added(context).items():
        told[key] = f"{told[key]} {more}" if key in told else more
    return questions.filled(
        study.name,
        study.kind,
        {criterion: context.name(criterion) for criterion in context.criteria},
        told=told,
        said=said,
    )


def files(sheet: Datasheet) -> dict[str, bytes]:
    """Return the content of each of the datasheet's files, by its name in the report's folder."""
    document = as_document.document(sheet, notice=NOTICE)
    texts = {
        "datasheet.md": markdown.render(document),
        "datasheet.tex": latex.render(document, pictures={}),
        "answers.toml": answers.template(sheet),
        "datasheet.json": _json(questions.as_object(sheet)),
        "heds.json": _json(heds.form(sheet)),
    }
    return {name: text.encode("utf-8", "backslashreplace") for name, text in texts.items()}


def _json(value: dict[str, Any]) -> str:
    return f"{json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1)}\n"
