"""What a model puts around words goes; the words stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.generating.prose import prose

NAME = "验证和共情"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("**慢慢来**，_不急_，__真的__。", "慢慢来，_不急_，真的。"),
        ("你*真的*很辛苦，`深呼吸`。", "你真的很辛苦，深呼吸。"),
        ("### 今晚\n先睡。\n\n---\n\n> 明天再说。", "今晚\n先睡。\n\n明天再说。"),
        ("- 写下来\n- 看一看", "- 写下来\n- 看一看"),
        ("先写。\\n\\n再看。", "先写。\n\n再看。"),
        ("先写。  \n\n\n\n再看。\t", "先写。\n\n再看。"),
        ("2*3*4 = 24，打分 *，**", "2*3*4 = 24，打分 *，**"),
        ("看 C:\\notes\\new 里的表。", "看 C:\\notes\\new 里的表。"),
        (f"**{NAME}**\n你辛苦了。", "你辛苦了。"),
        (f"1. {NAME}：你辛苦了。", "你辛苦了。"),
        (f"【{NAME}】你辛苦了。", "你辛苦了。"),
        (f"{NAME}是第一步。", f"{NAME}是第一步。"),
        (f"{NAME}：", f"{NAME}："),
    ],
)
def test_marks_and_the_parts_own_name_go_and_words_stay(text: str, wanted: str) -> None:
    assert prose(text, name=NAME) == wanted


MARKS = st.sampled_from(
    ["**", "__", "*", "`", "#", "> ", "\n", "\\n", "-", " ", "好", "a", NAME, "："]
)


@given(st.lists(MARKS, max_size=25).map("".join))
def test_no_word_is_lost(text: str) -> None:
    found = prose(text, name=NAME)
    assert found.count("好") == text.count("好")
    assert found.count("a") == text.count("a")
    assert found == found.strip()
