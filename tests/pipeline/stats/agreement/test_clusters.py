"""Several items about one question are drawn together: the figures stay, their intervals do not."""

from collections.abc import Iterator
from dataclasses import replace

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.labelled import Votes
from pipeline.labeller_agreement import LabellerAgreement, measure
from pipeline.stats.agreement.alpha import alpha_sums, krippendorff_alpha, paired
from pipeline.stats.agreement.clusters import Clusters, several
from pipeline.stats.agreement.coefficients import coefficients_of
from pipeline.stats.agreement.differences import difference
from pipeline.stats.agreement.families import IDENTITY, Which
from pipeline.stats.agreement.group_agreement import between_groups
from pipeline.stats.agreement.icc import ICC
from pipeline.stats.agreement.repeats import with_themselves
from pipeline.stats.agreement.whole import Agreement, agreement
from pipeline.stats.labels.sets import percent_agreement
from pipeline.stats.ratings import MISSING, Codes, Ratings
from pipeline.stats.resampling.intervals import Estimate, Resampling, resampled

PLAN = Resampling(level=0.95, resamples=300, seed=7)
SCALE = np.arange(3.0)
ALPHA = Which("krippendorff_alpha", "ordinal")
AC2 = Which("gwet_ac2", "linear")
EQUAL = Which("percent_agreement", IDENTITY)


def scored(items: int, raters: int = 4, *, seed: int = 1, gaps: float = 0.2) -> Codes:
    rng = np.random.default_rng(seed)
    codes = np.where(
        rng.random((raters, items)) < 0.5, rng.integers(3, size=(raters, items)), items % 3
    )
    codes[rng.random(codes.shape) < gaps] = MISSING
    return codes


def of(ratings: Ratings) -> Agreement:
    return agreement(ratings, weights="linear", ordered=True, leading=[ALPHA, AC2], plan=PLAN)


def told(found: Agreement) -> Iterator[Estimate]:
    yield from (each.estimate for each in found.coefficients)
    yield from (each.kappa for each in found.categories)
    for pair in found.pairs:
        yield from (pair.kappa, pair.linear, pair.quadratic)
    for each in found.without:
        yield from (each.estimate, each.change)


def without_method(each: Estimate) -> Estimate:
    return replace(each, method="")


def test_no_figure_changes_and_every_interval_says_that_questions_were_drawn() -> None:
    codes = scored(90)
    apart, together = (of(Ratings(codes, SCALE, about)) for about in (None, np.arange(90) // 3))
    for one, other in zip(told(apart), told(together), strict=True):
        assert one.value == other.value
        assert one.value is not None
        assert "resamples of items, raters held fixed" in one.method
        assert "resamples of questions, raters held fixed" in other.method
        assert (one.low, one.high) != (other.low, other.high)


def test_formulas_that_take_items_as_independent_are_left_out_or_say_so() -> None:
    codes = scored(90)
    together = of(Ratings(codes, SCALE, np.arange(90) // 3))
    assert {each.standard_error for each in together.coefficients} == {None}
    assert {pair.linear_error for pair in together.pairs} == {None}
    normal = [each.normal for each in together.coefficients if each.name in ICC]
    assert all(each and each.method.endswith("items taken as independent") for each in normal)
    apart = of(Ratings(codes, SCALE))
    assert apart.coefficients[0].standard_error is not None
    assert apart.pairs[0].linear_error is not None


def test_where_each_question_has_one_item_all_is_as_without_questions() -> None:
    codes = scored(60)
    assert several(np.arange(60)) is None
    apart = of(Ratings(codes, SCALE))
    alone = of(Ratings(codes, SCALE, np.random.default_rng(3).permutation(60)))
    for one, other in zip(told(apart), told(alone), strict=True):
        assert without_method(one) == without_method(other)
    assert apart.pairs[0].table.tolist() == alone.pairs[0].table.tolist()
    assert [each.standard_error for each in apart.coefficients] == [
        each.standard_error for each in alone.coefficients
    ]


def test_items_that_come_three_times_in_their_question_add_no_certainty() -> None:
    codes = scored(40)
    once = of(Ratings(codes, SCALE))
    thrice = of(Ratings(np.repeat(codes, 3, axis=1), SCALE, np.repeat(np.arange(40), 3)))
    untouched = of(Ratings(np.repeat(codes, 3, axis=1), SCALE))
    # Alpha and intraclass correlations know how many scores there are, beside how they lie.
    for one, three, naive in zip(
        once.coefficients, thrice.coefficients, untouched.coefficients, strict=True
    ):
        if one.name == "krippendorff_alpha" or one.name in ICC:
            continue
        a, b, c = one.estimate, three.estimate, naive.estimate
        assert None not in {a.low, a.high, c.low, c.high}
        assert (a.value, a.low, a.high) == pytest.approx((b.value, b.low, b.high), abs=1e-12)
        assert (a.high or 0) - (a.low or 0) > 1.4 * ((c.high or 0) - (c.low or 0))


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 9), st.integers(0, 2**32 - 1))
def test_a_resample_of_questions_has_the_alpha_of_all_their_items(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes, about = scored(24, seed=seed), rng.integers(n, size=24)
    answers = paired(codes, about)
    clusters = answers.clusters
    assert isinstance(clusters, Clusters)
    kinds, sizes = contents(codes, about)
    assert sorted(clusters.counts.tolist()) == sorted(sizes)
    alphas = alpha_sums(answers.counts, SCALE[answers.values], "ordinal")
    for weights in next(resampled(clusters.counts, replace(PLAN, resamples=5))):
        ours = alphas(clusters.items(weights[None]))[0, 0]
        sums = clusters.sums(alphas.adds) @ weights
        assert np.allclose(sums, alphas.adds @ clusters.items(weights[None])[0])
        drawn = _drawn(weights, clusters, answers.counts)
        if (drawn.sum(axis=0) > 0).sum() > 1:
            package = krippendorff.alpha(
                value_counts=drawn.astype(int),
                value_domain=SCALE[answers.values],
                level_of_measurement="ordinal",
            )
            assert ours == pytest.approx(package, abs=1e-12)
    assert len(kinds) == clusters.starts.size


def contents(codes: Codes, about: NDArray[np.int64]) -> tuple[list[str], list[int]]:
    """Return the different questions, told by how often their items were given each level."""
    found: dict[str, int] = {}
    enough = (codes >= 0).sum(axis=0) > 1
    for question in np.unique(about[enough]):
        items = codes[:, enough & (about == question)].T
        key = str(sorted(sorted(item[item >= 0].tolist()) for item in items))
        found[key] = found.get(key, 0) + 1
    return list(found), list(found.values())


def _drawn(
    weights: NDArray[np.float64], clusters: Clusters, counts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the items of a resample one by one, each by how often it was given each level."""
    each = np.split(clusters.kinds, clusters.starts[1:])
    return np.vstack(
        [counts[own] for own, n in zip(each, weights.astype(int), strict=True) for _ in range(n)]
    )


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_no_order_of_items_or_names_of_questions_changes_a_bit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes, about = scored(45, seed=seed), np.arange(45) // 3
    order, names = rng.permutation(45), rng.permutation(15)
    moved = Ratings(codes[:, order], SCALE, names[about][order])
    here = Ratings(codes, SCALE, about)
    wanted = [EQUAL, ALPHA, AC2]
    assert coefficients_of(moved, wanted, plan=PLAN) == coefficients_of(here, wanted, plan=PLAN)
    assert krippendorff_alpha(moved, metric="ordinal", plan=PLAN) == krippendorff_alpha(
        here, metric="ordinal", plan=PLAN
    )


def test_a_share_of_items_has_wilsons_interval_only_if_each_is_about_another_question() -> None:
    codes = scored(60, raters=2, gaps=0)
    about = np.arange(60) // 2
    [apart] = coefficients_of(Ratings(codes, SCALE), [EQUAL], plan=PLAN)
    [together] = coefficients_of(Ratings(codes, SCALE, about), [EQUAL], plan=PLAN)
    assert "Wilson score" in apart.estimate.method
    assert "bootstrap BCa, 300 resamples of questions" in together.estimate.method
    assert percent_agreement(codes, plan=PLAN).method == "Wilson score"
    assert "questions" in percent_agreement(codes, plan=PLAN, about=about).method
    codes[0, ::2] = MISSING  # so that no question has two items that two raters scored
    [alone] = coefficients_of(Ratings(codes, SCALE, about), [EQUAL], plan=PLAN)
    assert "Wilson score" in alone.estimate.method


def test_a_handful_of_questions_gives_no_interval_however_many_items_they_have() -> None:
    ratings = Ratings(scored(100), SCALE, np.arange(100) % 5)
    for each in told(of(ratings)):
        assert each.value is not None
        assert (each.low, each.high, each.code) == (None, None, "few_questions")
        assert each.reason == ("5 questions are too few for a 95% interval, 6 would be enough")


def test_groups_repeats_and_differences_draw_questions_too() -> None:
    about = np.arange(90) // 3
    first, again = scored(90), scored(90, seed=2)
    for clusters, what in ((None, "items"), (about, "questions")):
        a, b = Ratings(first, SCALE, clusters), Ratings(again, SCALE, clusters)
        groups = between_groups(a, b, weights=np.eye(3), plan=PLAN)
        twice = with_themselves(a, b, metric="ordinal", plan=PLAN)
        same, other = (
            difference(a, b, ALPHA, same_items=together, plan=PLAN) for together in (True, False)
        )
        for each in (groups.kappa, twice.percent_agreement, twice.alpha, same.difference, other.a):
            assert each.low is not None
            assert f"300 resamples of {what}, raters held fixed" in each.method


def test_two_samples_are_both_to_have_enough_questions() -> None:
    many = Ratings(scored(90), SCALE, np.arange(90) // 3)
    few = Ratings(scored(30), SCALE, np.arange(30) % 3)
    found = difference(many, few, ALPHA, same_items=False, plan=PLAN).difference
    assert (found.low, found.code) == (None, "few_questions")


def test_labels_of_several_answers_to_a_question_are_drawn_together() -> None:
    presence = np.where(scored(60, gaps=0) > 1, 1, 0)
    sets = np.where(presence == 0, np.random.default_rng(4).integers(1, 4, presence.shape), 0)

    def found(about: NDArray[np.int64] | None) -> LabellerAgreement:
        return measure(Votes(("a", "b"), presence, sets, about), plan=PLAN)

    apart, together = found(None), found(np.arange(60) // 2)
    for one, other in zip(all_of(apart), all_of(together), strict=True):
        assert one.value == other.value
        assert one.value is not None
        assert "of items" in one.method
        assert "of questions" in other.method


def all_of(found: LabellerAgreement) -> list[Estimate]:
    by_label = [estimate for _, estimate in found.by_label.values()]
    return [*found.presence.values(), *found.labels.values(), *by_label]


def test_each_item_is_about_one_question() -> None:
    with pytest.raises(ValueError, match="each item is in one cluster"):
        Ratings(scored(4), SCALE, np.arange(3))
