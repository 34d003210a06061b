"""Tell which label a name means, so that what two sources say of an item can be compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.codebook.crosswalk import Crosswalk
from pipeline.codebook.distortions import folded, resolve, shipped


@dataclass(frozen=True)
class Naming:
    """The labels that are compared, in their order, and the outside names among them.

    `outside` are names that the codebook does not have, compared as they came.
    """

    order: tuple[str, ...]
    outside: tuple[str, ...] = ()
    crosswalk: Crosswalk | None = None

    def meant(self, name: str) -> frozenset[str] | None:
        """Return what a name means: one label, or several classes, or none of a crosswalk's.

        None is for a name that is not known; nothing is guessed.
        """
        if self.crosswalk:
            return classes_meant(self.crosswalk, name)
        id_ = resolve(name)
        if id_ in self.order:
            return frozenset([id_])
        same = [label for label in self.order if folded(label) == folded(name)]
        return frozenset(same[:1]) or None


def classes_meant(crosswalk: Crosswalk, name: str) -> frozenset[str] | None:
    """Return the classes of a crosswalk that a name means, None for one that is not known.

    An id of the codebook is translated; any other name is first looked for among the classes' own.
    """
    if name not in shipped().ids:
        class_ = crosswalk.class_named(name)
        if class_ is not None:
            return frozenset([class_])
    id_ = resolve(name)
    return None if id_ is None else crosswalk.to_classes([id_])


def classes(crosswalk: Crosswalk) -> Naming:
    """Compare in the classes of a crosswalk."""
    return Naming(tuple(each.id for each in crosswalk.classes), crosswalk=crosswalk)


def label_set(ids: Sequence[str]) -> Naming:
    """Compare the labels that labellers could give; whatever else is named is not known."""
    return Naming(tuple(ids))


def codebook(names: Iterable[str]) -> Naming:
    """Compare the codebook's labels, and those names of an outside gold that it does not have."""
    unknown = {folded(name): name for name in sorted(names, reverse=True) if not resolve(name)}
    outside = tuple(sorted(unknown.values()))
    return Naming((*shipped().ids, *outside), outside)
