"""Mend what language models get wrong in JSON, where it can be read in one way only."""

import re
from typing import NamedTuple

STRUCTURE = re.compile(r'[{}\[\],:"]')
IN_STRING = re.compile(r'["\\]')
ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
# A quotation mark ends a string if the next thing to come in this place of the object follows.
KEY = r'"[^"\n]{0,80}"\s*:'
ENDS = {
    "key": re.compile(r"\s*:"),
    "{": re.compile(rf"\s*(?:[}}\]]|,\s*(?:{KEY}|[}}\]])|{KEY}|\Z)"),
    "[": re.compile(r'\s*(?:\]|,\s*(?:["{\[\]\d-]|true|false|null)|\Z)'),
}
CLOSING = {"{": "}", "[": "]"}
# A member of the object, swallowed by the string before it: then there are two ways to read it.
SWALLOWED = re.compile(r'\\"[^"\\\n]{1,80}\\"\s*:')


class Unclosed(ValueError):
    """The text ends before the object does."""


class Mended(NamedTuple):
    """An object as JSON, where it ended in the text, and what was mended."""

    json: str
    end: int
    repairs: tuple[str, ...]


def mended(text: str, start: int) -> Mended:
    r"""Return the object that begins at `start`, as JSON.

    It has no commas too many or too few, and what is inside its strings is escaped. Raises
    Unclosed where the text ends first, ValueError where brackets do not match, or where it cannot
    be told what is a string.

    >>> mended('{"a": "说"不行"，", "b": [1,],}', 0).json
    '{"a": "说\\"不行\\"，", "b": [1]}'
    """
    return _Mender(text, start).run()


class _Mender:
    def __init__(self, text: str, start: int) -> None:
        self._text, self._place = text, start
        self._out: list[str] = []
        self._open: list[str] = []
        self._last = ""  # the last thing before this place: a bracket, a comma, a colon or a value
        self._comma = 0  # where the last comma is in what comes out
        self._repairs: dict[str, None] = {}

    def run(self) -> Mended:
        while True:
            mark = STRUCTURE.search(self._text, self._place)
            if mark is None:
                raise Unclosed
            between = self._text[self._place : mark.start()]
            self._put(between, "value" if between.strip() else self._last)
            self._place = mark.start()
            self._take(mark[0])
            if not self._open:
                return self._whole("".join(self._out))

    def _whole(self, json: str) -> Mended:
        if "quotes" in self._repairs and SWALLOWED.search(json):
            raise ValueError("a string that may be two")
        return Mended(json, self._place, tuple(self._repairs))

    def _put(self, piece: str, kind: str) -> None:
        self._out.append(piece)
        self._last = kind

    def _take(self, mark: str) -> None:
        if mark == '"':
            self._string()
            return
        if mark in CLOSING:
            self._after_a_value()
            self._open.append(mark)
        elif mark in "}]":
            self._close(mark)
            mark = "value"
        elif mark == ",":
            self._comma = len(self._out)
        self._put(self._text[self._place], mark)
        self._place += 1

    def _after_a_value(self) -> None:
        if self._last == "value":
            self._put(",", ",")
            self._repairs["commas"] = None

    def _close(self, mark: str) -> None:
        if CLOSING[self._open.pop()] != mark:
            raise ValueError("brackets that do not match")
        if self._last == ",":
            self._out[self._comma] = ""
            self._repairs["commas"] = None

    def _string(self) -> None:
        self._after_a_value()
        inside = self._open[-1]
        ends = ENDS["key" if inside == "{" and self._last != ":" else inside]
        self._out.append('"')
        place = self._place + 1
        while True:
            mark = IN_STRING.search(self._text, place)
            if mark is None:
                raise Unclosed
            self._out.append(self._text[place : mark.start()])
            place = mark.end()
            if mark[0] == "\\":
                place = self._backslash(mark.start())
            elif ends.match(self._text, place):
                break
            else:
                self._out.append('\\"')
                self._repairs["quotes"] = None
        self._put('"', "value")
        self._place = place

    def _backslash(self, place: int) -> int:
        """Keep an escape; a backslash that begins none is left out."""
        escape = ESCAPE.match(self._text, place)
        if escape is None:
            self._repairs["backslashes"] = None
            return place + 1
        self._out.append(escape[0])
        return escape.end()
