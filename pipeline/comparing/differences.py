"""All pairwise differences of a study's systems, tested and adjusted over the family."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

from pipeline.comparing.compared import Compared, DifferenceOf
from pipeline.rated import RatedStudy
from pipeline.stats.resampling.intervals import Estimate, Undefined
from pipeline.stats.systems.comparisons import NO_PAIRS, equals_difference_of_means, holm

OUTSIDE = Undefined("outside_family", "the criterion is not in the study's family of tests")
NO_FAMILY = Undefined("no_family", "the study's analysis plan names no family of tests")


@dataclass(frozen=True)
class Difference:
    """The mean difference of systems `a` and `b` over the `n_pairs` questions that both answer.

    `p` is of the test named in `test`, `p_holm` adjusted for all of the family;
    `no_p_holm` says why there is none. `net` is (wins - losses) / n_pairs. `of_means` is the
    difference of the two means over all scores, `balanced` says whether it is exactly this one,
    and `even` whether each question has as many scores of both, which the test supposes.
    """

    a: str
    b: str
    estimate: Estimate
    p: float | None
    p_holm: float | None
    no_p_holm: Undefined | None
    test: str | None
    n_pairs: int
    wins: int
    losses: int
    ties: int
    net: float | None
    of_means: float | None
    balanced: bool
    even: bool


@dataclass(frozen=True)
class Family:
    """The family of tests: all pairwise differences on its criteria.

    It is `frozen` with the study's plan when that is opened; of an imported study it is all that
    the file has, which nobody fixed before the first score, as far as is known.
    """

    criteria: tuple[str, ...]
    primary: str | None
    tests: int
    frozen: bool

    @classmethod
    def of(cls, study: RatedStudy) -> "Family":
        criteria = tuple(study.analysis.get("family", ()))
        pairs = comb(len(study.systems), 2)
        primary = study.analysis.get("primary")
        return cls(criteria, primary, pairs * len(criteria), frozen=not study.imported)


def differences(compared: Compared, family: Family) -> dict[str, list[Difference]]:
    """Return all pairwise differences on each criterion, with Holm's p over the family."""
    found = {each.id: list(_of(compared, each.id)) for each in compared.study.criteria}
    adjusted = iter(holm([each.p for name in family.criteria for each in found[name]]))
    for name in family.criteria:
        found[name] = [replace(each, p_holm=next(adjusted)) for each in found[name]]
    outside = OUTSIDE if family.criteria else NO_FAMILY
    for name in found.keys() - set(family.criteria):
        found[name] = [replace(each, no_p_holm=each.no_p_holm or outside) for each in found[name]]
    return found


def _of(compared: Compared, criterion: str) -> Iterator[Difference]:
    """Yield the differences of all pairs of systems, their p not yet adjusted."""
    study, tally = compared.study, compared.tallies[None, criterion]
    for a, b in combinations(range(len(study.systems)), 2):
        key = DifferenceOf(criterion, a, b)
        pair = compared.pairs[key]
        test = pair.test(study.plan)
        yield Difference(
            a=study.systems[a].shown,
            b=study.systems[b].shown,
            estimate=compared.estimates[key],
            p=test.p if test else None,
            p_holm=None,
            no_p_holm=None if test else NO_PAIRS,
            test=test.test if test else None,
            n_pairs=pair.n,
            wins=pair.wins,
            losses=pair.losses,
            ties=pair.ties,
            net=pair.net,
            of_means=_minus(*(compared.mean(None, criterion, each).value for each in (a, b))),
            balanced=equals_difference_of_means(tally.scores(a), tally.scores(b), pair),
            even=pair.even,
        )


def _minus(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b
