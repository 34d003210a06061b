"""Measure how well labellers match: the yardstick for a detector of distortions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from db.votes import LabelledItem
from pipeline.codebook.naming import Naming
from pipeline.detection_quality.comparison import Comparison, Said, compare, matrix
from pipeline.ground_truth import Settled
from pipeline.stats.labels.labellers import Between, between
from pipeline.stats.ratings import MISSING
from pipeline.stats.resampling.intervals import Resampling

Votes = Mapping[str, Mapping[int, Said]]  # {labeller: {item: …}}, without "cannot tell"


@dataclass(frozen=True)
class Pair:
    """Two labellers on the `n` items that both have answered."""

    a: str
    b: str
    n: int
    comparison: Comparison


@dataclass(frozen=True)
class AgainstGold:
    """One labeller against the adjudicated gold, into which the labeller's own votes went."""

    labeller: str
    n: int
    comparison: Comparison


@dataclass(frozen=True)
class Ceiling:
    """Labellers with each other, all pairs and each; and each against an adjudicated gold."""

    between: Between
    pairs: tuple[Pair, ...]
    against_gold: tuple[AgainstGold, ...]


def measure(
    items: Sequence[LabelledItem],
    gold: Mapping[int, Settled],
    *,
    naming: Naming,
    plan: Resampling,
) -> Ceiling | None:
    """Return the ceiling, None where fewer than two labellers have answered.

    `gold` has what is adjudicated, by the item's id; empty where nothing is.
    """
    votes = _votes(items)
    if len(votes) < 2:
        return None
    return Ceiling(
        between=_between(votes, [item.id for item in items], naming, plan),
        pairs=tuple(_pairs(votes, naming, plan)),
        against_gold=tuple(_against(votes, gold, naming, plan)),
    )


def _votes(items: Sequence[LabelledItem]) -> Votes:
    found: dict[str, dict[int, Said]] = {}
    for item in items:
        for vote in item.votes:
            if vote.given.presence != "cannot_tell":
                said = Said(vote.given.presence == "yes", vote.given.ids)
                found.setdefault(vote.rater.pseudonym, {})[item.id] = said
    return dict(sorted(found.items()))


def _between(votes: Votes, items: Sequence[int], naming: Naming, plan: Resampling) -> Between:
    presence = np.full((len(votes), len(items)), MISSING, dtype=np.int64)
    labels = np.zeros((*presence.shape, len(naming.order)), dtype=bool)
    place = {item: number for number, item in enumerate(items)}
    for row, given in enumerate(votes.values()):
        columns = [place[item] for item in given]
        presence[row, columns] = [said.present for said in given.values()]
        labels[row, columns] = matrix(list(given.values()), naming)
    return between(presence, labels, plan=plan)


def _pairs(votes: Votes, naming: Naming, plan: Resampling) -> list[Pair]:
    found = []
    for a, b in combinations(votes, 2):
        both = [item for item in votes[a] if item in votes[b]]
        if both:
            of_a, of_b = [votes[a][item] for item in both], [votes[b][item] for item in both]
            comparison = compare(of_a, of_b, naming=naming, plan=plan)
            found.append(Pair(a, b, len(both), comparison))
    return found


def _against(
    votes: Votes, gold: Mapping[int, Settled], naming: Naming, plan: Resampling
) -> list[AgainstGold]:
    found = []
    for labeller, given in votes.items():
        both = [item for item in given if item in gold]
        if both:
            truth = [Said(gold[item].presence == "yes", gold[item].labels) for item in both]
            comparison = compare(truth, [given[i] for i in both], naming=naming, plan=plan)
            found.append(AgainstGold(labeller, len(both), comparison))
    return found
