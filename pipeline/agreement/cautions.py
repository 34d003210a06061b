"""Warn of what makes figures of agreement say less than they seem to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.agreement.counts import Distribution, Extent
from pipeline.stats.agreement.coefficients import Coefficient
from pipeline.stats.agreement.icc import ICC

DOMINANT = 0.8  # share of one level above which intervals are known to be too narrow, …
MANY = 200  # … as long as fewer items, or questions, than these have two scores
TESTED = 100  # items or questions from which on the coverage of the intervals is tested


@dataclass(frozen=True)
class Caution:
    code: str
    message: str


def of(
    extent: Extent, distribution: Distribution, coefficients: Sequence[Coefficient]
) -> Iterator[Caution]:
    """Yield the warnings of one criterion."""
    if not extent.shared:
        return
    yield from _of_levels(extent, distribution)
    if extent.drawn < TESTED:
        what = _drawn(extent)
        message = (
            f"so few {what} with two scores or more ({extent.drawn:,}) give rough intervals, whose"
            f" coverage is tested from {TESTED} {what} on"
        )
        yield Caution("few_items", message)
    if extent.shared < extent.items:
        alone = extent.items - extent.shared
        message = (
            f"{alone:,} of the {extent.items:,} items have one score only, which says nothing of"
            " agreement"
        )
        yield Caution("one_score", message)
    yield from _of_coefficients(extent, coefficients)


def _drawn(extent: Extent) -> str:
    return "items" if extent.questions is None else "questions"


def _of_levels(extent: Extent, distribution: Distribution) -> Iterator[Caution]:
    shares = [share or 0.0 for share in distribution.all.shares]
    highest = max(shares)
    level = distribution.levels[shares.index(highest)]
    if highest == 1:
        message = (
            f'all scores are "{level}": what is corrected for chance is undefined, as nothing'
            " tells agreement from chance"
        )
        yield Caution("one_level", message)
    elif highest > DOMINANT and extent.drawn < MANY:
        message = (
            f'{highest:.1%} of the scores are "{level}" and only {extent.drawn:,} {_drawn(extent)}'
            " have two"
            " or more: intervals are known to be too narrow then; kappas and alpha are low though"
            " raters mostly agree, so read percent agreement and Gwet's coefficients beside them"
        )
        yield Caution("narrow_intervals", message)


def _of_coefficients(extent: Extent, coefficients: Sequence[Coefficient]) -> Iterator[Caution]:
    lost = [each for each in coefficients if _lost(each)]
    if lost:
        message = (
            f"resamples that leave a figure undefined are left out of its interval: {_told(lost)}"
        )
        yield Caution("undefined_in_resamples", message)
    if extent.complete < extent.shared:
        message = (
            f"intraclass correlations need complete cases: all {extent.raters:,} raters scored"
            f" {extent.complete:,} of the {extent.shared:,} items with two or more scores"
        )
        if any(each.name in ICC for each in coefficients):
            yield Caution("complete_cases", message)


def _lost(each: Coefficient) -> bool:
    return each.undefined_share > 0 and each.estimate.value is not None


def _told(lost: Sequence[Coefficient]) -> str:
    """Return which share is lost, with the coefficients that lose it."""
    by_share: dict[str, list[str]] = {}
    for each in lost:
        by_share.setdefault(f"{each.undefined_share:.1%}", []).append(f"{each.name} {each.metric}")
    return "; ".join(f"{share} of {', '.join(names)}" for share, names in by_share.items())
