"""Correlations of metrics with people: pooled ones mislead where systems differ, within do not."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from pipeline.stats.correlation.with_people import Answers, Correlation, Three, correlations
from pipeline.stats.resampling.intervals import Resampling

PLAN = Resampling(level=0.95, resamples=400, seed=7)
QUESTIONS = 40
Floats = NDArray[np.float64]


def answers(people: Floats, metric: Floats, systems: int = 2) -> Answers:
    """Each system's answers to all questions, one system after the other."""
    question = np.tile(np.arange(QUESTIONS), systems)
    return Answers(people, metric, question, np.repeat(np.arange(systems), QUESTIONS))


def only(each: Answers, questions: int = QUESTIONS) -> Correlation:
    (found,) = correlations([each], questions=questions, plan=PLAN)
    return found


def values(three: Three) -> list[float | None]:
    return [three.spearman.value, three.kendall.value, three.pearson.value]


def test_a_metric_that_knows_only_the_system_correlates_pooled_and_not_within() -> None:
    dice = np.random.default_rng(3)
    better = np.repeat([0.0, 1.0], QUESTIONS)
    people = better + dice.normal(0, 0.4, 2 * QUESTIONS)
    metric = better + dice.normal(0, 0.1, 2 * QUESTIONS)
    found = only(answers(people, metric))
    pooled, within = found.pooled.spearman, found.within.spearman
    assert pooled.low is not None
    assert pooled.low > 0.5
    assert within.low is not None
    assert within.high is not None
    assert within.low < 0 < within.high
    assert (found.n, found.questions, found.systems) == (80, 40, 2)


def test_figures_are_those_of_scipy_and_within_is_their_mean_over_the_systems() -> None:
    dice = np.random.default_rng(5)
    people = dice.integers(0, 6, 2 * QUESTIONS) / 5
    metric = people + dice.normal(0, 0.5, 2 * QUESTIONS)
    found = only(answers(people, metric))
    theirs = (stats.spearmanr, stats.kendalltau, stats.pearsonr)
    assert values(found.pooled) == pytest.approx([of(people, metric).statistic for of in theirs])
    halves = slice(0, QUESTIONS), slice(QUESTIONS, None)
    each = [[of(people[half], metric[half]).statistic for of in theirs] for half in halves]
    assert values(found.within) == pytest.approx(np.mean(each, axis=0))


def test_questions_are_drawn_with_all_their_answers() -> None:
    dice = np.random.default_rng(9)
    people, metric = dice.normal(size=(2, QUESTIONS))
    once = only(answers(people, metric, systems=1)).pooled.pearson
    twice = only(answers(np.tile(people, 2), np.tile(metric, 2))).pooled.pearson
    assert once.low is not None
    assert once.high is not None
    # The same answers again say nothing new, so the interval must not shrink by sqrt(2).
    assert (twice.low, twice.high) == pytest.approx((once.low, once.high), abs=1e-9)
    assert "resamples of questions, raters held fixed" in once.method


def test_several_metrics_are_resampled_together_and_each_has_its_own_answers() -> None:
    dice = np.random.default_rng(2)
    people, metric = dice.normal(size=(2, 2 * QUESTIONS))
    whole = answers(people, metric)
    some = whole.question < 8
    part = Answers(*(each[some] for each in vars(whole).values()))
    both = correlations([whole, part], questions=QUESTIONS, plan=PLAN)
    assert [each.n for each in both] == [80, 16]
    assert both[0] == only(whole)
    assert [each.questions for each in both] == [40, 8]


def test_what_cannot_be_told_says_why() -> None:
    people = np.tile([0.0, 1.0], QUESTIONS)
    constant = np.ones(2 * QUESTIONS)
    assert only(answers(people, constant)).pooled.kendall.reason == (
        "all answers have the same value by the metric"
    )
    assert only(answers(constant, people)).pooled.kendall.reason == (
        "all answers have the same score by people"
    )
    by_system = np.repeat([0.0, 1.0], QUESTIONS)
    flat = only(answers(people, by_system))
    assert flat.within.spearman.value is None
    assert flat.within.spearman.code == "no_spread"
    assert flat.systems == 0
    one = only(answers(people[:QUESTIONS], people[:QUESTIONS], systems=1))
    assert one.within.pearson.code == "one_system"
    assert one.pooled.pearson.value == pytest.approx(1)
    nobody = Answers(*(np.array([]),) * 2, *(np.array([], dtype=np.int64),) * 2)
    for questions in (0, QUESTIONS):
        assert only(nobody, questions).pooled.spearman.code == "no_answers"
        assert only(nobody, questions).within.spearman.code == "no_answers"
    assert correlations([], questions=5, plan=PLAN) == ()


def test_too_few_questions_have_a_figure_and_no_interval() -> None:
    few = only(Answers(*np.array([[0, 1, 2.0], [0, 2, 1.0]]), np.arange(3), np.zeros(3, np.int64)))
    assert few.pooled.spearman.value == pytest.approx(0.5)
    assert few.pooled.spearman.low is None
    assert few.pooled.spearman.reason == (
        "3 questions are too few for a 95% interval, 6 would be enough"
    )


def test_a_system_without_spread_leaves_the_mean_to_the_others() -> None:
    dice = np.random.default_rng(4)
    people, metric = dice.normal(size=(2, 3 * QUESTIONS))
    metric[:QUESTIONS] = 0.5
    found = only(answers(people, metric, systems=3))
    assert found.systems == 2
    halves = slice(QUESTIONS, 2 * QUESTIONS), slice(2 * QUESTIONS, None)
    each = [stats.pearsonr(people[half], metric[half]).statistic for half in halves]
    assert found.within.pearson.value == pytest.approx(np.mean(each))
