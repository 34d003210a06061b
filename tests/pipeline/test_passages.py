import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.records import asked_hash
from pipeline.passages import passage


@pytest.mark.parametrize(
    ("text", "description", "whole"),
    [
        ("为什么我总是担心？", "每天都睡不着。", "为什么我总是担心？每天都睡不着。"),
        ("为什么我总是担心?", "每天都睡不着。", "为什么我总是担心?每天都睡不着。"),
        ("我总是担心……", "每天都睡不着。", "我总是担心……每天都睡不着。"),
        ("我总是担心", "每天都睡不着。", "我总是担心\n每天都睡不着。"),
        ("Why do I worry?", "I cannot sleep.", "Why do I worry? I cannot sleep."),
        ("Always worried", "I cannot sleep.", "Always worried\nI cannot sleep."),
        ("我总是担心", "  \n", "我总是担心"),
        (None, "每天都睡不着。", "每天都睡不着。"),
        (None, None, ""),
    ],
)
def test_title_and_description_become_one_passage(
    text: str | None, description: str | None, whole: str
) -> None:
    assert passage(text, description) == whole


@given(st.text(), st.text())
def test_nothing_but_blanks_is_added_or_lost(text: str, description: str) -> None:
    joined = passage(text, description)
    assert "".join(joined.split()) == "".join((text + description).split())
    assert asked_hash(joined) == asked_hash(text + description)
    assert joined == joined.strip()
