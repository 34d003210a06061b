"""Names of systems inside answers."""

import pytest

from pipeline.study.blinding import A_SYSTEM, names_within, told


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我是 baichuan-7b，很高兴认识你。", ["Baichuan-7B"]),
        ("我是Baichuan-7B。", ["Baichuan-7B"]),
        ("小暖陪着你。", ["小暖"]),
        ("Baichuan-7Bx", []),
        ("A good start is to breathe.", []),
        ("", []),
    ],
)
def test_a_systems_name_is_found_as_a_word_of_its_own(text: str, found: list[str]) -> None:
    assert names_within(text, ["Baichuan-7B", "小暖", "A"]) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("慢慢来，会好的。", []),
        ("我是小暖。", [A_SYSTEM]),
        ("作为 ChatGPT，我在。", ["ChatGPT"]),
        ("我是小暖，不是 ChatGPT。", ["ChatGPT", A_SYSTEM]),
        ("我由 DeepSeek 训练。", [A_SYSTEM]),
    ],
)
def test_a_systems_own_name_is_never_told(text: str, found: list[str]) -> None:
    assert told(text, ["小暖", "deepseek"]) == found
