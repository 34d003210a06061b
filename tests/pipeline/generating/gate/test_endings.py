"""A text that breaks off is told from one that closes without a mark."""

import pytest

from pipeline.generating.gate.endings import broken_off

BODY = "今晚先写下三件事。写完就去睡。"


@pytest.mark.parametrize(
    "end",
    [
        "慢慢来。",
        "你愿意吗？",
        "晚安～",
        "（抱抱）",
        "“够好就行。”",
        "加油！🌱",
        "\n\n祝好",
        "加油",
        "就这样……",
    ],
)
def test_a_text_that_ends_is_left_alone(end: str) -> None:
    assert broken_off(BODY + end, None, "zh") is None


@pytest.mark.parametrize(
    "end",
    ["如果", "明天可以先从最小的那件事", "第二步，", "比如：", "他说“", "也许是因为", "你可以（"],
)
def test_a_text_that_breaks_off_is_told(end: str) -> None:
    found = broken_off(BODY + end, None, "zh")
    assert found is not None
    assert found.code == "cut_off"
    assert found.cited["example"].endswith(end[-3:])


def test_each_part_has_an_end() -> None:
    text = "你很累，因为\n\n今晚先睡。"
    parts = [
        {"part": "validation", "start": 0, "end": 6},
        {"part": "strategy", "start": 8, "end": 13},
    ]
    found = broken_off(text, parts, "zh")
    assert found is not None
    assert found.cited["example"] == "…你很累，因为"
    listed = "两件小事：\n- 写下来\n- 去散步\n\n今晚先睡。"
    assert broken_off(listed, [{"part": "strategy", "start": 0, "end": 17}], "zh") is None


def test_english_ends_likewise() -> None:
    assert broken_off("Write it down. Take care", None, "en") is None
    assert broken_off("Write it down.\n\nWarmly, a friend of yours", None, "en") is None
    found = broken_off("Write it down. And if the old fear keeps you from", None, "en")
    assert found is not None
    assert found.code == "cut_off"
