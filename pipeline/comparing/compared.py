"""A study's means, differences and ranks, all from the same resamples of its questions."""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.comparing.tally import Tally, tally
from pipeline.rated import RatedStudy
from pipeline.stats.resampling.intervals import Estimate, Undefined
from pipeline.stats.systems.comparisons import Paired, paired
from pipeline.stats.systems.ranks import Ranked, ranked
from pipeline.stats.systems.ratios import Ratio, intervals, refusal, resample


class MeanOf(NamedTuple):
    """The mean of a system's place on a criterion, by a group's place or all raters (None)."""

    group: int | None
    criterion: str
    system: int


class DifferenceOf(NamedTuple):
    """The difference of two systems' places on a criterion."""

    criterion: str
    a: int
    b: int


class GroupDifferenceOf(NamedTuple):
    """The difference of two groups' places on a criterion, of a system's place."""

    criterion: str
    a: int
    b: int
    system: int


FigureOf = MeanOf | DifferenceOf | GroupDifferenceOf


class Compared:
    """Figures of a study by what they are of.

    `groups` are the groups of raters, None being those without one; none if there are not two.
    """

    def __init__(self, study: RatedStudy) -> None:
        self.study = study
        self.groups = _groups(study)
        self.tallies: dict[tuple[int | None, str], Tally] = dict(self._tallies())
        self.pairs: dict[DifferenceOf | GroupDifferenceOf, Paired] = dict(self._pairs())
        self.ratios: dict[FigureOf, Ratio] = {
            MeanOf(group, criterion, system): each.mean(system)
            for (group, criterion), each in self.tallies.items()
            for system in range(len(study.systems))
        }
        self.ratios |= {key: pair.ratio() for key, pair in self.pairs.items()}
        self._samples = resample(list(self.ratios.values()), study.plan)
        found = intervals(list(self.ratios.values()), self._samples, study.plan)
        self.estimates: dict[FigureOf, Estimate] = dict(zip(self.ratios, found, strict=True))

    def raters(self, group: int | None) -> NDArray[np.bool_]:
        """Return who is in a group, shape (raters,)."""
        if group is None:
            return np.ones(len(self.study.raters), dtype=np.bool_)
        return np.array([rater.group == self.groups[group] for rater in self.study.raters])

    def size(self, group: int) -> int:
        return int(self.raters(group).sum())

    def mean(self, group: int | None, criterion: str, system: int) -> Estimate:
        return self.estimates[MeanOf(group, criterion, system)]

    def _tallies(self) -> Iterator[tuple[tuple[int | None, str], Tally]]:
        for group in (None, *range(len(self.groups))):
            raters = self.raters(group)
            for criterion in self.study.criteria:
                yield (group, criterion.id), tally(self.study, criterion, raters)

    def _pairs(self) -> Iterator[tuple[DifferenceOf | GroupDifferenceOf, Paired]]:
        systems = range(len(self.study.systems))
        for criterion in (each.id for each in self.study.criteria):
            of = self.tallies[None, criterion]
            for a, b in combinations(systems, 2):
                yield DifferenceOf(criterion, a, b), paired(of.scores(a), of.scores(b))
            for a, b in combinations(range(len(self.groups)), 2):
                first, other = self.tallies[a, criterion], self.tallies[b, criterion]
                for s in systems:
                    pair = paired(first.scores(s), other.scores(s))
                    yield GroupDifferenceOf(criterion, a, b, s), pair

    def ranks(self, criterion: str) -> tuple[Ranked, ...]:
        """Return the ranks of the systems that have a score on a criterion."""
        keys = [MeanOf(None, criterion, system) for system in range(len(self.study.systems))]
        order = list(self.ratios)
        places = [order.index(key) for key in keys]
        return ranked(
            self._samples.values[places],
            self._samples.drawn[:, places],
            self.study.plan,
            self._no_ranks(keys),
        )

    def _no_ranks(self, keys: list[MeanOf]) -> Undefined | None:
        level = self.study.plan.level
        ratios = [self.ratios[key] for key in keys]
        refused = [refusal(each, level) for each in ratios if each.questions]
        too_few = {"one_question", "few_questions"}
        return next((why for why in refused if why and why.code in too_few), None)


def _groups(study: RatedStudy) -> tuple[str | None, ...]:
    named = sorted({rater.group for rater in study.raters if rater.group})
    groups = (*named, *([None] if any(not rater.group for rater in study.raters) else []))
    return groups if len(groups) > 1 and named else ()
