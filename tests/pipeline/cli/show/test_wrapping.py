"""Lines of Chinese and English fit their places, and nothing of a text is lost."""

import doctest
import unicodedata

import hypothesis
from hypothesis import strategies as st

from pipeline.cli.columns import width
from pipeline.cli.show import lines, wrapping
from pipeline.cli.show.wrapping import wrapped

MIXED = st.text(st.sampled_from("睡不着，。“”（）abc XY-1\n\t é—…🌱"), max_size=60)


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(wrapping).failed == 0
    assert doctest.testmod(lines).failed == 0


@hypothesis.given(st.one_of(MIXED, st.text(max_size=40)), st.integers(2, 24))
def test_no_line_is_too_wide_and_no_character_is_lost(text: str, places: int) -> None:
    shown = list(wrapped(text, places))
    assert all(width(line) <= places for line in shown)
    assert "".join("".join(shown).split()) == "".join(text.split())


def test_no_line_begins_with_what_closes_or_ends_with_what_opens() -> None:
    text = "他说：“你好。”然后（很久以后）……走了，头也不回！" * 3
    for places in range(10, 40):
        for line in wrapped(text, places):
            assert line[0] not in wrapping.CLOSING
            assert line[-1] not in wrapping.OPENING


def test_words_stay_whole_and_blank_lines_stay() -> None:
    assert list(wrapped("a breathing exercise\n\nfirst", 11)) == [
        "a breathing",
        "exercise",
        "",
        "first",
    ]
    assert unicodedata.name(next(wrapped("🌱", 2))) == "SEEDLING"
