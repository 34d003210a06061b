"""What two texts share is found however it is shifted."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.generating.gate.runs import ECHO, Sources, shared

SOURCE = "扣住对方写到的人和事来谈，不大段复述提问，也不替对方补上没有说过的情节。建议要小而具体。"


@given(st.integers(0, 20), st.integers(0, 40), st.text("甲乙丙丁，。", max_size=40))
def test_a_run_is_found_wherever_it_stands(first: int, before: int, after: str) -> None:
    run = SOURCE[first : first + ECHO["zh"]]
    text = "子" * before + run + after
    (found,) = Sources({"prompt": SOURCE}, language="zh").runs(text)
    assert found[0] == "prompt"
    assert run in found[1]


def test_shorter_runs_are_left_alone() -> None:
    run = SOURCE[3 : 3 + ECHO["zh"] - 1]
    assert list(Sources({"prompt": SOURCE}, language="zh").runs(f"子丑{run}寅卯")) == []
    assert list(Sources({"prompt": ""}, language="zh").runs(SOURCE)) == []


@given(st.text("甲乙丙", max_size=60), st.text("甲乙丙", max_size=60))
def test_a_share_is_of_the_text(one: str, other: str) -> None:
    share = shared(one, other, language="zh")
    assert 0 <= share <= 1
    assert shared(one, one, language="zh") == (1 if len(one) >= 8 else 0)
