"""The rules of danger find what tells of it, leave the rest alone, and never take long."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.danger.danger import Found, found, in_danger, rules_version, tells_of_danger
from tests.pipeline.danger.quality import demo, every_part

EXAMPLES = [
    line.split("\t")
    for line in Path(__file__).with_name("examples.tsv").read_text("utf-8").splitlines()[1:]
]
HELD_OUT = next(part for part in every_part() if part.name == "held_out")
PIECES = (
    "死 想死 不想活 自己 伤害 打我 被 没有 不 以前 说 ， 。 殺 kill myself not I 药 跳 “ 的电影"
)
WORDS = st.sampled_from(PIECES.split())


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_a_sentence_tells_of_danger_or_not(kind: str, text: str) -> None:
    kinds = {each.kind for each in found(text)}
    assert kind in kinds if kind else not kinds


def test_questions_that_no_rule_was_written_for_are_told_apart() -> None:
    assert HELD_OUT.danger.right / HELD_OUT.danger.of >= 0.93
    assert HELD_OUT.safe.right / HELD_OUT.safe.of >= 0.93


def test_the_demos_questions_are_found_as_they_are_tagged() -> None:
    assert [each.id for each in demo() if each.found != bool(each.kinds)] == []


def test_what_is_found_stands_in_the_text_where_it_says() -> None:
    text = "累死了。可我真的不想活了，昨天又划了自己"
    assert found(text) == [Found("suicide", 8, 12), Found("self_harm", 16, 20)]
    assert [text[each.start : each.end] for each in found(text)] == ["不想活了", "划了自己"]


def test_a_persons_word_counts_more_than_the_rules() -> None:
    said = {"text": "真的不想活了", "description": None}
    assert in_danger(**said, tags=[])
    assert not in_danger(**said, tags=["sleep", "no_danger"])
    assert in_danger(text="睡不着", description="很久了", tags=["danger"])
    assert in_danger(text="睡不着", description="真的不想活了", tags=["sleep"])
    assert not in_danger(text="睡不着", description=None, tags=[])


def test_both_a_word_for_danger_and_one_against_it_are_danger() -> None:
    assert in_danger(text="睡不着", description=None, tags=["no_danger", "danger"])


def test_a_sign_does_not_reach_over_from_the_title_into_the_description() -> None:
    assert not tells_of_danger("昨天打", "我电话的人是谁")


@given(st.lists(WORDS, max_size=30).map("".join))
def test_any_text_is_read_and_every_find_lies_in_it(text: str) -> None:
    finds = found(text)
    assert all(0 <= each.start < each.end <= len(text) for each in finds)
    assert tells_of_danger(text, None) == bool(finds)


@pytest.mark.parametrize(
    "unit",
    [
        "不想死。",
        "没有想过自杀",
        "不" * 40 + "想死",
        "想死你了",
        "被",
        "i don't want to die ",
        "从楼上",
    ],
)
def test_no_text_takes_long(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    began = time.process_time()
    found(text)
    assert time.process_time() - began < 2


def test_the_version_is_one_of_the_rules_and_their_code() -> None:
    assert len(rules_version()) == 64
