"""Say to one rater what concerns the own ratings alone: to a machine, and as lines."""

from collections.abc import Iterator
from typing import Any

from pipeline.cli.columns import aligned
from pipeline.cli.estimates import NONE, percent, places
from pipeline.cli.raters.objects import pace_object
from pipeline.cli.wording import many
from pipeline.raters import OwnRatings, OwnScale
from pipeline.stats.resampling.intervals import Undefined

MEANT = (
    "There is no right mix of scores, and no right pace. Nearer to the others is not better: raters"
    " differ because they read as persons, and a study needs all of them."
)


def as_object(found: OwnRatings) -> dict[str, Any]:
    return {
        "study": found.study,
        "status": found.status,
        "judgements": found.judgements,
        "assigned": found.assigned,
        "seconds": pace_object(found.pace),
        "criteria": {each.criterion: _criterion(each) for each in found.criteria},
    }


def _criterion(each: OwnScale) -> dict[str, Any]:
    near = each.near
    apart = (
        {"value": None, "code": near.code, "reason": near.reason}
        if isinstance(near, Undefined)
        else vars(near)
    )
    return {
        "n": sum(each.counts),
        "counts": dict(zip(map(str, each.levels), each.counts, strict=True)),
        "share": dict(zip(map(str, each.levels), _shares(each), strict=True)),
        "repeats": {"n": each.repeats, "same": each.same},
        "others": apart,
    }


def _shares(each: OwnScale) -> list[float | None]:
    n = sum(each.counts)
    return [count / n if n else None for count in each.counts]


def lines(found: OwnRatings) -> Iterator[str]:
    yield f"study {found.study}: {found.judgements:,} of {many(found.assigned, 'answer')} scored"
    took = found.pace
    if took.n:
        yield (
            f"seconds an answer: {places(took.median, 0)} in the middle,"
            f" half of them {places(took.lower, 0)} to {places(took.upper, 0)}"
        )
    yield ""
    yield from aligned([["criterion", "scores", "used", "same again", "apart"], *_rows(found)])
    yield ""
    yield "used: how often each score was given; same again: of answers that came a second time"
    yield "apart: how far the scores are from the others' mean, on average; told at the end"
    yield MEANT


def _rows(found: OwnRatings) -> Iterator[list[str]]:
    for each in found.criteria:
        used = zip(each.levels, _shares(each), strict=True)
        near = each.near
        yield [
            each.criterion,
            f"{sum(each.counts):,}",
            ", ".join(f"{level}: {percent(share)}" for level, share in used),
            f"{each.same:,} of {each.repeats:,}" if each.repeats else NONE,
            NONE if isinstance(near, Undefined) else places(near.distance, 2),
        ]
