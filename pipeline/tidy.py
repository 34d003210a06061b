"""The tidy ratings file: its columns, and how its texts are kept safe in a spreadsheet."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from unicodedata import category

Kind = Literal["text", "integer", "number", "instant", "boolean"]

COLUMNS: dict[str, Kind] = {
    "study": "text",
    "item": "text",
    "question_id": "text",
    "system": "text",
    "rater": "text",
    "rater_group": "text",
    "criterion": "text",
    "value": "integer",
    "comment": "text",
    "flags": "text",
    "position": "integer",
    "seconds": "number",
    "revision": "integer",
    "submitted_at": "instant",
    "is_repeat": "boolean",
    "is_calibration": "boolean",
}
WIDE_ITEM = "item_id"  # what a wide file calls its item
_NAMELESS = re.compile(r"Unnamed: \d+(_.*)?", re.IGNORECASE)
_NOT_SHOWN = {"Cc", "Cf", "Zl", "Zp"}  # control and format characters, line and paragraph breaks
_JOINERS = "\u200c\u200d"  # emoji and some scripts are written with them
_DEFUSED = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_ESCAPED_OR_ONE = re.compile(r"\\.|.", re.DOTALL)


def wide_columns(criteria: Sequence[str]) -> dict[str, Kind]:
    """Return the columns of the wide form: one for each criterion, where the long form has two."""
    wide: dict[str, Kind] = {}
    for column, kind in COLUMNS.items():
        if column == "criterion":
            wide.update(dict.fromkeys(criteria, "integer"))
        elif column != "value":
            wide[WIDE_ITEM if column == "item" else column] = kind
    return wide


def taken_names() -> set[str]:
    """Return the names that a criterion cannot have in a wide file, in lower case."""
    return {*COLUMNS, WIDE_ITEM}


def can_be_criterion(column: str) -> bool:
    """Return whether a wide file's column of this name can hold a criterion.

    The names that pandas gives to nameless columns are no criteria.

    >>> [can_be_criterion(name) for name in ("relevance", "Comment", "Unnamed: 0", "")]
    [True, False, False, False]
    """
    name = column.strip()
    return bool(name) and name.lower() not in taken_names() and not _NAMELESS.fullmatch(name)


def is_showable(name: str) -> bool:
    r"""Return whether a name has nothing that would break or disguise the line it is shown in.

    >>> [is_showable(name) for name in ("系统 甲 👩\u200d🏫", "a\nb", "\x1b[2J", "\u202egnp")]
    [True, False, False, False]
    """
    return all(mark in _JOINERS or category(mark) not in _NOT_SHOWN for mark in name)


def defused(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula.

    >>> defused("=1+1"), defused("fine"), defused("'=1+1"), defused("'tis")
    ("'=1+1", 'fine', "''=1+1", "'tis")
    """
    return f"'{text}" if _DEFUSED.match(text) else text


def restored(text: str) -> str:
    """Undo `defused`.

    >>> [restored(defused(text)) for text in ("=1+1", "fine", "'=1+1", "'tis")]
    ['=1+1', 'fine', "'=1+1", "'tis"]
    """
    return text[1:] if text.startswith("'") and _DEFUSED.match(text) else text


def number_text(number: float) -> str:
    """Return the shortest text that is read as exactly this number.

    >>> number_text(12.0), number_text(0.1)
    ('12', '0.1')
    """
    return repr(number).removesuffix(".0")


def instant_text(instant: datetime) -> str:
    """Return an instant as ISO 8601 in UTC, with all its digits.

    >>> instant_text(datetime(2026, 5, 1, 12, 30, tzinfo=UTC))
    '2026-05-01T12:30:00Z'
    """
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def flags_text(flags: Iterable[Mapping[str, Any]]) -> str:
    r"""Return flags as one text: names joined by `|`, a reason as `name: reason`.

    >>> flags_text([{"flag": "harmful", "reason": "a|b"}, {"flag": "overwhelming", "reason": None}])
    'harmful: a\\|b|overwhelming'
    """
    return "|".join(map(_flag_text, flags))


def _flag_text(flag: Mapping[str, Any]) -> str:
    name = _escaped(flag["flag"]).replace(":", "\\:")
    reason = flag.get("reason")
    return name if reason is None else f"{name}: {_escaped(reason)}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


def flags_of(text: str) -> list[dict[str, str | None]]:
    r"""Undo `flags_text`. Raises ValueError where a flag has no name.

    >>> flags_of("harmful: a\\|b|overwhelming")
    [{'flag': 'harmful', 'reason': 'a|b'}, {'flag': 'overwhelming', 'reason': None}]
    """
    return [_flag_of(part) for part in split_at(text, "|")] if text.strip() else []


def _flag_of(part: str) -> dict[str, str | None]:
    name, *rest = split_at(part, ":")
    if not name.strip():
        raise ValueError(part)
    reason = _unescaped(":".join(rest).removeprefix(" ")) if rest else None
    return {"flag": _unescaped(name).strip(), "reason": reason}


def split_at(text: str, mark: str) -> list[str]:
    r"""Return the pieces between marks; one after a backslash separates nothing.

    >>> split_at(r"a|b\|c", "|")
    ['a', 'b\\|c']
    """
    pieces = [""]
    for piece in _ESCAPED_OR_ONE.findall(text):
        if piece == mark:
            pieces.append("")
        else:
            pieces[-1] += piece
    return pieces


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
