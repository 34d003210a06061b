import re
from dataclasses import replace
from pathlib import Path

import pytest

from db.errors import FileRejected
from pipeline.prompts.document import read
from pipeline.prompts.library import SHIPPED, from_file

OWN = '''
name = "warm-zh"
language = "zh"
purpose = "answer"
protocol = "act"
characters = [300, 700]
system = """
写一封回复，{least} 到 {most} 字，分成：
{parts}
"""
as_json = "写成 JSON，字段是 values 和 action，例如 {\\"values\\": \\"…\\"}。"
as_text = "标题是：\\n{headings}"
when_in_danger = "安全第一。"
ask = "{question}\\n\\n{description}"

[[parts]]
id = "values"
name = "在意什么"
holds = "说出对方在意的。"

[[parts]]
id = "action"
name = "做一件事"
holds = "一小步。"

[example]
question = "怎么办"
[example.parts]
values = "你在意她。"
action = "给她打电话。"
'''
FOUND = """
name = "d"
language = "en"
purpose = "detection"
protocol = "distortions"
distortions = ["mind_reading"]
system = "Find: {distortions}"
as_json = "JSON."
ask = "{question} {description}"
ask_about_answer = "{question} {answer}"

[[example]]
question = "They hate me"
presence = "yes"
[[example.distortions]]
id = "mind_reading"
quote = "They hate me"
reason = "Nobody said so."
"""


def test_a_file_is_a_prompt_whose_places_are_filled_by_itself() -> None:
    prompt = read(OWN, file="warm.toml")
    assert prompt.system == (
        "写一封回复，300 到 700 字，分成：\n1. 在意什么：说出对方在意的。\n2. 做一件事：一小步。"
    )
    assert prompt.as_text == "标题是：\n【在意什么】\n【做一件事】"
    assert [part.id for part in prompt.parts] == ["values", "action"]


def test_comments_blanks_and_the_order_of_keys_make_no_other_version() -> None:
    name, rest = 'name = "warm-zh"\n', OWN.replace('name = "warm-zh"\n', "", 1)
    other = rest.replace("ask =", f"# A remark.\n{name}ask =", 1).replace("分成：", "分成：  ")
    assert read(other, file="b").content_hash == read(OWN, file="a").content_hash
    changed = read(OWN.replace("安全第一。", "安全第一！"), file="c")
    assert changed.content_hash != read(OWN, file="a").content_hash


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_what_the_store_keeps_reads_as_the_same_prompt(path: Path) -> None:
    prompt = from_file(path)
    assert read(prompt.text, file="x") == prompt
    assert read(prompt.text, file="x").text == prompt.text


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{question}", "the question", "has no {question} in ask: its place must be there"),
        ("{description}", "more", "has no {description} in ask"),
        ("{question}", "{question} {mood}", "at ask: this has a place {mood} that nothing fills"),
        ("安全第一。", "安全第一，{parts_of}", "when_in_danger: this has a place {parts_of} that"),
        ('language = "zh"\n', "", "has no language: it is one of zh, en"),
        ('language = "zh"', 'language = "fr"', "language: this is one of zh, en, not fr"),
        ('language = "zh"', "language = 3", "language: this is a text in quotation marks"),
        ("characters = [300, 700]", "characters = [700, 300]", "characters: this is two whole"),
        ("characters = [300, 700]", 'characters = "long"', "characters: this is two whole numbers"),
        ("characters = [300, 700]\n", "", "{least} that nothing fills; it may use {parts}, "),
        ('when_in_danger = "安全第一。"', "", "has no when_in_danger: it says how to answer a"),
        ('as_text = "', 'as_texts = "', "has a key as_texts, which means nothing here"),
        ('id = "action"', 'id = "values"', "parts: this has each id and each name once"),
        ('id = "action"', 'id = "The Action"', "parts.id: this is a short English word"),
        ('holds = "一小步。"', "", "has no parts.holds: it tells the model what belongs"),
        ('holds = "一小步。"', 'holds = "{x}"', "parts.holds: this has no places to fill in"),
        ("[[parts]]", "[parts]", "is not TOML"),
        ('action = "给她', 'deed = "给她', "example.parts: this has the parts values, action"),
        ('protocol = "act"', 'protocol = "cbt"', "parts: this has the five parts of a CBT answer"),
        ('protocol = "act"', 'protocol = "plain"', "parts: this is left out where the protocol is"),
        ('protocol = "act"', 'protocol = "distortions"', "protocol: this is distortions for the"),
        ('name = "warm-zh"', 'name = "a@b"', "name: this has letters, digits, hyphens"),
        ("[example]\n", '[example]\nanswer = "x"\n', "example.answer: this is left out: the parts"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence_with_its_key(old: str, new: str, says: str) -> None:
    assert old in OWN
    with pytest.raises(FileRejected, match=re.escape(says)) as refused:
        read(OWN.replace(old, new, 1), file="my/warm.toml")
    assert refused.value.message.startswith("my/warm.toml ")
    assert refused.value.rows == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('["mind_reading"]', '["mindreading"]', "distortions: this has mindreading; the codebook"),
        ('quote = "They hate', 'quote = "They loathe', "quote: this is copied from the question"),
        ('presence = "yes"', 'presence = "no"', "presence: this is yes where distortions are"),
        ('id = "mind_reading"', 'id = "labeling"', "this has labeling; the prompt has mind_read"),
        ("{answer}", "the answer", "has no {answer} in ask_about_answer"),
        ('ask_about_answer = "{question} {answer}"', "", "has no ask_about_answer: it asks which"),
        (
            'as_json = "JSON."',
            'as_json = "J."\nas_text = "T."',
            "as_text: this is left out of such",
        ),
    ],
)
def test_a_bad_prompt_for_detection_is_refused_too(old: str, new: str, says: str) -> None:
    assert old in FOUND
    with pytest.raises(FileRejected, match=re.escape(says)):
        read(FOUND.replace(old, new, 1), file="d.toml")


def test_a_prompt_may_look_for_some_distortions_only() -> None:
    schema = read(FOUND, file="d.toml").schema() or {}
    each = schema["properties"]["distortions"]["items"]["properties"]
    assert each["id"]["enum"] == ["mind_reading"]


def test_an_example_with_any_text_is_kept_as_it_is() -> None:
    prompt = read(OWN, file="warm.toml")
    assert prompt.example
    odd = replace(prompt.example, question='{description} """ \\n \\', description="{parts}\n{}")
    changed = prompt.with_example(odd)
    assert read(changed.text, file="x") == changed
