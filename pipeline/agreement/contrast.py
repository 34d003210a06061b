"""Take the difference of two agreements: of groups, of criteria, or of studies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from db.engine import Store
from db.errors import NotAllowed, NotKnown
from pipeline.agreement.criterion import leading
from pipeline.agreement.groups import of_groups
from pipeline.agreement.reading import Known, read
from pipeline.agreement.scores import Scores
from pipeline.stats.agreement.differences import Difference, difference
from pipeline.stats.agreement.families import IDENTITY, Which
from pipeline.stats.resampling.intervals import Resampling

Kind = Literal["group", "criterion", "study"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Wanted:
    """What is compared: these scores by these weights, and how they are resampled."""

    scores: Sequence[Scores]
    weights: str
    plan: Resampling


@dataclass(frozen=True)
class Contrasted:
    """Coefficients on a criterion of `a` and of `b`, and how far `a` is above."""

    criterion: str
    a: str
    b: str
    coefficients: tuple[Difference, ...]


@dataclass(frozen=True)
class Contrast:
    """What was compared; `same_items` are resampled together, others apart."""

    kind: Kind
    same_items: bool
    criteria: tuple[Contrasted, ...]


def contrast(store: Store, known: Known, against: str, wanted: Wanted) -> Contrast:
    """Return the differences to another group, criterion or study.

    Raises NotKnown for one that there is not, NotAllowed where it cannot be compared.
    """
    whole = read(store, study=known.study.name) if known.study.group else known
    kind, name = _named(whole, against)
    if kind == "group":
        return _groups(known, whole, name, wanted)
    if kind == "criterion":
        return _criteria(known, name, wanted)
    return _studies(store, known, name, wanted)


def _named(known: Known, against: str) -> tuple[Kind, str]:
    """Return what a name is of; one that is of two things needs its kind before it."""
    there: dict[Kind, list[str]] = {"group": known.groups, "criterion": known.names}
    kinds = [kind for kind, names in there.items() if against in names]
    if len(kinds) == 1:
        return kinds[0], against
    if kinds:
        raise NotAllowed(
            f"{against} is a group and a criterion of the study {known.study.name}; write"
            f" group:{against} or criterion:{against}"
        )
    before, _, name = against.partition(":")
    for kind in KINDS:
        if kind == before and name:
            return kind, name
    raise NotKnown(
        f"the study {known.study.name} has no group or criterion {against}; groups:"
        f" {', '.join(known.groups) or 'none'}; criteria: {', '.join(known.names)};"
        " another study is named study:NAME"
    )


def _groups(known: Known, whole: Known, b: str, wanted: Wanted) -> Contrast:
    if b not in whole.groups:
        listed = ", ".join(whole.groups) or "none"
        raise NotKnown(
            f"no rater of the study {known.study.name} is in the group {b}; groups: {listed}"
        )
    others = [group for group in whole.groups if group != b]
    a = known.study.group or (others[0] if len(others) == 1 else None)
    if a is None or a == b:
        there = ", ".join(others) or "there is none"
        raise NotAllowed(f"name by --group which group to compare {b} with: {there}")
    found = []
    for each in wanted.scores:
        own = whole.criterion(each.criterion)
        sides = own.of_group(a), own.of_group(b)
        differences = [of_groups(*sides, which, plan=wanted.plan) for which in _which(own, wanted)]
        found.append(Contrasted(each.criterion, a, b, tuple(differences)))
    return Contrast("group", same_items=True, criteria=tuple(found))


def _criteria(known: Known, b: str, wanted: Wanted) -> Contrast:
    other = known.criterion(b)
    compared = [each for each in wanted.scores if each.criterion != b]
    if not compared:
        raise NotAllowed(f"{b} is compared with itself; name another criterion by --criterion")
    found = [
        Contrasted(each.criterion, each.criterion, b, _differences(each, other, wanted, same=True))
        for each in compared
    ]
    return Contrast("criterion", same_items=True, criteria=tuple(found))


def _studies(store: Store, known: Known, name: str, wanted: Wanted) -> Contrast:
    if name == known.study.name:
        raise NotAllowed(f"{name} is compared with itself; name another study")
    other = read(store, study=name, group=known.study.group)
    shared = [each for each in wanted.scores if each.criterion in other.names]
    if not shared:
        raise NotAllowed(
            f"the study {name} has none of these criteria:"
            f" {', '.join(each.criterion for each in wanted.scores)};"
            f" it has {', '.join(other.names)}"
        )
    found = []
    for each in shared:
        differences = _differences(each, other.criterion(each.criterion), wanted, same=False)
        found.append(Contrasted(each.criterion, known.study.name, name, differences))
    return Contrast("study", same_items=False, criteria=tuple(found))


def _differences(a: Scores, b: Scores, wanted: Wanted, *, same: bool) -> tuple[Difference, ...]:
    return tuple(
        difference(a.ratings, b.ratings, which, same_items=same, plan=wanted.plan)
        for which in _which(a, wanted)
    )


def _which(scores: Scores, wanted: Wanted) -> tuple[Which, ...]:
    both = leading(ordered=scores.ordered, weights=wanted.weights)
    return Which("percent_agreement", IDENTITY), *both
