"""Headings and talk about the task are told from prose that only looks like them."""

import pytest

from pipeline.generating.gate.leftovers import Headings, about_task
from pipeline.prompts import library

ZH = Headings(library.find(None, "cbt-zh").parts, "zh")
EN = Headings(library.find(None, "cbt-en").parts, "en")


@pytest.mark.parametrize(
    "text",
    [
        "验证和共情：你辛苦了。",
        "先说想法。识别关键思维或信念：都怪我。",
        "【共情】你辛苦了。",
        "应对策略\n写下来。",
        "共情与验证：你辛苦了。",
        "你辛苦了。\nthought: 都怪我。",
        '"strategy": 写下来。',
        "第二部分 想法",
        "慢慢来。\n鼓励与前瞻",
    ],
)
def test_a_heading_in_prose_is_told(text: str) -> None:
    assert ZH.in_prose(text, [0]) is not None


@pytest.mark.parametrize(
    "text",
    [
        "想一想：是谁先说的？",
        "情境：开会。\n信念：我不行。\n心情：七分。",
        "你的反思很真诚。\n再往前走一步。",
        "亲爱的朋友：\n你辛苦了。",
        "第一步：写下来。\n第二步：念一遍。",
        "抱抱你。\n慢慢来。",
    ],
)
def test_prose_with_colons_and_short_lines_is_left_alone(text: str) -> None:
    assert ZH.in_prose(text, [0]) is None


def test_a_name_that_is_an_everyday_phrase_may_stand_before_a_colon() -> None:
    act = Headings(library.find(None, "act-zh").parts, "zh")
    assert act.in_prose("今晚先迈出一步：发一条消息。再慢慢回到当下：听听窗外。", [0]) is None
    assert act.in_prose("听听窗外。迈出一步：发一条消息。", [0]) is not None


def test_english_prose_may_speak_of_thoughts_and_reasons() -> None:
    said = "One more thought: rest. Here is the reason: you are tired."
    assert EN.in_prose(said, [0]) is None
    assert EN.in_prose("Rest.\nEncouragement: go on.", [0]) is not None
    assert EN.in_prose("Practical steps\nRest.", [0]) is not None


def test_an_answer_in_text_may_have_headings_but_no_fields() -> None:
    assert ZH.in_text("【验证和共情】\n你辛苦了。\n应对策略：写下来。") is None
    assert ZH.in_text("validation: 你辛苦了。") is not None
    assert EN.in_text("Strategy: rest.\nEncouragement: go on.") is None
    assert EN.in_text("Rest.\nDistortions: labeling") is not None


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("以下是我的回复：你辛苦了。", "zh", True),
        ("这是一份很累的工作，内容又杂。", "zh", False),
        ("根据你说的，这份要求确实不公平。", "zh", False),
        ("按照你的要求，我用五段来回答。", "zh", True),
        ("以上三件事，先做第一件。", "zh", False),
        ("Sure, here is my answer to you.", "en", True),
        ("Sure, it hurts. Here is one thing to try.", "en", False),
        ("The answer is yours to find. Take care. (Word count: 212)", "en", True),
    ],
)
def test_talk_about_the_task_is_told(text: str, language: str, *, told: bool) -> None:
    assert (about_task(text, language) is not None) == told
