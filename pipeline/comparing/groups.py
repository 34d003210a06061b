"""Groups of raters described beside each other, such as students and therapists."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from pipeline.comparing.cells import CellMean, cells
from pipeline.comparing.compared import Compared, GroupDifferenceOf
from pipeline.stats.resampling.intervals import Estimate, Undefined
from pipeline.stats.systems.ratios import without_interval

FEWEST_RATERS = 3  # of a group; with fewer, a difference of groups is one of persons

FEW_RATERS = Undefined(
    "few_raters",
    f"a group has fewer than {FEWEST_RATERS} raters, so this tells of these persons only",
)


@dataclass(frozen=True)
class GroupDifference:
    """How much higher group `a` scores a system than group `b`, on questions that both scored."""

    a: str | None
    b: str | None
    system: str
    estimate: Estimate
    n_pairs: int


@dataclass(frozen=True)
class GroupMeans:
    """The means of a group of raters alone; the group None is those without one."""

    group: str | None
    raters: int
    criteria: dict[str, list[CellMean]]

    @property
    def descriptive_only(self) -> bool:
        return self.raters < FEWEST_RATERS


def groups(compared: Compared) -> list[GroupMeans]:
    """Return each group's means by itself; none where the raters are not of several groups."""
    return [
        GroupMeans(
            group=name,
            raters=compared.size(group),
            criteria={
                criterion.id: cells(compared, criterion.id, group=group)
                for criterion in compared.study.criteria
            },
        )
        for group, name in enumerate(compared.groups)
    ]


def group_differences(compared: Compared) -> dict[str, list[GroupDifference]]:
    """Return the differences of all pairs of groups on each criterion; none is tested."""
    if not compared.groups:
        return {}
    return {each.id: list(_of(compared, each.id)) for each in compared.study.criteria}


def _of(compared: Compared, criterion: str) -> Iterator[GroupDifference]:
    for a, b in combinations(range(len(compared.groups)), 2):
        few = min(compared.size(a), compared.size(b)) < FEWEST_RATERS
        for place, system in enumerate(compared.study.systems):
            key = GroupDifferenceOf(criterion, a, b, place)
            estimate = compared.estimates[key]
            if few and estimate.value is not None:
                estimate = without_interval(estimate, FEW_RATERS)
            names = compared.groups[a], compared.groups[b]
            yield GroupDifference(*names, system.shown, estimate, compared.pairs[key].n)
