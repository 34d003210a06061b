"""Tables of the raters of one criterion: what each gave, and how any two agree."""

from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from statistics import median

from pipeline.agreement.counts import Given
from pipeline.agreement.criterion import CriterionAgreement, RatedTwice
from pipeline.cli.agreement.names import named, two
from pipeline.cli.columns import aligned
from pipeline.cli.estimates import (
    NONE,
    interval_heading,
    percent,
    percents,
    places,
    probability,
)
from pipeline.cli.wording import many
from pipeline.stats.agreement.differences import Without
from pipeline.stats.agreement.pairs import Pair
from pipeline.stats.agreement.repeats import NO_REPEATS
from pipeline.stats.resampling.intervals import Estimate

RATERS_SHOWN = 12  # more do not fit a screen
LOWEST = 5  # pairs named where not all are shown
KAPPAS: dict[str, Callable[[Pair], Estimate]] = {
    "unweighted": lambda pair: pair.kappa,
    "linear weights": lambda pair: pair.linear,
    "quadratic weights": lambda pair: pair.quadratic,
}


def distribution(found: CriterionAgreement) -> Iterator[str]:
    given = found.distribution
    if not given.all.n:
        return
    mean = ["mean"] if found.ordered else []
    rows = [["given by", *given.levels, "n", *mean]]
    rows += [_shares(each, found) for each in given.raters[:RATERS_SHOWN]]
    rows += [_shares(given.all, found)]
    yield from aligned(rows)
    yield from _more(len(given.raters), "rater")


def categories(found: CriterionAgreement, level: float) -> Iterator[str]:
    """Yield Fleiss' kappa of each level against all others, and whether raters rank items alike."""
    if any(each.kappa.value is not None for each in found.categories):
        head = ["kappa of one level", "value", interval_heading(level)]
        named_ = zip(found.distribution.levels, found.categories, strict=True)
        yield from aligned([head, *([name, *two(each.kappa)] for name, each in named_)])
    ranks = found.concordance
    if ranks and ranks.w is not None:
        test = f"chi-squared {places(ranks.chi2, 1)}, {ranks.df} df, p {probability(ranks.p)}"
        yield (
            f"Kendall's W {places(ranks.w)} over {many(ranks.items, 'item')} that all"
            f" {ranks.raters:,} raters scored ({test})"
        )


def _shares(each: Given, found: CriterionAgreement) -> list[str]:
    of_group = f" ({each.group})" if each.group else ""
    name = f"{each.rater}{of_group}" if each.rater else "all raters"
    mean = [places(each.mean)] if found.ordered else []
    return [name, *map(percent, each.shares), f"{each.n:,}", *mean]


def _more(there: int, what: str) -> Iterator[str]:
    if there > RATERS_SHOWN:
        yield f"… and {many(there - RATERS_SHOWN, f'more {what}')} (--json lists them all)"


def pairs(found: CriterionAgreement) -> Iterator[str]:
    compared = [pair for pair in found.pairs if pair.n]
    if not compared:
        return
    if len(found.raters) > RATERS_SHOWN:
        yield from _summary(found, compared)
        return
    for number, (name, of) in enumerate(KAPPAS.items()):
        if number and not found.ordered:
            return
        if number:
            yield ""
        yield from aligned(_matrix(f"Cohen's kappa, {name}", found, of))
    yield from _prevalence(found, compared)


def _matrix(
    title: str, found: CriterionAgreement, of: Callable[[Pair], Estimate]
) -> list[list[str]]:
    cells = {(pair.a, pair.b): places(of(pair).value, 2) for pair in found.pairs}
    cells |= {(b, a): text for (a, b), text in cells.items()}
    places_ = range(len(found.raters))
    rows = [
        [name, *(cells.get((row, column), "") for column in places_)]
        for row, name in enumerate(found.raters)
    ]
    return [[title, *found.raters], *rows]


def _summary(found: CriterionAgreement, pairs: Sequence[Pair]) -> Iterator[str]:
    """Yield the range of the kappas, and which pairs have the lowest."""
    rows = [[f"Cohen's kappa of {len(pairs):,} pairs", "lowest", "median", "highest"]]
    lowest: list[str] = []
    for name, of in KAPPAS.items():
        told = [(value, pair) for pair in pairs if (value := of(pair).value) is not None]
        if told:
            told.sort(key=itemgetter(0))
            values = [value for value, _ in told]
            ends = (values[0], median(values), values[-1])
            rows.append([name, *map(places, ends)])
            lowest = [f"{_both(found, pair)} {places(value, 2)}" for value, pair in told]
    yield from aligned(rows)
    if lowest:
        yield f"lowest ({rows[-1][0]}): {', '.join(lowest[:LOWEST])}"
    lacking = next((pair.kappa.reason for pair in pairs if pair.kappa.code == "many_pairs"), None)
    fewer = f"; {lacking}, --group takes some" if lacking else ""
    yield f"(--json lists them all{fewer})"


def _both(found: CriterionAgreement, pair: Pair) -> str:
    return f"{found.raters[pair.a]} with {found.raters[pair.b]}"


def _prevalence(found: CriterionAgreement, pairs: Sequence[Pair]) -> Iterator[str]:
    indices = {
        "prevalence index": [pair.prevalence_index for pair in pairs],
        "bias index": [pair.bias_index for pair in pairs],
        "PABAK": [pair.pabak for pair in pairs],
    }
    told = [
        f"{name} {_range([value for value in values if value is not None])}"
        for name, values in indices.items()
    ]
    shared = _range([float(pair.n) for pair in pairs], digits=0)
    yield f"over these pairs: {', '.join(told)}; {shared} items in common"
    most = found.prevalence
    if most and most.bias is not None:
        apart = f"up to {places(most.bias, 2)} apart ({most.lowest} lowest, {most.highest} highest)"
        yield (
            f'most frequent: "{most.level}" ({percent(most.share)}); raters\' means are'
            f" {apart if most.bias else 'the same'}"
        )


def _range(values: Sequence[float], digits: int = 2) -> str:
    if not values:
        return NONE
    low, high = places(min(values), digits), places(max(values), digits)
    return low if low == high else f"{low} to {high}"


def without(found: CriterionAgreement, level: float) -> Iterator[str]:
    if not found.without:
        return
    head = ["without", "coefficient", "value", interval_heading(level), "change", "its interval"]
    rows = [
        [
            found.raters[each.rater],
            named(each),
            *two(each.estimate),
            *two(each.change),
        ]
        for each in _most_changing(found.without)
    ]
    yield from aligned([head, *rows], left=2)
    there = len({each.rater for each in found.without})
    if there > RATERS_SHOWN:
        yield "the raters without whom agreement changes most"
    yield from _more(there, "rater")


def _most_changing(without: Sequence[Without]) -> Sequence[Without]:
    """Return as many raters as fit; of more of them those without whom most changes come first."""
    changes: dict[int, float] = {}
    for each in without:
        changes[each.rater] = max(changes.get(each.rater, 0.0), abs(each.change.value or 0.0))
    if len(changes) <= RATERS_SHOWN:
        return without
    most = sorted(changes, key=lambda rater: -changes[rater])[:RATERS_SHOWN]
    return [each for rater in most for each in without if each.rater == rater]


def repeats(found: Sequence[RatedTwice], level: float) -> Iterator[str]:
    pooled, *raters = found
    if not pooled.found.n:
        yield f"raters with themselves: {NO_REPEATS.reason}"
        return
    head = interval_heading(level)
    rows = [["with themselves", "n", "percent agreement", head, _alpha(pooled), head]]
    rows += [_twice(each) for each in raters[:RATERS_SHOWN]]
    yield from aligned([*rows, _twice(pooled)])
    yield from _more(len(raters), "rater")


def _alpha(each: RatedTwice) -> str:
    return f"alpha ({each.metric})"


def _twice(each: RatedTwice) -> list[str]:
    equal, alpha = each.found.percent_agreement, each.found.alpha
    shares = [percent(equal.value), percents(equal)]
    return [each.rater or "all raters", f"{each.found.n:,}", *shares, *two(alpha)]
