"""How long a text takes to be read."""

import pytest

from pipeline.reading_time import least_seconds

A_CHARACTER, A_WORD = 60 / 255 / 3, 60 / 183 / 3


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0),
        ("三天睡不着。", 5 * A_CHARACTER),
        ("It's a first step, isn't it?", 6 * A_WORD),
        ("试试 mindfulness 练习", 4 * A_CHARACTER + A_WORD),
        ("𠮷 🌱 --- 1.5", A_CHARACTER + 2 * A_WORD),
    ],
)
def test_chinese_is_counted_by_characters_and_the_rest_by_words(text: str, seconds: float) -> None:
    assert least_seconds(text) == pytest.approx(seconds)
