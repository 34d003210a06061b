"""Read which distortions a model names in its reply, and why it names them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from pipeline.codebook.distortions import folded, resolve

NAME, REASON = ("id", "name", "label", "distortion"), ("reason", "explanation")
NOTHING = {folded(word) for word in ("", "none", "none present", "no distortions", "无", "没有")}
BRACKETED = re.compile(r"(?P<name>[^(（]+)[(（](?P<other>[^)）]+)[)）]\s*")
LISTED = re.compile(r"[,，、;；|\n]")


class Named(NamedTuple):
    """A distortion of the codebook that a model named, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Claims:
    """The distortions that were named, each once, and the names that the codebook has not.

    `named` is None where the reply holds no list: nothing is then known of distortions.
    """

    named: tuple[Named, ...] | None
    unknown: tuple[str, ...] = ()


def claims(given: Any) -> Claims:
    """Return what a reply's list of distortions names, by ids, names and aliases.

    Takes objects with a name and a reason, bare names, and an object of names with reasons. What
    is named twice is named once, with both reasons.

    >>> claims([{"id": "读心术", "reason": "替她想好了"}, "mind_reading", "反刍"])
    Claims(named=(Named(id='mind_reading', reason='替她想好了'),), unknown=('反刍',))
    """
    if not isinstance(given, str | list | Mapping):
        return Claims(None)
    named: dict[str, Named] = {}
    unknown: dict[str, None] = {}
    for name, reason in _entries(given):
        id_ = _resolved(name)
        if id_ is None:
            unknown[name[:80]] = None
        elif id_ in named:
            named[id_] = Named(id_, _both(named[id_].reason, reason))
        else:
            named[id_] = Named(id_, reason)
    return Claims(tuple(named.values()), tuple(unknown))


def _entries(given: str | list[Any] | Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if isinstance(given, str):
        given = [given] if resolve(given) else LISTED.split(given)
    elif isinstance(given, Mapping) and not any(key in given for key in NAME):
        given = [{"id": name, "reason": reason} for name, reason in given.items()]
    elif isinstance(given, Mapping):
        given = [given]
    for each in given:
        entry = each if isinstance(each, Mapping) else {"id": str(each)}
        name = _first(entry, NAME)
        if _resolved(name) or folded(name) not in NOTHING:
            yield name, _first(entry, REASON)


def _first(entry: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = entry.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


@lru_cache(maxsize=512)
def _resolved(name: str) -> str | None:
    """Return the label's id; "读心术（mind reading）" is one name where both mean one label."""
    found = resolve(name)
    both = None if found else BRACKETED.fullmatch(name)
    if both is None:
        return found
    meant = {resolve(both["name"]), resolve(both["other"])} - {None}
    return meant.pop() if len(meant) == 1 else None


def _both(one: str, other: str) -> str:
    return "\n".join(dict.fromkeys(filter(None, (*one.split("\n"), other))))
