"""A reply becomes a text whose parts stand where it says, or it is said why it cannot be read."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.generating.reading import BETWEEN, Draft, read
from pipeline.parts import PARTS, checked_spans
from pipeline.prompts import library
from pipeline.prompts.headed import with_headings
from pipeline.prompts.prompt import Prompt

CBT = library.find(None, "cbt-zh")
ACT = library.find(None, "act-zh")
DBT = library.find(None, "dbt-en")
PLAIN = library.find(None, "plain-zh")
SAID = {
    "validation": "你这一路真的很辛苦，我能理解。",
    "thought": "“我永远不行”像是“过度概括”。",
    "challenge": "有没有哪一次你做到了？",
    "strategy": "今晚写下三件事。\n写完就睡。",
    "encouragement": "慢慢来，先写一件。",
}
NAMED = [{"reason": "“永远”", "id": "overgeneralization"}]


def told(draft: Draft) -> dict[str, str]:
    return {span["part"]: draft.text[span["start"] : span["end"]] for span in draft.parts or ()}


def in_json(**more: Any) -> str:
    return json.dumps({"distortions": NAMED, **SAID, **more}, ensure_ascii=False)


def test_the_fields_are_the_parts_and_the_text_is_all_of_them() -> None:
    draft = read(in_json(), CBT, structured=True)
    assert draft.text == BETWEEN.join(SAID.values())
    assert told(draft) == SAID
    assert [(each.id, each.reason) for each in draft.distortions or ()] == [
        ("overgeneralization", "“永远”")
    ]
    assert (draft.problem, draft.marked_by, draft.repairs) == (None, "fields", ())


def test_parts_stand_in_the_prompts_order_whatever_the_order_of_the_fields() -> None:
    backwards = json.dumps(dict(reversed(SAID.items())), ensure_ascii=False)
    draft = read(backwards, CBT, structured=True)
    assert list(told(draft)) == list(PARTS)
    assert draft.distortions is None, "a reply without a list says nothing of distortions"


def test_what_is_mended_is_said_and_the_text_is_the_same() -> None:
    whole = read(in_json(), CBT, structured=True)
    wrapped = in_json().replace("。\\n写", "。\n写").replace("}]", "},]")
    draft = read(f"<think>…</think>好的：\n```json\n{wrapped}\n```", CBT, structured=True)
    assert replace(draft, repairs=()) == whole
    assert set(draft.repairs) == {"line breaks", "commas", "code block", "words"}


def test_unknown_distortions_are_kept_out_and_said() -> None:
    named = [*NAMED, {"id": "过度概括", "reason": "“永远”"}, {"id": "思维反刍", "reason": "…"}]
    draft = read(in_json(distortions=named), CBT, structured=True)
    assert [each.id for each in draft.distortions or ()] == ["overgeneralization"]
    assert draft.unknown == ("思维反刍",)


@pytest.mark.parametrize("empty", ["", "  ", None, 7, {"text": "x"}])
def test_a_part_that_says_nothing_is_not_marked(empty: Any) -> None:
    draft = read(in_json(challenge=empty), CBT, structured=True)
    assert list(told(draft)) == [part for part in PARTS if part != "challenge"]
    assert BETWEEN * 2 not in draft.text


def test_lists_are_lines_and_names_of_parts_are_fields_too() -> None:
    names = {part.name: SAID[part.id] for part in CBT.parts}
    listed = names | {"提供策略或见解": ["今晚写下三件事。", "写完就睡。"]}
    draft = read(json.dumps(listed, ensure_ascii=False), CBT, structured=True)
    assert told(draft) == SAID


@pytest.mark.parametrize("prompt", [CBT, ACT, DBT])
def test_the_headings_that_a_prompt_asks_for_tell_the_parts_of_a_text(prompt: Prompt) -> None:
    texts = {part.name: f"{n}. Hm, that is hard." for n, part in enumerate(prompt.parts)}
    draft = read(with_headings(texts, language=prompt.language), prompt, structured=False)
    assert [span["part"] for span in draft.parts or ()] == [part.id for part in prompt.parts]
    assert list(told(draft).values()) == list(texts.values())
    assert (draft.marked_by, draft.distortions) == ("headings", None)


def test_without_those_headings_the_parser_tells_the_five_parts_of_cbt_only() -> None:
    text = BETWEEN.join(SAID.values())
    draft = read(text, CBT, structured=False)
    assert (told(draft), draft.marked_by) == (SAID, "parser")
    assert {span["by"] for span in draft.parts or ()} == {"parser"}
    assert read(text, ACT, structured=False).parts == [], "the parser would tell CBT's"
    assert read("今天星期三。", CBT, structured=False).parts is None


def test_a_plain_answer_is_its_whole_text() -> None:
    for structured in (True, False):
        draft = read("```\n抱抱你。\n\n慢慢来。\n```", PLAIN, structured=structured)
        assert (draft.text, draft.parts, draft.problem) == ("抱抱你。\n\n慢慢来。", None, None)


def test_json_counts_as_fields_where_text_was_asked_for() -> None:
    draft = read(in_json(), CBT, structured=False)
    assert told(draft) == SAID
    assert draft.repairs == ("fields",)


@pytest.mark.parametrize(
    ("reply", "unread", "why"),
    [
        ("", "empty", "holds nothing"),
        ("<think>先想想", "empty", "holds nothing but thinking"),
        ('{"validation": " "}', "empty", "the parts of the reply are empty"),
        ("你辛苦了。", "no_json", "holds no JSON"),
        (in_json()[:-40], "cut_off", "ends in the middle"),
        ('{"validation": "a"] }', "bad_json", "cannot be read"),
        ('{"mood": "sad"}', "bad_json", "none of the answer's parts"),
        (f'{in_json()} {{"validation": "另一个"}}', "bad_json", "several answers"),
        ('{"validation": "a", "validation": "b"}', "bad_json", "two texts"),
    ],
)
def test_a_reply_that_cannot_be_read_says_why(reply: str, unread: str, why: str) -> None:
    draft = read(reply, CBT, structured=True)
    assert draft.unread == unread
    assert why in (draft.problem or "")
    assert draft.parts is None


PIECES = st.sampled_from(
    [
        '{"validation": "', '", "thought": "', '"}', '"distortions": [', "]", ",", "}", "{",
        "\\u0000", "```", "\n", "**", "你辛苦了。", "【验证和共情】\n", "【接纳感受】",
        "提供策略或见解：", "<think>", "</think>", "\\n", "# ", "\ud83d", "\x00", "\ufeff",
        " ", "可以写下来。",
        "“我永远不行”是过度概括。",
    ]
)  # fmt: skip
ANY = st.text() | st.lists(PIECES, max_size=25).map("".join)


@given(content=ANY, prompt=st.sampled_from([CBT, ACT, DBT, PLAIN]), structured=st.booleans())
def test_no_reply_is_too_strange_and_its_parts_can_be_stored(
    content: str, prompt: Prompt, *, structured: bool
) -> None:
    draft = read(content, prompt, structured=structured)
    known = [part.id for part in prompt.parts]
    spans = [{key: span[key] for key in ("part", "start", "end")} for span in draft.parts or ()]
    assert checked_spans(draft.text, spans, known=known) == spans
    assert draft.text.encode().decode() == draft.text
    assert (draft.problem is None) == (draft.unread is None)
    assert draft.text or draft.unread == "empty"
    for text in told(draft).values():
        assert text == text.strip()
