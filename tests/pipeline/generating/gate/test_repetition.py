"""An answer that goes in circles is told, one that insists is not."""

import pytest

from pipeline.generating.gate.repetition import clauses_of, repeated

OWN = "听起来这段时间你很累，工作和家里都要你顾着，夜里还睡不好，早上又要赶地铁，谁都会撑不住。"


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        (f"{OWN}慢慢来，慢慢来，慢慢来。", "zh", False),
        (f"{OWN}睡一觉，睡一觉，{'睡一觉，' * 6}", "zh", True),
        (f"{OWN}{OWN}", "zh", True),
        (f"{OWN}{'我们可以一起想办法' * 12}", "zh", True),
        (f"{OWN}{'没有标点的一句很长很长的话' * 2}", "zh", False),
        ("You can do it. " * 4, "en", True),
        ("Breathe in, breathe out, breathe in, breathe out, and sit down.", "en", False),
        ("", "zh", False),
    ],
)
def test_what_comes_back_too_often_is_told(text: str, language: str, *, told: bool) -> None:
    assert (repeated(clauses_of(text), language) is not None) == told
