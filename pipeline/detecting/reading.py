"""Read what a model says that it found: its JSON, or lines where it gave none."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pipeline.calling.said.json_said import Lack, json_said
from pipeline.calling.said.said import said
from pipeline.codebook.distortions import folded
from pipeline.detecting.found import Found, Named, Told, found
from pipeline.detecting.lines import of_lines
from pipeline.detecting.words import ENTRY, FINDING, named, presence_of

Problem = Literal["empty", "no_finding", "broken", "several", "bad_presence", "contradiction"]
LACKS: Mapping[Lack, Problem] = {
    "cut off": "broken",
    "broken": "broken",
    "several": "several",
    "twice": "several",
}


def read(content: str, *, text: str) -> Found | Problem:
    """Return what a reply says was found in `text`, or why it cannot be read.

    Names are looked up among the codebook's names and aliases; one that it lacks is kept as it
    came. Quotes that do not stand in `text` word for word are dropped. Nothing is guessed: a reply
    that says "none" and names one is no finding.

    >>> read('{"distortions": [{"id": "以偏概全", "quote": "总是"}]}', text="我总是错").named
    (Named(id='overgeneralization', reason='', quotes=('总是',)),)
    >>> read("没有。", text="我总是错"), read("好的，我来看看。", text="我总是错")
    (Found(presence='no', named=(), dropped=0), 'no_finding')
    """
    reply = said(content)
    if not reply:
        return "empty"
    told = _of_json(reply)
    if isinstance(told, str):
        return told
    return _settled(told or of_lines(reply), text)


def _settled(told: Told | None, text: str) -> Found | Problem:
    if told is None:
        return "no_finding"
    presence = told.presence
    if presence is None:
        presence = "yes" if told.named else "no"
    if told.named and presence != "yes":
        return "contradiction"
    return found(presence, told.named or (), text=text)


def _of_json(reply: str) -> Told | Problem | None:
    object_ = json_said(reply, FINDING)
    if object_.value is None and reply.startswith("["):
        object_ = json_said(f'{{"distortions": {reply}}}', FINDING)
    if object_.value is None:
        return LACKS.get(object_.lack) if object_.lack else None
    given = object_.value
    presence = presence_of(given["presence"]) if "presence" in given else None
    if presence is None and given.get("presence") is not None:
        return "bad_presence"
    listed = given.get("distortions")
    if presence is None and listed is None:
        return "no_finding"
    return Told(presence, None if listed is None else tuple(_entries(listed)))


def _entries(listed: Any) -> Iterator[Named]:
    """Yield what is named: in a list of entries or names, one of them, or an object by names."""
    if isinstance(listed, Mapping) and "id" not in _keyed(listed):
        entries: list[Any] = [{"id": name, **_beside(value)} for name, value in listed.items()]
    else:
        entries = listed if isinstance(listed, list) else [listed]
    for entry in entries:
        keyed = _keyed(entry) if isinstance(entry, Mapping) else {"id": entry}
        quotes = keyed.get("quote")
        known = named(
            keyed.get("id"),
            reason=keyed.get("reason"),
            quotes=quotes if isinstance(quotes, list) else [quotes],
        )
        if known:
            yield known


def _keyed(entry: Mapping[Any, Any]) -> dict[str, Any]:
    keys = ((ENTRY.get(folded(str(key))), value) for key, value in entry.items())
    return {key: value for key, value in keys if key}


def _beside(value: Any) -> dict[Any, Any]:
    return dict(value) if isinstance(value, Mapping) else {"reason": value}
