"""The sentence that tells a running study how many more items it needs."""

import pytest

from pipeline.cli.planning_texts import about, sentence
from pipeline.stats.planning.more_items import more_items
from pipeline.stats.resampling.intervals import Estimate

ALPHA = Estimate(0.61, 0.52, 0.69, 0.95, "bootstrap")


@pytest.mark.parametrize(
    ("wish", "remaining", "each", "said"),
    [
        (None, None, 2, "about 40 more doubly rated items bring it to ± 0.06"),
        (0.06, 100, 5, "about 40 more items with 5 ratings each bring it to ± 0.06"),
        (0.1, 100, 2, "it is within ± 0.1 already"),
        (
            0.02,
            60,
            2.4,
            "about 680 more items with 2.4 ratings each bring it to ± 0.02; the study has only 60"
            " to come, with which it comes to about ± 0.05",
        ),
        (
            0.02,
            0,
            2,
            "about 680 more doubly rated items bring it to ± 0.02; the study has no more items to"
            " come",
        ),
    ],
)
def test_a_person_reads_the_figure_and_what_would_narrow_it(
    wish: float | None, remaining: int | None, each: float, said: str
) -> None:
    found = more_items(ALPHA, 40, half_width=wish, remaining=remaining)
    assert sentence("alpha", ALPHA, found, each=each) == f"alpha 0.61 [0.52, 0.69]; {said}"


@pytest.mark.parametrize(
    ("each", "of_question", "said"),
    [
        (2, 3, "about 40 more questions with 3 doubly rated items each bring it to ± 0.06"),
        (5, 1.5, "about 40 more questions with 1.5 items of 5 ratings each bring it to ± 0.06"),
        (5, 1, "about 40 more questions with an item of 5 ratings bring it to ± 0.06"),
        (2, 1, "about 40 more questions with a doubly rated item bring it to ± 0.06"),
    ],
)
def test_where_questions_are_drawn_they_are_counted(
    each: float, of_question: float, said: str
) -> None:
    found = more_items(ALPHA, 40, remaining=0)
    text = sentence("alpha", ALPHA, found, each=each, of_question=of_question)
    assert text == (f"alpha 0.61 [0.52, 0.69]; {said}; the study has no more questions to come")


def test_an_undefined_interval_says_why() -> None:
    same = Estimate(None, None, None, 0.95, "bootstrap", "one_value", "all answers are the same")
    assert sentence("alpha", same, more_items(same, 40), each=2) == (
        "alpha -; how many more items it needs cannot be told: all answers are the same"
    )


@pytest.mark.parametrize(("n", "told"), [(1, 1), (19, 19), (20, 20), (38, 40), (101, 100)])
def test_a_number_is_rounded_as_far_as_an_approximation_deserves(n: int, told: int) -> None:
    assert about(n) == told
