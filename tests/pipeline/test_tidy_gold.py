"""A cell of a gold file says what was put into it, and what cannot be is told."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.columns import Presence
from pipeline import tidy_gold
from pipeline.tidy import is_showable
from pipeline.tidy_gold import Answer, answer_of, answer_of_names, answer_text

NASTY = st.text(st.sampled_from("a|\\ 0 1:=+-@'\"，、读心none"), min_size=1, max_size=8)
WORDS = st.sampled_from(["none", "Present", "0", "1", "1.0", "true", "\\none", "|", "无", "(无)"])
NAMES = (
    (NASTY | WORDS | st.text(min_size=1, max_size=12))
    .map(str.strip)
    .filter(lambda name: name and is_showable(name) and not name.startswith(("[", "{")))
    .filter(lambda name: not any("\ud800" <= mark <= "\udfff" for mark in name))
)


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(tidy_gold).failed == 0


@given(st.lists(NAMES, min_size=1, max_size=4, unique=True))
def test_labels_of_any_name_come_back_as_they_were(names: list[str]) -> None:
    assert answer_of(answer_text("yes", names)) == Answer("yes", tuple(names))


@pytest.mark.parametrize("presence", ["yes", "no", "cannot_tell"])
def test_an_answer_without_labels_comes_back_too(presence: Presence) -> None:
    assert answer_of(answer_text(presence)) == Answer(presence)


@pytest.mark.parametrize(
    ("cell", "presence"),
    [
        ("none", "no"),
        ("Non-distorted", "no"),
        ("No Distortion", "no"),
        (" 非扭曲表述 ", "no"),
        ("非扭曲", "no"),
        ("无认知扭曲", "no"),
        ("无", "no"),
        ("没有", "no"),
        ("否", "no"),
        ("无认知歪曲", "no"),
        ("Not distorted", "no"),
        ("absent", "no"),
        ("是", "yes"),
        ("Distorted", "yes"),
        ("cannot tell", "cannot_tell"),
        ("无法判断", "cannot_tell"),
        ("present", "yes"),
    ],
)
def test_words_for_none_and_cannot_tell_are_no_labels(cell: str, presence: Presence) -> None:
    assert answer_of(cell) == Answer(presence)


def test_labels_keep_their_spelling_and_order_and_are_named_once() -> None:
    assert answer_of("读心术| Mind Reading||读心术").labels == ("读心术", "Mind Reading")
    assert answer_of(r"A\B").labels == (r"A\B",)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("none|labeling", "cannot all be so"),
        ("none|cannot tell", "cannot all be so"),
        ("3", "number 3"),
        ("labeling|0", "number 0"),
        ("|", "names no label"),
        ("['labeling', 'blaming']", "written out"),
        ("a\nb", "one line"),
        ("x" * 201, "at most 200"),
    ],
)
def test_what_is_no_answer_is_told(cell: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        answer_of(cell)


def test_a_list_of_names_is_an_answer_and_an_empty_one_says_none() -> None:
    assert answer_of_names([]) == Answer("no")
    assert answer_of_names(["a|b", "\\c"]) == Answer("yes", ("a|b", "\\c"))
    assert answer_of_names(["无"]) == Answer("no")
