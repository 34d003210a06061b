"""Severity and drift against the others: what is planted is found, what cannot be told is said."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.stats.habits.rater_habits import Habits, Order, differences, habits
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.intervals import Resampling, Undefined

PLAN = Resampling(level=0.95, resamples=500, seed=7)
LEVELS = np.arange(5.0)
SHORT, UNKNOWN = Undefined("short", "too short"), Undefined("unknown", "no order")
RATERS, QUESTIONS, SYSTEMS = 4, 60, 2
UNITS = QUESTIONS * SYSTEMS
QUESTION = np.repeat(np.arange(QUESTIONS), SYSTEMS)


def order(places: NDArray[np.float64], span: float = 10) -> Order:
    return Order(places, 100, span, SHORT, UNKNOWN)


def study(
    *, severity: tuple[float, ...] = (0, 0, 0, 0), drift: tuple[float, ...] = (0, 0, 0, 0)
) -> tuple[Ratings, NDArray[np.float64]]:
    """Scores around each answer's height; `drift` is the rise from the first place to the last."""
    rng = np.random.default_rng(11)
    places = np.array([rng.permutation(UNITS) + 1.0 for _ in range(RATERS)])
    height = rng.normal(2, 0.7, UNITS)
    values = height + np.array(severity)[:, None] + rng.normal(0, 0.4, (RATERS, UNITS))
    values = values + np.array(drift)[:, None] * (places / UNITS - 0.5)
    return Ratings(np.clip(np.round(values), 0, 4).astype(np.int64), LEVELS), places


def found(ratings: Ratings, places: NDArray[np.float64]) -> Habits:
    return habits(ratings, questions=QUESTION, orders=[order(places)], plan=PLAN)


def test_planted_severity_is_found_within_its_interval() -> None:
    planted = (-0.6, 0.0, 0.2, 0.4)
    raters = found(*study(severity=planted)).raters
    for own, habit in zip(planted, raters, strict=True):
        expected = own - (sum(planted) - own) / 3
        assert habit.difference.low < expected < habit.difference.high
        assert habit.difference.high - habit.difference.low < 0.3
        assert habit.difference.value == pytest.approx(habit.own - habit.others)
        assert habit.n == UNITS
    assert "resamples of questions, raters held fixed" in raters[0].difference.method


def test_planted_drift_is_found_and_no_other_rater_is_said_to_drift() -> None:
    first, *others = found(*study(drift=(1.2, 0, 0, 0))).raters
    (drift,) = first.drifts
    # A rise of 1.2 over 120 places is 1 for 100; the thirds' middles lie 2/3 of it apart.
    assert drift.trend.low < 1.0 < drift.trend.high
    assert drift.change.low < 0.8 < drift.change.high
    assert drift.trend.low > 0.5
    assert drift.thirds[0] < drift.thirds[1] < drift.thirds[2]
    assert drift.change.value == pytest.approx(drift.thirds[2] - drift.thirds[0])
    for other in others:
        assert other.drifts[0].trend.low < 0 < other.drifts[0].trend.high


def test_a_drift_of_all_raters_shows_although_each_is_held_against_the_others() -> None:
    (trend,) = found(*study(drift=(0.8,) * 4)).trends
    assert trend.low < 0.8 / 1.2 < trend.high
    assert trend.low > 0.3
    (none,) = found(*study()).trends
    assert none.low < 0 < none.high


def test_a_drift_of_all_raters_shows_in_full_if_orders_are_much_the_same() -> None:
    # Each score is two thirds of its place; the others' are never far from there.
    rng = np.random.default_rng(5)
    places = np.argsort(np.arange(UNITS) + rng.integers(0, 40, (RATERS, UNITS))).argsort() + 1.0
    scale = np.arange(UNITS * 2.0)
    drifting = Ratings(np.round(places * 2 / 3).astype(np.int64), scale)
    (trend,) = found(drifting, places).trends
    assert trend.value == pytest.approx(100 * 2 / 3, rel=0.02)


def test_a_drift_of_all_raters_is_not_told_from_one_order_for_all() -> None:
    ratings, places = study(drift=(0.8,) * 4)
    (trend,) = found(ratings, np.tile(places[:1], (RATERS, 1))).trends
    assert (trend.value, trend.code) == (None, "same_order")


def test_a_place_that_one_rater_lacks_leaves_the_answer_out_of_the_drift_of_all() -> None:
    ratings, places = study(drift=(0.8,) * 4)
    places[0, :50] = np.nan
    kept = np.arange(50, UNITS)
    (trend,) = found(ratings, places).trends
    (of_kept,) = habits(
        ratings.of_items(kept),
        questions=QUESTION[kept],
        orders=[order(places[:, kept])],
        plan=PLAN,
    ).trends
    assert trend.value == pytest.approx(of_kept.value)


def test_a_trend_is_least_squares_over_the_differences() -> None:
    ratings, places = study(drift=(1, 0, -1, 0))
    apart, _ = differences(ratings)
    habit = found(ratings, places).raters[2]
    slope = np.polyfit(places[2], apart[2], 1)[0] * 100
    assert habit.drifts[0].trend.value == pytest.approx(slope)


def test_scores_that_nobody_else_gave_say_nothing_of_severity() -> None:
    ratings, places = study(severity=(1, 0, 0, 0))
    codes = ratings.codes.copy()
    codes[1:, : UNITS // 2] = -1
    habit = found(Ratings(codes, LEVELS), places).raters[0]
    half = habits(
        Ratings(codes[:, UNITS // 2 :], LEVELS),
        questions=QUESTION[UNITS // 2 :],
        orders=[order(places[:, UNITS // 2 :])],
        plan=PLAN,
    )
    assert habit.n == UNITS // 2
    assert habit.difference.value == half.raters[0].difference.value


def test_one_rater_has_nobody_to_be_held_against() -> None:
    ratings, places = study()
    (habit,) = found(ratings.of_raters(np.array([0])), places[:1]).raters
    assert (habit.n, habit.own, habit.difference.code) == (0, None, "no_others")
    assert "one more rater" in (habit.difference.reason or "")
    assert habit.drifts[0].trend.code == "no_others"


def test_an_order_that_is_unknown_or_short_is_said() -> None:
    ratings, places = study()
    unknown = found(ratings, np.full_like(places, np.nan))
    assert unknown.raters[0].drifts[0].change.code == "unknown"
    assert unknown.trends[0].code == "unknown"
    assert unknown.raters[0].difference.low is not None
    short = habits(ratings, questions=QUESTION, orders=[order(places, 500)], plan=PLAN)
    assert short.raters[0].drifts[0].trend.code == "short"
    assert short.trends[0].code == "short"
    assert short.raters[0].drifts[0].change.low is not None
    same = habits(ratings, questions=QUESTION, orders=[order(places * 0, 0)], plan=PLAN)
    assert same.raters[0].drifts[0].trend.code == "one_place"


def test_few_questions_give_a_figure_and_no_interval() -> None:
    ratings, places = study(severity=(1, 0, 0, 0))
    few = habits(
        ratings.of_items(np.arange(8)),
        questions=QUESTION[:8],
        orders=[order(places[:, :8])],
        plan=PLAN,
    )
    first = few.raters[0].difference
    assert first.value is not None
    assert (first.low, first.code) == (None, "few_questions")


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_names_and_order_of_rows_change_nothing(shuffle: Random) -> None:
    ratings, places = study(severity=(0.5, 0, 0, -0.5))
    raters, units = list(range(RATERS)), list(range(UNITS))
    shuffle.shuffle(raters)
    shuffle.shuffle(units)
    names = np.array(shuffle.sample(range(QUESTIONS), QUESTIONS))
    mixed = habits(
        Ratings(ratings.codes[raters][:, units], LEVELS),
        questions=names[QUESTION[units]],
        orders=[order(places[raters][:, units])],
        plan=PLAN,
    )
    before = found(ratings, places)
    for new, old in enumerate(raters):
        one, other = mixed.raters[new], before.raters[old]
        assert one.difference.value == pytest.approx(other.difference.value)
        assert one.drifts[0].trend.value == pytest.approx(other.drifts[0].trend.value)
        assert one.drifts[0].thirds == pytest.approx(other.drifts[0].thirds)


def test_differences_of_a_complete_unit_sum_to_nothing() -> None:
    ratings, _ = study()
    apart, others = differences(ratings)
    assert apart.sum(axis=0) == pytest.approx(np.zeros(UNITS))
    assert others + apart == pytest.approx(ratings.codes.astype(float))
