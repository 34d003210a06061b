"""Say how automatic metrics go with people's scores: for the JSON contract, and for a person."""

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.cli.columns import aligned
from pipeline.cli.estimates import as_object, interval, interval_heading, places
from pipeline.cli.wording import many
from pipeline.metrics.of_study import WithPeople
from pipeline.stats.correlation.with_people import Three


def as_objects(found: Sequence[WithPeople]) -> list[dict[str, Any]]:
    """Return each way to score with its correlations on each criterion."""
    return [
        {
            "metric": way.metric,
            "signature": way.signature,
            "reference": way.reference,
            "criteria": {
                each.criterion: {
                    "n": each.correlation.n,
                    "questions": each.correlation.questions,
                    "systems": each.correlation.systems,
                    "without": each.without,
                    "within": _three(each.correlation.within),
                    "pooled": _three(each.correlation.pooled),
                }
                for each in found
                if each.scores.way == way
            },
        }
        for way in dict.fromkeys(each.scores.way for each in found)
    ]


def _three(found: Three) -> dict[str, Any]:
    return {name: as_object(estimate) for name, estimate in vars(found).items()}


def lines(found: Sequence[WithPeople]) -> Iterator[str]:
    """Yield Spearman's correlations, within systems and over all answers; --json has the others."""
    if not found:
        return
    yield "automatic metrics beside people's mean scores of the same answers:"
    yield ""
    level = found[0].correlation.pooled.spearman.level
    heading = interval_heading(level)
    for criterion in dict.fromkeys(each.criterion for each in found):
        rows = [
            [f"{criterion}: Spearman with", "n", "within systems", heading, "all answers", heading]
        ]
        rows += [_row(each) for each in found if each.criterion == criterion]
        yield from aligned(rows)
        yield ""
    yield from _notes(found)
    yield ""


def _row(each: WithPeople) -> list[str]:
    within, pooled = each.correlation.within.spearman, each.correlation.pooled.spearman
    both = [
        text for figure in (within, pooled) for text in (places(figure.value), interval(figure))
    ]
    return [each.scores.title, f"{each.correlation.n:,}", *both]


def _notes(found: Sequence[WithPeople]) -> Iterator[str]:
    yield (
        "a metric that only tells systems apart goes with people's scores over all answers, but not"
        " within systems: there each system's coefficient is worked out by itself, and their mean"
        " is shown; --json has Kendall's tau-b and Pearson too"
    )
    yield (
        "people's mean of few scores is itself uncertain, so that no metric can reach 1; nothing is"
        " tested, and no interval is adjusted for how many there are"
    )
    figures = [
        figure
        for each in found
        for figure in (each.correlation.within.spearman, each.correlation.pooled.spearman)
    ]
    for reason in dict.fromkeys(each.reason for each in figures if each.reason):
        yield f'"-" stands where {reason}'
    lacking = {each.scores.id: 0 for each in found}
    for each in found:
        lacking[each.scores.id] = max(lacking[each.scores.id], each.without)
    for each in {each.scores.id: each for each in found}.values():
        without = lacking[each.scores.id]
        lack = f"; {many(without, 'answer')} without a value" if without else ""
        yield f"  {each.scores.title}: {each.scores.way.signature}{lack}"
