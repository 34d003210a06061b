"""The plain form of a text keeps every character in its place."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.parsing.plain import TABLE, TRADITIONAL, plain


@given(st.text())
def test_no_character_moves(text: str) -> None:
    found = plain(text)
    assert len(found) == len(text)
    assert plain(found) == found


def test_what_rules_need_not_tell_apart_becomes_one() -> None:
    assert (
        plain("「災難化」＝“灾难化”，Mind　Reading！１妳") == '"灾难化"="灾难化",mind reading!1你'
    )


def test_every_traditional_character_has_one_simplified_that_stays() -> None:
    pairs = dict(zip(TRADITIONAL[::2], TRADITIONAL[1::2], strict=True))
    assert all(len(one) == 1 for one in TABLE.values())
    assert {to for to in pairs.values() if to in pairs} == set()
