"""The tidy file's texts survive a spreadsheet and come back as they were."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import tidy
from pipeline.tidy import COLUMNS, defused, flags_of, flags_text, restored, wide_columns

FLAGS = st.fixed_dictionaries(
    {
        "flag": st.text(min_size=1, max_size=8).filter(lambda name: name == name.strip()),
        "reason": st.none() | st.text(alphabet=st.sampled_from("ab|:\\ ，\n"), max_size=8),
    }
)


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(tidy).failed == 0


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n＝a ")))
def test_any_text_comes_back_from_being_defused(text: str) -> None:
    assert restored(defused(text)) == text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_defused_text_begins_as_a_formula_does(start: str) -> None:
    assert defused(f"{start}cmd|' /C calc'!A0").startswith("'")


def test_an_apostrophe_of_the_text_itself_stays() -> None:
    assert restored("'tis so") == "'tis so"


@given(st.lists(FLAGS, max_size=3))
def test_any_flags_come_back_from_their_text(flags: list[dict[str, str | None]]) -> None:
    assert flags_of(flags_text(flags)) == flags


def test_flags_written_by_hand_may_have_spaces_around_the_bar() -> None:
    assert [flag["flag"] for flag in flags_of("harmful | overwhelming")] == [
        "harmful",
        "overwhelming",
    ]


def test_a_flag_needs_a_name() -> None:
    with pytest.raises(ValueError, match=": why"):
        flags_of("harmful|: why")


def test_the_wide_form_has_a_column_for_each_criterion_where_the_long_one_has_two() -> None:
    assert list(COLUMNS)[:8] == [
        "study",
        "item",
        "question_id",
        "system",
        "rater",
        "rater_group",
        "criterion",
        "value",
    ]
    assert list(wide_columns(["relevance", "helpfulness"]))[:9] == [
        "study",
        "item_id",
        "question_id",
        "system",
        "rater",
        "rater_group",
        "relevance",
        "helpfulness",
        "comment",
    ]
