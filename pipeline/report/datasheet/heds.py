"""The datasheet as a file that the web form of HEDS 3.0 loads."""

from collections.abc import Mapping
from typing import Any

from pipeline.report.datasheet.questions import Datasheet, Entry

CRITERION = "heds-criteria-criterion"  # the form asks its section 4 once for each of these


def form(sheet: Datasheet) -> dict[str, Any]:
    """Return what the form keeps of each of its fields, for those with an answer here.

    The form keeps an object {"data": {criterion: value}, "control": {}} under a field's name,
    with "" for the criterion where there is none; `control` of the list of criteria says which
    one is shown. The field names were read in the form itself (nlp-heds.github.io, index.html,
    as of December 2024).
    """
    fields: dict[str, Any] = {}
    for entry in sheet.entries:
        if entry.field.heds and not entry.blank:
            kept = fields.setdefault(entry.field.heds, _kept(entry))
            kept["data"][_name(sheet.criteria, entry)] = _value(entry)
    names = list(sheet.criteria.values())
    if names:
        shown = {name: place == 0 for place, name in enumerate(names)}
        fields[CRITERION] = {"data": {}, "control": shown, "text": {}}
    return fields


def _kept(entry: Entry) -> dict[str, Any]:
    kept: dict[str, Any] = {"data": {}, "control": {}}
    if entry.field.choice:
        kept["text"] = {}
    if entry.field.number:
        kept["number"] = entry.field.number
    return kept


def _name(criteria: Mapping[str, str], entry: Entry) -> str:
    return criteria[entry.criterion] if entry.criterion else ""


def _value(entry: Entry) -> str | bool:
    if entry.field.choice:
        return True
    if entry.told.isdecimal():  # the form takes nothing else where it asks for a number
        return entry.told
    return "\n".join(text for text in (entry.told, entry.said) if text)
