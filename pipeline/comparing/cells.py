"""A system's mean and shares on one criterion."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.comparing.compared import Compared
from pipeline.stats.resampling.intervals import Estimate


@dataclass(frozen=True)
class CellMean:
    """A system's mean over `n` scores of `items` about `questions`.

    `share` maps each level of the scale to the part of the scores that it has.
    """

    system: str
    n: int
    items: int
    questions: int
    mean: Estimate
    share: Mapping[int, float | None]


def cells(compared: Compared, criterion: str, *, group: int | None) -> list[CellMean]:
    """Return each system's mean by a group's place, or by all raters."""
    of = compared.tallies[group, criterion]
    return [
        CellMean(
            system=system.shown,
            n=int(of.counts[:, place].sum()),
            items=int(of.items[place]),
            questions=int((of.counts[:, place] > 0).sum()),
            mean=compared.mean(group, criterion, place),
            share=of.share(place),
        )
        for place, system in enumerate(compared.study.systems)
    ]
