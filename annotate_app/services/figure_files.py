"""Give figures as files: a table that a spreadsheet opens right, and everything as JSON."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.tidy import defused

COLUMNS = ("figure", "of", "value", "low", "high", "level", "method", "reason")

Row = tuple[str, str, Mapping[str, Any]]


def named(*parts: str) -> str:
    """Return a file's name, without its ending, of what a person has called things."""
    return re.sub(r"[^\w-]+", "_", " ".join(parts))


def as_csv(rows: Iterator[Row]) -> bytes:
    """Return one row a figure, so that a spreadsheet opens it right."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for name, of, figure in rows:
        rest = [figure.get(column) for column in COLUMNS[2:]]
        writer.writerow([defused(name), defused(of), *rest])
    return text.getvalue().encode("utf-8-sig")


def as_json(figures: Mapping[str, Any]) -> bytes:
    return json.dumps(figures, ensure_ascii=False, indent=1).encode()


def table_of(said: bytes) -> bytes:
    """Return the table of all figures that a command has said as JSON."""
    return as_csv(figures_in(json.loads(said)))


def figures_in(found: Any, *, of: tuple[str, ...] = ()) -> Iterator[Row]:
    """Yield every figure with an interval, or a reason for none, that is anywhere inside.

    A figure is named after where it stands, and after what stands beside it: the system, the
    raters, the coefficient.
    """
    if isinstance(found, Mapping):
        if "value" in found and not isinstance(found["value"], Mapping):
            yield _last(of, found), " ".join([*of[:-1], *_beside(found)]), found
        for name, each in found.items():
            yield from figures_in(each, of=(*of, *_beside(found), name))
    elif isinstance(found, list):
        for each in found:
            yield from figures_in(each, of=of)


def _last(of: tuple[str, ...], found: Mapping[str, Any]) -> str:
    parts = [of[-1] if of else "", found.get("name", ""), found.get("metric", "")]
    return " ".join(str(part) for part in parts if part)


def _beside(found: Mapping[str, Any]) -> list[str]:
    keys = ("system", "rater", "a", "b", "without", "group", "label")
    return [str(found[key]) for key in keys if isinstance(found.get(key), str)]
