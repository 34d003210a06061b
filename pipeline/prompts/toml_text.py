"""Write a document as TOML in one stable form: equal contents give equal text."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Table = Mapping[str, Any]


def written(table: Table) -> str:
    r"""Return a table of texts, numbers, lists and tables as TOML; the keys keep their order.

    Texts of several lines are written as such, so that a person can read them.

    >>> written({"example": [{"seed": 3}], "name": "a", "window": [1, 2]})
    'name = "a"\nwindow = [1, 2]\n\n[[example]]\nseed = 3\n'
    """
    return "\n".join([*_lines(table, ""), ""])


def _lines(table: Table, name: str) -> Iterator[str]:
    for key, value in table.items():
        if not _is_section(value):
            yield f"{key} = {_value(value)}"
    for key, value in table.items():
        if _is_section(value):
            yield from _section(f"{name}.{key}" if name else key, value)


def _section(name: str, value: Table | Sequence[Table]) -> Iterator[str]:
    for each in (value,) if isinstance(value, Mapping) else value:
        yield ""
        yield f"[{name}]" if isinstance(value, Mapping) else f"[[{name}]]"
        yield from _lines(each, name)


def _is_section(value: Any) -> bool:
    several = isinstance(value, Sequence) and not isinstance(value, str)
    return isinstance(value, Mapping) or (several and any(isinstance(x, Mapping) for x in value))


def _value(value: str | int | Sequence[str | int]) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return str(value)
    return f"[{', '.join(map(_value, value))}]"


def _text(text: str) -> str:
    """Return a text with JSON's escapes, which are TOML's too but for the character 127."""
    escaped = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    if "\n" not in text:
        return escaped
    lines = escaped[1:-1].replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\\\")
    return f'"""\n{_readable(lines)}"""'


def _readable(lines: str) -> str:
    """Return escaped lines in which a quotation mark is only escaped where three could meet."""
    return lines.replace('\\"', '"').replace('""', '"\\"')
