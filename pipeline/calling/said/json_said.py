"""Find the JSON object in what a model says, mending only what can be read in one way."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from pipeline.calling.said.json_mending import Unclosed, mended
from pipeline.calling.said.said import storable
from pipeline.codebook.distortions import folded

# No object; one that ends in its middle; one that cannot be read; another than was asked for;
# several that differ; one that says something twice.
Lack = Literal["none", "cut off", "broken", "other", "several", "twice"]
Keys = Mapping[str, str]
BEGINS = re.compile(r'\{\s*["}]')
FENCE = re.compile(r"```\w*")
MOST_TRIES = 8  # places at which an object is looked for
NESTED = 4  # wrappers around it, at most


class _Twice(Exception):
    """An object gives one key two values."""


class _Known(NamedTuple):
    value: Mapping[str, Any]
    repairs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """The object that a model gave, and what was mended to read it; or what it lacks.

    Repairs are a code block, words or a wrapper around the object, a string that holds it, line
    breaks, quotes or backslashes in strings, and commas too many or too few.
    """

    value: Mapping[str, Any] | None
    repairs: tuple[str, ...] = ()
    lack: Lack | None = None


def json_said(text: str, keys: Keys) -> Said:
    r"""Return the object with any of these keys, under what they mean; other keys are left out.

    `keys` maps folded spellings, as `pipeline.codebook.distortions.folded` gives them.

    >>> json_said('好的：\\n```json\\n{"Thought": "都怪我",}\\n```', {"thought": "thought"})
    Said(value={'thought': '都怪我'}, repairs=('commas', 'code block', 'words'), lack=None)
    """
    try:
        found = _whole(text, keys) or _within(text, keys)
        return replace(found, value=_cleaned(found.value)) if "\\u" in text else found
    except _Twice:
        return Said(None, lack="twice")
    except RecursionError:
        return Said(None, lack="broken")


def _cleaned(value: Any) -> Any:
    """Return the value with texts that can be stored: an escape can name any character."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_cleaned(each) for each in value]
    if isinstance(value, dict):
        return {key: _cleaned(each) for key, each in value.items()}
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs) and any(found[key] != value for key, value in pairs):
        raise _Twice
    return found


STRICT = json.JSONDecoder(object_pairs_hook=_object)
LENIENT = json.JSONDecoder(object_pairs_hook=_object, strict=False)


def _whole(text: str, keys: Keys) -> Said | None:
    """Read a text that is JSON and nothing else, as it should be."""
    try:
        value = STRICT.decode(text)
    except ValueError:
        return None
    known = _known(value, keys)
    if known:
        return Said(*known)
    return Said(None, lack="other" if isinstance(value, dict | list) else "none")


def _within(text: str, keys: Keys) -> Said:
    """Look for the object among other words, and mend it."""
    found: list[_Known] = []
    lack: Lack | None = None
    around, place = [], 0
    for _ in range(MOST_TRIES):
        begins = BEGINS.search(text, place)
        if begins is None:
            break
        around.append(text[place : begins.start()])
        try:
            value, place, repairs = _at(text, begins.start())
        except Unclosed:
            lack, place = lack or "cut off", begins.end()
        except ValueError:
            lack, place = lack or "broken", begins.end()
        else:
            known = _known(value, keys)
            lack = lack or "other"
            if known:
                found.append(_Known(known.value, repairs + known.repairs))
    around.append(text[place:])
    if len({repr(each.value) for each in found}) != 1:
        return Said(None, lack="several" if found else lack or "none")
    return Said(found[0].value, found[0].repairs + _said_of(around))


def _said_of(around: list[str]) -> tuple[str, ...]:
    words = "".join(around)
    fences = ("code block",) if "```" in words else ()
    return (*fences, "words") if FENCE.sub("", words).strip() else fences


def _at(text: str, start: int) -> tuple[Any, int, tuple[str, ...]]:
    """Return the object that begins there, where it ends, and what was mended."""
    try:
        return *STRICT.raw_decode(text, start), ()
    except ValueError:
        pass
    try:
        return *LENIENT.raw_decode(text, start), ("line breaks",)
    except ValueError:
        pass
    new = mended(text, start)
    try:
        return STRICT.decode(new.json), new.end, new.repairs
    except ValueError:
        return LENIENT.decode(new.json), new.end, (*new.repairs, "line breaks")


def _known(value: Any, keys: Keys, depth: int = 0) -> _Known | None:
    """Return the keys that are asked for, also from inside one wrapper, list or string."""
    if depth == NESTED:
        return None
    if isinstance(value, str) and "{" in value:
        return _in_string(value, keys, depth)
    if isinstance(value, list) and len(value) == 1:
        return _wrapped(_known(value[0], keys, depth + 1), {})
    return _members(value, keys, depth) if isinstance(value, dict) else None


def _members(value: Mapping[str, Any], keys: Keys, depth: int) -> _Known | None:
    own: dict[str, Any] = {}
    inner: list[_Known] = []
    for name, each in value.items():
        key = keys.get(name) or keys.get(folded(name))
        if key is not None:
            if own.setdefault(key, each) != each:
                raise _Twice
        elif isinstance(each, dict | list) and (known := _known(each, keys, depth + 1)):
            inner.append(known)
    if len(inner) == 1:
        return _wrapped(inner[0], own)
    return _Known(own, ()) if own and not inner else None


def _in_string(value: str, keys: Keys, depth: int) -> _Known | None:
    try:
        known = _known(LENIENT.decode(value), keys, depth + 1)
    except ValueError:
        return None
    return known and _Known(known.value, (*known.repairs, "string"))


def _wrapped(known: _Known | None, own: Mapping[str, Any]) -> _Known | None:
    return known and _Known({**known.value, **own}, (*known.repairs, "wrapper"))
