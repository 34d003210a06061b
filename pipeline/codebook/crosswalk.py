"""Translate between the codebook and other lists of distortions, many to many."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pipeline.codebook.distortions import LANGUAGES, by_name, folded, shipped

FOLDER = Path(__file__).parent / "crosswalks"


@dataclass(frozen=True)
class Class:
    """One distortion of another list, and the ids of the codebook that it covers.

    No id means that it has no counterpart in the codebook. `aliases` are names besides `name`.
    """

    id: str
    name: Mapping[str, str]
    codebook: tuple[str, ...]
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.id, *self.name.values(), *self.aliases)


@dataclass(frozen=True)
class Crosswalk:
    """How another list of distortions relates to the codebook.

    `without` are the ids of the codebook that have no counterpart there; all others have one.
    """

    name: str
    about: Mapping[str, str]
    source: str
    classes: tuple[Class, ...]
    without: tuple[str, ...]

    def to_classes(self, ids: Iterable[str]) -> frozenset[str]:
        """Return the classes that cover any of these ids of the codebook; it may be none."""
        wanted = set(ids)
        if unknown := wanted.difference(shipped().ids):
            raise ValueError(f"the codebook has no {', '.join(sorted(unknown))}")
        return frozenset(each.id for each in self.classes if wanted.intersection(each.codebook))

    def to_codebook(self, class_ids: Iterable[str]) -> frozenset[str]:
        """Return the ids of the codebook that any of these classes covers; it may be none."""
        wanted = set(class_ids)
        if unknown := wanted.difference(each.id for each in self.classes):
            raise ValueError(f"{self.name} has no class {', '.join(sorted(unknown))}")
        found = (each.codebook for each in self.classes if each.id in wanted)
        return frozenset(id_ for ids in found for id_ in ids)

    def class_named(self, name: str) -> str | None:
        """Return the id of the class that has this id, name or alias, else None.

        >>> crosswalks()["beck"].class_named("Selective abstraction")
        'mental_filter'
        """
        return self._by_name.get(folded(name))

    @cached_property
    def _by_name(self) -> dict[str, str]:
        return by_name((each.id, each.names) for each in self.classes)


@cache
def crosswalks() -> dict[str, Crosswalk]:
    """Return the crosswalks that come with the program, by their names."""
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.toml"))}


def read(path: Path) -> Crosswalk:
    """Return a crosswalk from its file, named as the file is.

    Raises ValueError unless the file says of each id of the codebook, and of no other, either
    which classes cover it or that none does.
    """
    table = tomllib.loads(path.read_text("utf-8"))
    found = Crosswalk(
        name=path.stem,
        about=table["about"],
        source=table["source"],
        classes=tuple(map(_class, table["class"])),
        without=tuple(table["without"]),
    )
    if wrong := list(_wrong(found)):
        raise ValueError(f"{path.name}: {'; '.join(wrong)}")
    return found


def _class(entry: Mapping[str, Any]) -> Class:
    return Class(
        id=entry["id"],
        name=entry["name"],
        codebook=tuple(entry["codebook"]),
        aliases=tuple(entry.get("aliases", ())),
    )


def _wrong(found: Crosswalk) -> Iterator[str]:
    ids = shipped().ids
    covered = {id_ for each in found.classes for id_ in each.codebook}
    twice = [id_ for id_, n in Counter(each.id for each in found.classes).items() if n > 1]
    says = {
        "the codebook has no": (covered | set(found.without)).difference(ids),
        "neither covers nor leaves out": set(ids).difference(covered, found.without),
        "both covers and leaves out": covered.intersection(found.without),
        "has more than one class": twice,
    }
    yield from (f"{what} {', '.join(sorted(which))}" for what, which in says.items() if which)
    texts = [found.about, *(each.name for each in found.classes)]
    if any(set(text) != set(LANGUAGES) for text in texts):
        yield f"gives a text in other languages than {' and '.join(LANGUAGES)}"
    try:
        by_name((each.id, each.names) for each in found.classes)
    except ValueError as error:
        yield str(error)
