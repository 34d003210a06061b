"""The user's answers for the datasheet: a file to read, and one to fill in."""

import json
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from db.errors import FileRejected
from pipeline.report.datasheet.questions import Datasheet, Entry, Key

ENDINGS = (".toml", ".json")
WIDTH = 96


def read(path: Path, *, known: Collection[Key]) -> dict[Key, str]:
    """Return the answers of a TOML or JSON file; empty ones are left out.

    A field that is asked of each criterion has a table with an answer for each. Raises
    FileRejected for a file that cannot be read, and for fields that are not `known`.
    """
    found: dict[Key, str] = {}
    for key, answer in _answers(path, _loaded(path)):
        if key not in known:
            raise FileRejected(f"{path.name}: {_unknown(key, known)}")
        if not isinstance(answer, str):
            raise FileRejected(
                f"{path.name}: the answer to {'.'.join(filter(None, key))} is no text"
            )
        if answer.strip():
            found[key] = answer.strip()
    return found


def _answers(path: Path, values: dict[str, Any]) -> Iterator[tuple[Key, Any]]:
    for field, value in values.items():
        if isinstance(value, dict):
            yield from (((field, criterion), answer) for criterion, answer in value.items())
        else:
            yield (field, ""), value
    if not values:
        raise FileRejected(f"{path.name} holds no answer; write one field a line")


def _unknown(key: Key, known: Collection[Key]) -> str:
    field, criterion = key
    criteria = sorted({of for name, of in known if name == field})
    if not criteria:
        fields = ", ".join(dict.fromkeys(name for name, _ in known))
        return f"the datasheet of this study has no field {field}; the fields are {fields}"
    if criteria == [""]:
        return f"{field} is asked once, not of each criterion; give it one text"
    of = f"there is no criterion {criterion}" if criterion else "it is asked of each criterion"
    return f"{field}: {of}; the criteria are {', '.join(criteria)}"


def _loaded(path: Path) -> dict[str, Any]:
    if path.suffix.lower() not in ENDINGS:
        raise FileRejected(f"{path.name} is neither .toml nor .json, which answers can be given in")
    try:
        text = path.read_bytes().decode("utf-8-sig")
        found = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except OSError as error:
        raise FileRejected(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FileRejected(f"{path.name} is not UTF-8 text; save it as UTF-8") from error
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, RecursionError, ValueError) as error:
        raise FileRejected(f"{path.name} is no {path.suffix[1:].upper()} file: {error}") from error
    if not isinstance(found, dict):
        raise FileRejected(f"{path.name} holds a list where fields with answers should be")
    return found


def template(sheet: Datasheet) -> str:
    """Return an answers file: what was answered, and an empty text for each open question.

    What the store tells stands above as a comment. Read by `read`, it gives the same answers.
    """
    alone = [entry for entry in sheet.entries if not entry.field.each]
    lines = [
        f"# Answers for the datasheet of the study {_on_one_line(sheet.study)}.",
        "# Write between the quotes, then run 'cbt report --answers FILE'.",
    ]
    for entry in alone:
        lines += ["", *_asked(entry), f"{entry.field.id} = {_text(entry.said)}"]
    each: dict[str, list[Entry]] = {}
    for entry in sheet.entries:
        if entry.field.each:
            each.setdefault(entry.field.id, []).append(entry)
    for field, entries in each.items():
        lines += ["", *_asked(entries[0], told=False), f"[{field}]"]
        lines += [f"{_text(entry.criterion)} = {_text(entry.said)}" for entry in entries]
    return "\n".join(lines) + "\n"


def _asked(entry: Entry, *, told: bool = True) -> Iterator[str]:
    yield f"# {entry.field.question} ({', '.join(entry.field.items)})"
    if entry.field.by == "tool" and (entry.told or not told):
        known = entry.told if told else "one answer for each criterion"
        yield f"# The store says: {_on_one_line(known)}"


def _on_one_line(text: str) -> str:
    line = "".join(mark if mark.isprintable() else " " for mark in text)
    line = " ".join(line.split())
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def _text(text: str) -> str:
    """Return a text as TOML has it: a JSON text, but that DEL is escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
