"""What a model says is told apart from what it thinks, and from what its template adds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.calling.said.said import said, storable

ANSWER = "辛苦了。\n\n慢慢来。"


@pytest.mark.parametrize(
    "reply",
    [
        f"<think>先共情，再写建议。</think>\n\n{ANSWER}",
        f"先共情，再写建议。</think>{ANSWER}",
        f"<THINKING>a</THINKING>{ANSWER}",
        f"<think>a<think>b</think>c</think>{ANSWER}",
        f"◁think▷先共情◁/think▷{ANSWER}",
        f"{ANSWER}<think>写完了吗",
        "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>"
        f"{ANSWER}<|return|>",
        f"<s> {ANSWER}</s>",
        f"{ANSWER}<|im_end|>\n<|endoftext|>",
        f"{ANSWER}<｜end▁of▁sentence｜>",
        f"\ufeff{ANSWER}\n",
        ANSWER.replace("\n", "\r\n"),
        "辛苦\x00了。\u2028\u2028慢慢\ud83d来。\u200b",
    ],
)
def test_an_answer_is_all_that_is_left_of_a_reply(reply: str) -> None:
    assert said(reply) == ANSWER


@pytest.mark.parametrize("reply", ["", " \n", "<think>先想", "<think>先想</think>", "\ufeff</s>"])
def test_a_reply_of_nothing_but_thinking_says_nothing(reply: str) -> None:
    assert said(reply) == ""


def test_a_smaller_sign_and_an_emoji_stay() -> None:
    text = "压力 < 3 分，就 <散步> 👨‍👩‍👧 十分钟"
    assert said(text) == text


PIECES = ["<think>", "</think>", "<s>", "</s>", "<", ">", "a", " ", "\n", "◁/think▷", "<|im_end|>"]


@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
def test_what_is_said_can_be_stored_and_says_the_same_again(reply: str) -> None:
    found = said(reply)
    assert storable(found) == found
    assert found.encode().decode() == found
    assert "\x00" not in found
