"""What is worth a second look at how a rater scores, said neutrally: none of it is a fault."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.stats.agreement.repeats import WithThemselves
from pipeline.stats.habits.halo import Halo
from pipeline.stats.habits.pace import Pace
from pipeline.stats.habits.rater_habits import Habit
from pipeline.stats.habits.spread import Spread
from pipeline.stats.resampling.intervals import Estimate

ENOUGH = 20  # scores; fewer make no habit
ONE_LEVEL = 0.9  # a share of the own scores, …
MORE_OFTEN = 0.15  # … if it is so much above the others' share
APART = 0.25  # of a step of the scale
NEAR = 0.4  # of that, at which the nearer end of the interval lies
MORE_ALIKE = 0.2  # of a correlation
FAST = 0.1  # a share of the answers
REPEATS = 10
SAME = 0.5  # a share of the repeats


@dataclass(frozen=True)
class Note:
    """What was seen; `criterion` is None where it is about all of them."""

    code: str
    criterion: str | None
    message: str


@dataclass(frozen=True)
class Seen:
    """What one rater's scores on one criterion show; `levels` are the scale's values."""

    criterion: str
    levels: tuple[int, ...]
    spread: Spread
    habit: Habit
    with_themselves: WithThemselves


def on_criterion(seen: Seen) -> Iterator[Note]:
    for code, message in (
        ("one_level", _one_level(seen)),
        ("apart", _apart(seen)),
        ("drift", _drift(seen)),
        ("repeats", _repeats(seen)),
    ):
        if message:
            yield Note(code, seen.criterion, message)


def in_all(found: Halo, took: Pace) -> Iterator[Note]:
    if _clear(found.difference, MORE_ALIKE) and (found.difference.value or 0) > 0:
        yield Note(
            "alike",
            None,
            f"scores on different criteria go together more than the others' do"
            f" ({found.own.value:.2f} against {found.others.value:.2f})",
        )
    if took.timed >= ENOUGH and took.fast >= FAST * took.timed:
        yield Note(
            "fast",
            None,
            f"{took.fast:,} of {took.timed:,} answers were scored in less time than reading them"
            " takes; who has read an answer before needs less",
        )


def _one_level(seen: Seen) -> str | None:
    spread = seen.spread
    if spread.n < ENOUGH or spread.most is None or spread.share is None:
        return None
    others = spread.others_share
    if spread.share < ONE_LEVEL or others is None or spread.share - others < MORE_OFTEN:
        return None
    return (
        f"gave {seen.levels[spread.most]} to {spread.share:.0%} of the answers; the others gave it"
        f" to {others:.0%} of the same"
    )


def _apart(seen: Seen) -> str | None:
    found = seen.habit.difference
    if seen.habit.n < ENOUGH or not _clear(found, APART * _step(seen)):
        return None
    return f"scores lie {_points(found)} the others' on the same answers"


def _drift(seen: Seen) -> str | None:
    drift = seen.habit.drifts[0]
    if drift.n < ENOUGH or not _clear(drift.change, APART * _step(seen)):
        return None
    return (
        f"scores against the others' moved by {drift.change.value:+.2f}"
        f" ({drift.change.low:.2f} to {drift.change.high:.2f}) from the first third to the last"
    )


def _repeats(seen: Seen) -> str | None:
    own = seen.with_themselves
    same = own.percent_agreement.value
    if own.n < REPEATS or same is None or same > SAME:
        return None
    return f"gave {round((1 - same) * own.n):,} of {own.n:,} repeated answers another score"


def _clear(found: Estimate, least: float) -> bool:
    """Say whether a figure is at least so far from 0, and its interval far enough to the same side.

    Of many intervals that leave out 0 some do so by chance, and mostly just so.
    """
    if found.value is None or found.low is None or found.high is None:
        return False
    near = max(found.low, -found.high)
    return abs(found.value) >= least and near >= NEAR * least


def _points(found: Estimate) -> str:
    value, ends = found.value or 0.0, sorted([abs(found.low or 0.0), abs(found.high or 0.0)])
    side = "above" if value > 0 else "below"
    return f"{abs(value):.2f} points ({ends[0]:.2f} to {ends[1]:.2f}) {side}"


def _step(seen: Seen) -> float:
    return float(seen.levels[-1] - seen.levels[0]) / max(len(seen.levels) - 1, 1)
