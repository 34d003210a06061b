"""Names of systems inside answers."""

import pytest

from pipeline.study.blinding import names_within


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
