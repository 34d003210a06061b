"""The codebook of cognitive distortions: names, aliases, definitions, boundaries, examples."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from unicodedata import normalize

SHIPPED = Path(__file__).parent / "distortions.toml"
NAME = "distortions"
LANGUAGES = ("zh", "en")
# These do not tell names apart: "应该"陈述, “应该”陈述 and 应该陈述 are one.
UNSAID = re.compile(r"[\s\"'“”‘’「」『』《》()（）·\-‐–—_/]+")


@dataclass(frozen=True)
class Label:
    """One distortion; each text is there in zh and en. `aliases` are names besides `name`."""

    id: str
    name: Mapping[str, str]
    aliases: Mapping[str, tuple[str, ...]]
    definition: Mapping[str, str]
    boundary: Mapping[str, str]
    examples: Mapping[str, tuple[str, ...]]
    near_miss: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        return (self.id, *self.name.values(), *(x for each in self.aliases.values() for x in each))

    def as_json(self) -> dict[str, Any]:
        """Return the entry as a label set of the store keeps it."""
        found: dict[str, Any] = json.loads(json.dumps(asdict(self), ensure_ascii=False))
        return found


@dataclass(frozen=True)
class Codebook:
    """One version of the codebook, its labels in the order in which they are shown."""

    version: str
    labels: tuple[Label, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(label.id for label in self.labels)

    @property
    def content_hash(self) -> str:
        return sha256(_canonical([label.as_json() for label in self.labels])).hexdigest()

    def as_label_set(self) -> dict[str, Any]:
        """Return the columns of the label set that the store keeps of this version."""
        return {
            "name": NAME,
            "version": self.version,
            "labels": [label.as_json() for label in self.labels],
            "content_hash": self.content_hash,
        }

    def label(self, id_: str) -> Label:
        return next(label for label in self.labels if label.id == id_)


@cache
def shipped() -> Codebook:
    """Return the codebook that comes with the program."""
    table = tomllib.loads(SHIPPED.read_text("utf-8"))
    return Codebook(table["version"], tuple(_label(entry) for entry in table["label"]))


def _label(entry: Mapping[str, Any]) -> Label:
    return Label(
        id=entry["id"],
        name=entry["name"],
        aliases={language: tuple(entry["aliases"][language]) for language in LANGUAGES},
        definition=entry["definition"],
        boundary=entry["boundary"],
        examples={language: tuple(entry["examples"][language]) for language in LANGUAGES},
        near_miss=entry["near_miss"],
    )


def resolve(name: str) -> str | None:
    """Return the id of the label that has this id, name or alias, else None: nothing is guessed.

    >>> resolve("Mind reading"), resolve("“应该”陈述"), resolve("思维反刍")
    ('mind_reading', 'should_statements', None)
    """
    return _names().get(folded(name))


def folded(name: str) -> str:
    """Return what two spellings of one name share: case, width, spaces and quotation marks."""
    return UNSAID.sub("", normalize("NFKC", name).casefold())


@cache
def _names() -> dict[str, str]:
    return by_name((label.id, label.names) for label in shipped().labels)


def by_name(named: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """Return which id each name means, by the folded name. Raises ValueError if one means two."""
    found: dict[str, str] = {}
    for id_, names in named:
        for name in names:
            other = found.setdefault(folded(name), id_)
            if other != id_:
                raise ValueError(f"{name} names both {other} and {id_}")
    return found


def changes(old: list[Any], *, of: str = NAME) -> dict[str, str]:
    """Return what has become of labels since `old`, the labels of a label set of the store.

    Maps ids to "changed" where the shipped codebook has another name, definition, boundary, example
    or near miss, "removed" where it no longer has the label, "new" where it has one more. Another
    alias changes nothing, as no labeller reads it; of a set that is no codebook nothing is told.
    """
    if of != NAME:
        return {}
    before = {entry["id"]: _meaning(entry) for entry in old}
    after = {label.id: _meaning(label.as_json()) for label in shipped().labels}
    found = {}
    for id_ in [*before, *(id_ for id_ in after if id_ not in before)]:
        if id_ not in after:
            found[id_] = "removed"
        elif id_ not in before:
            found[id_] = "new"
        elif before[id_] != after[id_]:
            found[id_] = "changed"
    return found


def _meaning(entry: Mapping[str, Any]) -> bytes:
    return _canonical({key: value for key, value in entry.items() if key != "aliases"})


def _canonical(entry: Any) -> bytes:
    return json.dumps(entry, ensure_ascii=False, sort_keys=True).encode()
