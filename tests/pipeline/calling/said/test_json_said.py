"""The object that was asked for is found among whatever a model puts around it."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.calling.said.json_said import json_said

KEYS = {"thought": "thought", "识别想法": "thought", "strategy": "strategy", "list": "list"}
BOTH = {"thought": "都怪我", "strategy": "写下来"}
SAID = json.dumps(BOTH, ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "repairs"),
    [
        (SAID, []),
        (f"```json\n{SAID}\n```", ["code block"]),
        (f"```\n{SAID}", ["code block"]),
        (f"好的，这是回答：\n{SAID}\n希望有帮助。", ["words"]),
        (f"用 {{字段}} 写：{SAID}", ["words"]),
        (f"{SAID}\n{SAID}", []),
        ('{"thought": "都怪我", "strategy": "写下来",}', ["commas"]),
        ('{"Thought": "都怪我", "STRATEGY": "写下来", "note": 1}', []),
        ('{"识别想法": "都怪我", "strategy": "写下来"}', []),
        (f'{{"answer": {SAID}}}', ["wrapper"]),
        ('{"strategy": "写下来", "rest": {"thought": "都怪我"}}', ["wrapper"]),
        (f"[{SAID}]", ["wrapper"]),
        (json.dumps(SAID), ["string"]),
        ('{"thought": "都怪我", "thought": "都怪我", "strategy": "写下来"}', []),
        ('{"thought": "\\u90fd\\u602a\\u6211\\u0000\\ud800", "strategy": "写下来"}', []),
    ],
)
def test_the_object_is_found_and_it_is_said_what_was_around_it(text: str, repairs: Any) -> None:
    found = json_said(text, KEYS)
    assert found.value == BOTH
    assert list(found.repairs) == repairs


def test_line_breaks_and_quotation_marks_inside_texts_are_mended_together() -> None:
    text = '```json\n{"thought": "你说"都怪我"。\n\n真的吗？",\n"strategy": "写下来",\n}\n```\n祝好'
    found = json_said(text, KEYS)
    assert found.value == {"thought": '你说"都怪我"。\n\n真的吗？', "strategy": "写下来"}
    assert set(found.repairs) == {"quotes", "line breaks", "commas", "code block", "words"}


@pytest.mark.parametrize(
    ("text", "lack"),
    [
        ("辛苦了，慢慢来。", "none"),
        ("写下{心情}。", "none"),
        ('"好"', "none"),
        ("3", "none"),
        ("{'thought': '都怪我'}", "none"),
        ('{"thought": "都怪', "cut off"),
        ('{"thought": "都怪我"', "cut off"),
        ('{"thought": "都怪我"]', "broken"),
        ("[" * 100_000, "broken"),
        ('{"a":' * 100_000, "broken"),
        ("{}", "other"),
        ('{"mood": "sad"}', "other"),
        ("[1, 2]", "other"),
        ('{"a": {"thought": "x"}, "b": {"thought": "y"}}', "other"),
        (f'{SAID} {{"thought": "另一个"}}', "several"),
        ('{"thought": "都怪我", "thought": "不怪我"}', "twice"),
        ('{"thought": "都怪我", "识别想法": "不怪我"}', "twice"),
    ],
)
def test_it_is_said_what_a_reply_lacks(text: str, lack: str) -> None:
    found = json_said(text, KEYS)
    assert (found.value, found.lack) == (None, lack)


PIECES = st.sampled_from(
    ['{"', '"}', '"', ",", ":", "[", "]", "{", "}", '"thought": "', "```", "```json\n", "\\", "\n",
     "好", " ", "null", '"list": [', "1e9", "\\u12", "﻿"]
)  # fmt: skip


@given(st.text() | st.lists(PIECES, max_size=30).map("".join))
def test_no_text_is_too_strange_to_be_looked_at(text: str) -> None:
    found = json_said(text, KEYS)
    assert (found.value is None) == (found.lack is not None)
    assert found.value is None or set(found.value) <= set(KEYS.values())


@pytest.mark.parametrize("piece", ['{"', '{"a":', '{"thought": "', '"', "{}", '{"a": "b', "```"])
def test_long_replies_of_a_model_that_lost_its_way_take_no_time(piece: str) -> None:
    began = time.process_time()
    json_said(piece * 2_000, KEYS)
    assert time.process_time() - began < 0.5
