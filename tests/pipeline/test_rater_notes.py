"""What is worth a second look: only what is clear, and said without blame."""

from dataclasses import replace

import pytest

from pipeline.rater_notes import Note, Seen, in_all, on_criterion
from pipeline.stats.agreement.repeats import WithThemselves
from pipeline.stats.habits.halo import Halo
from pipeline.stats.habits.pace import Pace
from pipeline.stats.habits.rater_habits import Drift, Habit
from pipeline.stats.habits.spread import Spread
from pipeline.stats.resampling.intervals import Estimate


def figure(value: float | None, low: float | None = None, high: float | None = None) -> Estimate:
    return Estimate(value, low, high, 0.95, "bootstrap")


NONE = figure(None)
STILL = Drift(100, (0.0, 0.0, 0.0), figure(0.0, -0.1, 0.1), NONE)
SEEN = Seen(
    criterion="relevance",
    levels=(0, 1, 2),
    spread=Spread((10, 30, 60), 1.5, 0.6, 0.6, 2, 0.6, 0.5),
    habit=Habit(100, 1.5, 1.4, figure(0.1, -0.05, 0.25), (STILL,)),
    with_themselves=WithThemselves(10, 10, figure(0.8, 0.5, 0.9), NONE),
)


def notes(seen: Seen) -> dict[str, str]:
    return {note.code: note.message for note in on_criterion(seen)}


def test_a_rater_like_the_others_gets_no_note() -> None:
    assert notes(SEEN) == {}


def test_one_level_almost_always_counts_only_where_others_differ() -> None:
    spread = replace(SEEN.spread, counts=(0, 4, 96), share=0.96)
    assert notes(replace(SEEN, spread=spread)) == {
        "one_level": "gave 2 to 96% of the answers; the others gave it to 50% of the same"
    }
    assert notes(replace(SEEN, spread=replace(spread, others_share=0.9))) == {}
    assert notes(replace(SEEN, spread=replace(spread, counts=(0, 0, 12)))) == {}


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (figure(-0.4, -0.5, -0.3), "0.40 points (0.30 to 0.50) below"),
        (figure(0.4, 0.3, 0.5), "0.40 points (0.30 to 0.50) above"),
        (figure(0.2, 0.1, 0.3), None),
        (figure(0.4, -0.1, 0.9), None),
        (figure(0.4), None),
    ],
)
def test_severity_counts_where_it_is_clear(difference: Estimate, expected: str | None) -> None:
    found = notes(replace(SEEN, habit=replace(SEEN.habit, difference=difference)))
    assert (expected is None and not found) or (expected or "") in found["apart"]


def test_a_clear_drift_and_repeats_scored_anew_are_noted() -> None:
    drift = replace(STILL, change=figure(-0.5, -0.7, -0.3))
    seen = replace(
        SEEN,
        habit=replace(SEEN.habit, drifts=(drift,)),
        with_themselves=replace(SEEN.with_themselves, percent_agreement=figure(0.4, 0.2, 0.7)),
    )
    found = notes(seen)
    assert "moved by -0.50 (-0.70 to -0.30)" in found["drift"]
    assert found["repeats"] == "gave 6 of 10 repeated answers another score"


def test_halo_and_pace_are_noted_over_all_criteria() -> None:
    alike = Halo((), figure(0.7), figure(0.3), figure(0.4, 0.3, 0.5))
    fast = Pace(100, 3.0, 4.0, 5.0, 100, 30)
    found = list(in_all(alike, fast))
    assert [(note.code, note.criterion) for note in found] == [("alike", None), ("fast", None)]
    assert "30 of 100 answers" in found[1].message
    less = Halo((), figure(0.1), figure(0.5), figure(-0.4, -0.5, -0.3))
    assert list(in_all(less, Pace(100, 30.0, 40.0, 50.0, 100, 2))) == []


def test_no_note_blames() -> None:
    alike = Halo((), figure(0.7), figure(0.3), figure(0.4, 0.3, 0.5))
    worst = replace(
        SEEN,
        spread=replace(SEEN.spread, counts=(0, 4, 96), share=0.96),
        habit=Habit(
            100, 1.9, 1.4, figure(0.5, 0.4, 0.6), (replace(STILL, change=figure(1, 1, 2)),)
        ),
        with_themselves=replace(SEEN.with_themselves, percent_agreement=figure(0.1)),
    )
    found: list[Note] = [*on_criterion(worst), *in_all(alike, Pace(50, 1.0, 1.0, 1.0, 50, 50))]
    assert len(found) == 6
    for note in found:
        assert not {"bad", "wrong", "poor", "careless", "should", "too"} & set(note.message.split())
