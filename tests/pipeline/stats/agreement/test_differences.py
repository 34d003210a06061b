"""Differences of coefficients, and coefficients without a rater."""

import numpy as np
import pytest

from pipeline.stats.agreement.coefficients import coefficients_of
from pipeline.stats.agreement.differences import Without, difference
from pipeline.stats.agreement.families import Which
from pipeline.stats.agreement.whole import agreement
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.intervals import Resampling
from tests.pipeline.stats.oracles import O6, rated

PLAN = Resampling(level=0.95, resamples=500, seed=7)
ALPHA = Which("krippendorff_alpha", "ordinal")
AC2 = Which("gwet_ac2", "quadratic")


def leave_one_out(ratings: Ratings, leading: list[Which]) -> tuple[Without, ...]:
    return agreement(ratings, weights="quadratic", ordered=True, leading=leading, plan=PLAN).without


def scored(raters: int, items: int, noise: float, *, seed: int, truth: int = 1) -> Ratings:
    """Scores 0 to 2 that follow the items' own, which `truth` draws, but for noise."""
    own = np.random.default_rng(truth).integers(3, size=items)
    rng = np.random.default_rng(seed)
    other = rng.integers(3, size=(raters, items))
    codes = np.where(rng.random((raters, items)) < noise, other, own)
    return Ratings(codes, np.arange(3.0))


def test_a_difference_is_of_the_two_coefficients_and_its_interval_holds_the_truth() -> None:
    sure, unsure = scored(4, 80, 0.2, seed=1), scored(4, 80, 0.6, seed=2)
    found = difference(sure, unsure, ALPHA, same_items=True, plan=PLAN)
    [of_sure] = coefficients_of(sure, [ALPHA], plan=PLAN)
    [of_unsure] = coefficients_of(unsure, [ALPHA], plan=PLAN)
    assert of_sure.estimate.value is not None
    assert of_unsure.estimate.value is not None
    assert (found.name, found.metric) == ("krippendorff_alpha", "ordinal")
    assert found.a.value == pytest.approx(of_sure.estimate.value, abs=1e-12)
    assert found.b.value == pytest.approx(of_unsure.estimate.value, abs=1e-12)
    expected = of_sure.estimate.value - of_unsure.estimate.value
    assert found.difference.value == pytest.approx(expected, abs=1e-12)
    assert found.difference.low is not None
    assert 0 < found.difference.low < expected
    assert "Krippendorff's ordinal metric, 95% bootstrap BCa, 500" in found.difference.method


def test_the_same_ratings_differ_by_nothing_but_two_samples_of_them_may() -> None:
    same = scored(3, 40, 0.4, seed=1)
    paired = difference(same, same, AC2, same_items=True, plan=PLAN).difference
    assert (paired.value, paired.low, paired.code) == (0, None, "no_spread")
    apart = difference(same, same, AC2, same_items=False, plan=PLAN).difference
    assert apart.value == 0
    assert apart.low is not None
    assert apart.high is not None
    assert apart.low < 0 < apart.high


def test_pairing_items_narrows_a_difference_where_hard_items_are_hard_for_both() -> None:
    # On half of the items nobody agrees, whatever the group: paired, that is no news.
    hard = np.arange(100) % 2 == 0
    easy, noisy = scored(4, 100, 0.0, seed=1), scored(4, 100, 1.0, seed=3)
    a = Ratings(np.where(hard, noisy.codes, easy.codes), easy.levels)
    b = Ratings(np.roll(a.codes, 1, axis=0), easy.levels)
    paired, apart = (
        difference(a, b, ALPHA, same_items=same, plan=PLAN).a for same in (True, False)
    )
    assert paired.value == pytest.approx(apart.value)
    shifted = Ratings(np.where(hard, scored(4, 100, 1.0, seed=4).codes, a.codes), a.levels)
    narrow, wide = (
        difference(a, shifted, ALPHA, same_items=same, plan=PLAN).difference
        for same in (True, False)
    )
    assert None not in (narrow.low, narrow.high, wide.low, wide.high)
    assert narrow.high - narrow.low < 0.8 * (wide.high - wide.low)


def test_other_items_vary_by_themselves() -> None:
    # The variance of a difference of two independent figures is the sum of theirs.
    a, b = scored(3, 60, 0.3, seed=1), scored(3, 90, 0.5, seed=2, truth=5)
    plan = Resampling(level=0.95, resamples=4000, seed=3)
    found = difference(a, b, AC2, same_items=False, plan=plan)
    widths = []
    for estimate in (found.a, found.b, found.difference):
        assert estimate.low is not None
        assert estimate.high is not None
        widths.append(estimate.high - estimate.low)
    assert widths[2] == pytest.approx(np.hypot(widths[0], widths[1]), rel=0.05)
    [alone] = coefficients_of(b, [AC2], plan=plan)
    assert (found.b.low, found.b.high) == pytest.approx(
        (alone.estimate.low, alone.estimate.high), abs=0.02
    )


def test_groups_of_other_sizes_and_criteria_on_other_scales_can_be_compared() -> None:
    students, therapist = scored(4, 30, 0.4, seed=1), scored(2, 30, 0.2, seed=2)
    binary = Ratings(np.minimum(therapist.codes, 1), np.array([0.0, 1.0]))
    found = difference(students, binary, ALPHA, same_items=True, plan=PLAN)
    assert found.difference.low is not None


def test_a_difference_without_one_of_its_coefficients_says_which_reason_that_has() -> None:
    varied, same = rated("0120 0121", 0, 1, 2), rated("1111 1111", 0, 1, 2)
    alone = rated("0120 ....", 0, 1, 2)
    found = difference(varied, same, ALPHA, same_items=True, plan=PLAN)
    assert found.a.value is not None
    assert (found.b.code, found.difference.value, found.difference.code) == (
        "one_value",
        None,
        "one_value",
    )
    assert difference(alone, same, ALPHA, same_items=True, plan=PLAN).difference.code == "one_rater"
    with pytest.raises(ValueError, match="the same items are as many: not 4 and 3"):
        difference(varied, rated("012 012", 0, 1, 2), ALPHA, same_items=True, plan=PLAN)


def test_without_a_rater_each_coefficient_is_that_of_the_others() -> None:
    ratings = rated(O6, 0, 1, 2, 3)
    found = leave_one_out(ratings, [ALPHA, AC2])
    assert [(each.rater, each.name) for each in found] == [
        (rater, each.name) for rater in range(5) for each in (ALPHA, AC2)
    ]
    whole = {each.name: each for each in coefficients_of(ratings, [ALPHA, AC2], plan=PLAN)}
    for each in found:
        others = ratings.of_raters(np.arange(5) != each.rater)
        [alone] = coefficients_of(others, [Which(each.name, each.metric)], plan=PLAN)
        assert each.estimate.value == pytest.approx(alone.estimate.value, abs=1e-12)
        assert alone.estimate.value is not None
        of_all = whole[each.name].estimate.value
        assert of_all is not None
        assert each.change.value == pytest.approx(alone.estimate.value - of_all, abs=1e-12)


def test_the_rater_who_disagrees_is_the_one_without_whom_agreement_rises() -> None:
    good = scored(4, 100, 0.1, seed=1)
    codes = np.vstack([good.codes[:2], 2 - good.codes[:1], good.codes[2:]])
    found = leave_one_out(Ratings(codes, good.levels), [ALPHA])
    rising = [each.rater for each in found if each.change.low is not None and each.change.low > 0]
    assert rising == [2]
    assert all(each.change.high < 0 for each in found if each.rater != 2 and each.change.high)


def test_raters_without_ratings_are_not_left_out_and_two_are_too_few() -> None:
    three = rated("0120 .... 0121 0220", 0, 1, 2)
    assert [each.rater for each in leave_one_out(three, [AC2])] == [0, 2, 3]
    assert leave_one_out(rated("0120 .... 0121", 0, 1, 2), [AC2]) == ()
    assert leave_one_out(rated("....", 0, 1, 2), [AC2]) == ()


def test_where_only_one_rater_varies_the_others_have_no_coefficient_and_no_change() -> None:
    found = leave_one_out(rated("0120 1111 1111", 0, 1, 2), [ALPHA])
    assert (found[0].rater, found[0].estimate.code) == (0, "one_value")
    assert (found[0].change.value, found[0].change.code) == (None, "one_value")


def test_without_each_of_too_many_raters_there_are_values_alone() -> None:
    few, many = (scored(raters, 30, 0.5, seed=2) for raters in (100, 101))
    plan = Resampling(level=0.95, resamples=20, seed=7)
    found = agreement(many, weights="quadratic", ordered=True, leading=[ALPHA], plan=plan)
    [alone] = coefficients_of(many.of_raters(np.arange(1, 101)), [ALPHA], plan=plan)
    first = found.without[0]
    assert first.estimate.value == pytest.approx(alone.estimate.value, abs=1e-12)
    assert (first.estimate.low, first.change.low, first.change.code) == (None, None, "many_raters")
    assert "100 would be few enough" in (first.change.reason or "")
    light = found.coefficients[-1].estimate
    assert light.value == pytest.approx(np.mean([pair.kappa.value for pair in found.pairs]))
    assert (light.low, light.code) == (None, "many_pairs")
    told = agreement(few, weights="quadratic", ordered=True, leading=[ALPHA], plan=plan).without
    assert told[0].change.low is not None
