"""Read a file of instruction records, whatever program wrote it."""

import json
from collections.abc import Iterator
from pathlib import Path

from models import instruction_formats
from models.errors import ModelError
from models.records import Record

SHOWN = 3  # bad rows that are named, beside how many there are
ENDINGS = (".json", ".jsonl")


def sidecar(path: Path) -> Path:
    """Return where a file's manifest stands, if 'cbt export instructions' wrote it."""
    return path.with_name(f"{path.name}.manifest.json")


def read(path: Path) -> list[Record]:
    """Return the records of a JSON or JSONL file, in any of the formats of `instruction_formats`.

    Raises ModelError for a file that cannot be read, and for bad rows: rows count from 1.
    """
    found, bad = [], []
    for number, row in enumerate(_rows(path), 1):
        try:
            found.append(instruction_formats.record(row))
        except ModelError as error:
            bad.append(f"row {number} {error.message}")
    if bad:
        more = f"; and {len(bad) - SHOWN:,} more" if len(bad) > SHOWN else ""
        raise ModelError(f"{path} cannot be learned from: {'; '.join(bad[:SHOWN])}{more}")
    if not found:
        raise ModelError(f"{path} holds no record")
    return found


def _rows(path: Path) -> Iterator[object]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ModelError(f"{path} is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}") from error
    if text.lstrip().startswith("["):
        yield from _list(path, text)
        return
    # Not str.splitlines(): a text may hold a line separator of Unicode, which JSON leaves as it is.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _parsed(line, f"line {number} of {path}")


def _list(path: Path, text: str) -> list[object]:
    rows = _parsed(text, str(path))
    if not isinstance(rows, list):
        raise ModelError(f"{path} holds no list of records")
    return rows


def _parsed(text: str, where: str) -> object:
    try:
        found: object = json.loads(text)
    except ValueError as error:
        raise ModelError(f"{where} is not JSON: {error}") from error
    except RecursionError as error:
        raise ModelError(f"{where} is nested too deep") from error
    return found
