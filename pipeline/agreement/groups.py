"""Compare groups of raters, such as students and therapists, on one criterion."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from pipeline.agreement.scores import Scores
from pipeline.stats.agreement.coefficients import Coefficient, coefficients_of
from pipeline.stats.agreement.differences import Difference, difference
from pipeline.stats.agreement.families import Which
from pipeline.stats.agreement.group_agreement import BetweenGroups, between_groups
from pipeline.stats.agreement.weights import agreement_weights
from pipeline.stats.resampling.intervals import Estimate, Resampling, Undefined

FEWEST_RATERS = 3  # of a group; with fewer, a difference of groups is one of persons

FEW_RATERS = Undefined(
    "few_raters",
    f"a group has fewer than {FEWEST_RATERS} raters, so this tells of these persons only",
)


@dataclass(frozen=True)
class Within:
    """How far the raters of one group agree among themselves."""

    group: str
    raters: int
    judgements: int
    shared: int
    coefficients: tuple[Coefficient, ...]


@dataclass(frozen=True)
class Between:
    """How far two groups match, and how far `a` agrees more among itself than `b` does."""

    a: str
    b: str
    found: BetweenGroups
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Groups:
    """The groups of raters who scored; `without` raters are in none."""

    within: tuple[Within, ...]
    between: tuple[Between, ...]
    without: int


def compare(
    scores: Scores, wanted: Sequence[Which], *, weights: str, plan: Resampling
) -> Groups | None:
    """Return the agreement within and between groups, None of fewer than two of them."""
    there = sorted({rater.group for rater in scores.raters if rater.group})
    if len(there) < 2:
        return None
    of_group = {group: scores.of_group(group) for group in there}
    return Groups(
        within=tuple(_within(group, own, wanted, plan=plan) for group, own in of_group.items()),
        between=tuple(
            Between(
                a,
                b,
                between_groups(
                    of_group[a].ratings,
                    of_group[b].ratings,
                    weights=agreement_weights(weights, scores.ratings.levels),
                    plan=plan,
                ),
                tuple(of_groups(of_group[a], of_group[b], each, plan=plan) for each in wanted),
            )
            for a, b in combinations(there, 2)
        ),
        without=sum(not rater.group for rater in scores.raters),
    )


def of_groups(a: Scores, b: Scores, each: Which, *, plan: Resampling) -> Difference:
    """Return a coefficient of two groups and the difference; of a small one without an interval."""
    found = difference(a.ratings, b.ratings, each, same_items=True, plan=plan)
    if min(len(a.raters), len(b.raters)) >= FEWEST_RATERS or found.difference.value is None:
        return found
    return replace(found, difference=_described(found.difference))


def _described(estimate: Estimate) -> Estimate:
    return replace(estimate, low=None, high=None, code=FEW_RATERS.code, reason=FEW_RATERS.reason)


def _within(group: str, scores: Scores, wanted: Sequence[Which], *, plan: Resampling) -> Within:
    given = scores.ratings.given
    return Within(
        group=group,
        raters=len(scores.raters),
        judgements=int(given.sum()),
        shared=int((given.sum(axis=0) > 1).sum()),
        coefficients=coefficients_of(scores.ratings, wanted, plan=plan),
    )
