"""Read a finding from lines of text, as models write them that were asked for JSON."""

import re
from collections.abc import Iterator

from db.columns import Presence
from pipeline.codebook.distortions import folded
from pipeline.detecting.found import Named, Told
from pipeline.detecting.words import ENDS, FINDING, named, presence_of, resolved

BULLET = re.compile(r"[\s>#*_•·-]*(?:[(（]?(?:\d{1,2}|[一二三四五六七八九十])[.、)）]\s*)?[*_`\s]*")
COLON = re.compile(r"[*_`\s]*(?:[:：|｜]|\s[-—–]{1,2}\s|——)[*_`\s]*")
QUOTED = re.compile(r"“([^”]+)”|「([^」]+)」|『([^』]+)』|\"([^\"]+)\"|‘([^’]+)’")
BETWEEN = re.compile(r"[、,，;；/|]| and |和")
NEGATED = re.compile(
    r"没有|并没有|无|未|不存在|否|并非|不是|(?:no|not|none|absent)\b", re.IGNORECASE
)


def of_lines(reply: str) -> Told | None:
    r"""Return what lines say: a word for presence, or names at the beginning of their lines.

    Other lines are left out. None stands for lines that say neither, or say it both ways.

    >>> of_lines("有无：有\n1. 过度概括：“总是”说得太满").named
    (Named(id='overgeneralization', reason='“总是”说得太满', quotes=('总是',)),)
    """
    presences: set[Presence] = set()
    names: list[Named] = []
    for line in reply.splitlines():
        head, beside = _split(line)
        presence = _presence(head, beside)
        if presence:
            presences.add(presence)
        else:
            names.extend(_names(head, beside))
    if len(presences) > 1 or not (presences or names):
        return None
    return Told(next(iter(presences), None), tuple(names))


def _split(line: str) -> tuple[str, str]:
    begins = BULLET.match(line)
    bare = line[begins.end() :] if begins else line
    colon = COLON.search(bare)
    if colon is None:
        return bare.strip(ENDS), ""
    return bare[: colon.start()].strip(ENDS), bare[colon.end() :].strip()


def _presence(head: str, beside: str) -> Presence | None:
    if not beside:
        return presence_of(head)
    return presence_of(beside) if folded(head) in FINDING else None


def _names(head: str, beside: str) -> Iterator[Named]:
    """Yield what a line names: "name: why", "distortions: name, name" or "name, name"."""
    if resolved(head):
        quotes = ["".join(groups) for groups in QUOTED.findall(beside)]
        known = named(head, reason=beside, quotes=quotes)
        if known and not NEGATED.match(beside):
            yield known
        return
    listed = beside if FINDING.get(folded(head)) == "distortions" else head
    several = [name.strip(ENDS) for name in BETWEEN.split(listed)]
    if all(map(resolved, several)):
        yield from filter(None, (named(name) for name in several))
