"""An answer is set aside only where it is none, with a reason that begins with its code."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.inferring.collapse import goes_in_circles, said_before
from pipeline.inferring.judged import judged

DEMO = Path(__file__).parents[3] / "pipeline" / "demo"
GOOD = "你很辛苦。\n\n先写下最担心的一件事，再问自己：有没有别的可能？"


def test_a_whole_answer_is_kept_with_its_parts_whatever_its_quality() -> None:
    found = judged("1. 共情：我理解你。\n2. 策略：写下来。<|im_end|>", stopped=True, room=50)
    assert (found.status, found.reason) == ("kept", None)
    assert [span["part"] for span in found.parts or ()] == ["validation", "strategy"]
    assert found.text.endswith("写下来。")
    assert judged("好", stopped=True, room=50).status == "kept"


def test_what_is_cut_off_says_nothing_or_goes_in_circles_is_set_aside() -> None:
    cut = judged(GOOD, stopped=False, room=64)
    assert (cut.status, cut.text) == ("set_aside", GOOD)
    assert cut.reason == "no_room: the answer ends at the limit of 64 tokens"
    empty = judged(" \n<|endoftext|>", stopped=True, room=64)
    assert (empty.status, empty.text, empty.parts) == ("set_aside", "", None)
    assert empty.reason == "empty: the answer says nothing"
    circles = judged(GOOD + "一步一步来。" * 60, stopped=False, room=64)
    assert circles.reason is not None
    codes = [each.partition(":")[0] for each in circles.reason.split("; ")]
    assert codes == ["repetition", "no_room"]


def test_no_answer_of_the_demo_goes_in_circles() -> None:
    for file in DEMO.glob("responses-*.jsonl"):
        for line in file.read_text("utf-8").splitlines():
            assert said_before(json.loads(line)["response"]) < 0.1


@given(st.text(min_size=1, max_size=30), st.integers(3, 40))
def test_what_is_only_said_again_goes_in_circles(unit: str, times: int) -> None:
    text = unit * times
    if len("".join(text.split())) >= 90 and times >= 4:
        assert goes_in_circles(text)
    assert 0 <= said_before(text) < 1
