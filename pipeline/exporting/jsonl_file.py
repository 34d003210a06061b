"""Write a table as JSON Lines: one object a row, null where a cell is empty."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.tidy import Kind, instant_text


def write(path: Path, columns: Mapping[str, Kind], rows: Iterator[tuple[Any, ...]]) -> int:
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=instant_text).encode
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(encode(dict(zip(columns, row, strict=True))) + "\n")
            count += 1
    return count
