"""Read the records of a JSON file, or of a file with one JSON object a line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from db.errors import BadRow, FileRejected
from pipeline.importing.decoding import text_of
from pipeline.importing.rows import Row

INSIDE_A_RECORD = {"answers", "keywords", "tags", "parts", "detections", "turns"}


def rows(path: Path) -> Iterator[Row | BadRow]:
    """Yield the records of a list, or of an object that holds one list."""
    text = text_of(path)
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        if _goes_on_in_another_line(text, error):
            yield from _of_lines(path, text)
            return
        raise _broken(path, text, error) from error
    except (RecursionError, ValueError) as error:
        raise FileRejected(f"{path} {_too_much(error)}") from error
    del text
    for number, record in enumerate(_listed(path, whole), start=1):
        yield _row(number, record)


def rows_of_lines(path: Path) -> Iterator[Row | BadRow]:
    """Yield the object of each line; empty lines are passed over."""
    text = text_of(path)
    if text.lstrip().startswith("["):
        yield from rows(path)
    else:
        yield from _of_lines(path, text)


def _of_lines(path: Path, text: str) -> Iterator[Row | BadRow]:
    if not text.lstrip().startswith("{"):
        raise FileRejected(f"{path} is not JSONL: its first line does not open an object with {{")
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _of_line(number, line)


def _of_line(number: int, line: str) -> Row | BadRow:
    try:
        return _row(number, json.loads(line))
    except json.JSONDecodeError as error:
        why = f"is not JSON: {error.msg} (column {error.colno})"
        return BadRow(number, "not_json", why)
    except (RecursionError, ValueError) as error:
        return BadRow(number, "not_json", _too_much(error))


def _row(number: int, record: Any) -> Row | BadRow:
    if isinstance(record, dict):
        return Row(number, record)
    return BadRow(number, "not_an_object", "is not an object with named fields")


def _listed(path: Path, whole: Any) -> list[Any]:
    if isinstance(whole, list):
        return whole
    if not isinstance(whole, dict):
        raise FileRejected(f"{path} holds neither a list nor an object with a list")
    lists = {name: value for name, value in whole.items() if isinstance(value, list)}
    outer = [name for name in lists if name not in INSIDE_A_RECORD]
    if len(outer) == 1:
        return lists[outer[0]]
    if outer:
        raise FileRejected(f"{path} holds several lists ({', '.join(outer)}); leave one")
    raise FileRejected(f"{path} holds one object; put the records into a list: [{{…}}, {{…}}]")


def _goes_on_in_another_line(text: str, error: json.JSONDecodeError) -> bool:
    return (
        error.msg == "Extra data"
        and text.lstrip().startswith("{")
        and "\n" in text[: error.pos].lstrip().rpartition("}")[2]
    )


def _too_much(error: RecursionError | ValueError) -> str:
    deep = isinstance(error, RecursionError)
    return "nests lists or objects too deeply" if deep else "holds a number with too many digits"


def _broken(path: Path, text: str, error: json.JSONDecodeError) -> FileRejected:
    where = f"line {error.lineno}, column {error.colno}"
    unfinished = error.msg.startswith("Unterminated") or not text[error.pos :].strip()
    if unfinished:
        return FileRejected(f"{path} is JSON without its end ({where}); is the file complete?")
    return FileRejected(f"{path} is not JSON at {where}: {error.msg}")
