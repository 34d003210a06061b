"""Raters with themselves: against the package krippendorff, with clusters, and without repeats."""

import krippendorff
import numpy as np
import pytest

from pipeline.stats.agreement.repeats import with_themselves
from pipeline.stats.ratings import Ratings, ratings
from pipeline.stats.resampling.intervals import Resampling, wilson

PLAN = Resampling(level=0.95, resamples=500, seed=11)
# Observer 1 of Dawid and Skene 1979 (ORACLES.md, O14), who saw 45 patients several times.
FIRST = "131222132242121111222222112111131224223111212"
AGAIN = "131222232342122111222222113111131223233112322"


def grades(text: str) -> Ratings:
    return ratings([[int(sign) for sign in text]], levels=(1, 2, 3, 4))


def test_one_rater_has_the_alpha_that_two_rows_of_scores_have() -> None:
    found = with_themselves(grades(FIRST), grades(AGAIN), metric="ordinal", plan=PLAN)
    rows = [[int(sign) for sign in text] for text in (FIRST, AGAIN)]
    by_package = krippendorff.alpha(rows, level_of_measurement="ordinal")
    assert found.alpha.value == pytest.approx(by_package, abs=1e-12)
    equal = sum(a == b for a, b in zip(FIRST, AGAIN, strict=True))
    assert found.percent_agreement == wilson(equal, 45, level=0.95)
    assert (found.n, found.items) == (45, 45)


def test_pooled_raters_are_never_compared_with_each_other() -> None:
    """Two raters who never agree with each other, but always with themselves."""
    mine = np.array([[0, 1, 0, 1, 2, -1], [2, 0, 1, 0, 0, 1]])
    scale = np.array([0.0, 1.0, 2.0])
    found = with_themselves(Ratings(mine, scale), Ratings(mine, scale), metric="ordinal", plan=PLAN)
    assert (found.percent_agreement.value, found.alpha.value) == (1, 1)
    assert (found.n, found.items) == (11, 6)
    rows = np.where(mine < 0, np.nan, mine).reshape(1, -1).repeat(2, axis=0)
    assert krippendorff.alpha(rows, level_of_measurement="ordinal") == 1


def test_raters_who_share_items_are_no_further_items() -> None:
    """Nine raters who slip on the same items tell no more of items than one who does."""
    one = with_themselves(grades(FIRST), grades(AGAIN), metric="ordinal", plan=PLAN)
    nine = with_themselves(
        *(Ratings(grades(text).codes.repeat(9, axis=0), grades(text).levels)
          for text in (FIRST, AGAIN)),
        metric="ordinal", plan=PLAN,
    )  # fmt: skip
    assert (nine.n, nine.items) == (405, 45)
    assert nine.alpha.low == pytest.approx(one.alpha.low, abs=0.02)
    low, high = nine.percent_agreement.low, nine.percent_agreement.high
    assert low is not None
    assert high is not None
    assert high - low > 0.15  # of 405 independent pairs it would be 0.06


def test_what_cannot_be_told_says_why() -> None:
    scale = np.array([0.0, 1.0])
    none = Ratings(np.array([[-1, -1]]), scale)
    same = Ratings(np.array([[1, 1]]), scale)
    found = with_themselves(same, none, metric="nominal", plan=PLAN)
    assert (found.n, found.percent_agreement.code, found.alpha.code) == (
        0,
        "no_repeats",
        "no_repeats",
    )
    found = with_themselves(same, same, metric="nominal", plan=PLAN)
    assert (found.percent_agreement.value, found.alpha.code) == (1, "one_value")
    with pytest.raises(ValueError, match="the same raters, items and scale"):
        with_themselves(same, Ratings(np.array([[1]]), scale), metric="nominal", plan=PLAN)
