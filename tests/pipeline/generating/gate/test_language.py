"""The language of an answer is told by its letters."""

import pytest

from pipeline.generating.gate.language import foreign, traditional

ZH = "听起来这段时间你很累，工作和家里都要你顾着，夜里还睡不好。先把今晚的一件小事做完。"
EN = (
    "It sounds as if you have been carrying a great deal, at work and at home, and sleeping badly. "
)


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        (ZH, "zh", False),
        (EN, "en", False),
        (EN, "zh", True),
        (ZH, "en", True),
        (f"{ZH * 4}offer、PPT 和 KPI 先放一放，听听 Yesterday Once More。", "zh", False),
        (f"{ZH}You are doing the best you can with what you have.", "zh", True),
        (f"{EN * 4}There is a saying, 欲速则不达.", "en", False),
        (f"{EN * 4}今晚先把最小的那件事做完，别的明天再说吧。", "en", True),
        (f"{EN}José and Zoë, café, naïve, “quotes” – dashes.", "en", False),
        ("今日はとても疲れましたね。ゆっくり休んでください。", "zh", True),
        ("오늘은 정말 힘드셨겠어요. 천천히 쉬세요.", "zh", True),
        ("Вы очень устали, отдохните немного.", "en", True),
        ("……！？", "zh", True),
    ],
)
def test_an_answer_in_another_language_is_told(text: str, language: str, *, told: bool) -> None:
    found = foreign(text, language)
    assert (found is not None) == told
    assert found is None or found.code == "language"


def test_rare_characters_are_not_traditional_ones() -> None:
    assert traditional(f"{ZH}被怼了一句，囧，啰嗦。怼怼怼怼怼怼", "") is None
    found = traditional("聽起來這段時間你很累，慢慢來。", "")
    assert found is not None
    assert found.cited["example"] == "聽起來這段時間你很累"
