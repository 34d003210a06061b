"""The gate lets good answers pass, and says of each bad one what is wrong with it."""

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.generating.gate.gate import Gate
from pipeline.generating.gate.problems import WORDS
from pipeline.generating.reading import Draft, read
from pipeline.prompts import library
from pipeline.prompts.prompt import Prompt
from tests.pipeline.generating.gate_quality import (
    HALVES,
    OF_DEMO,
    answers,
    by_code,
    demo,
    examples,
    looked_at,
)

CODES = tomllib.loads(WORDS.read_text("utf-8"))
LOOKED = [looked_at(example) for example in examples()]
ANSWER = "\n\n".join(answers("five-part")["demo-01"]["parts"].values())
PLAIN = replace(library.find(None, "plain-zh"), characters=None)


def test_every_labelled_answer_is_told_for_what_it_is() -> None:
    wrong = [(each.example, each.codes) for each in LOOKED if not each.right]
    assert wrong == []


def test_every_code_has_examples_enough() -> None:
    there = {code: count for code, (_, count) in by_code(LOOKED).items()}
    assert there.keys() == CODES.keys()
    assert min(there.values()) >= 8
    good = [each for each in LOOKED if each.example.code is None]
    assert len(good) >= 80
    assert {each.example.half for each in LOOKED} == set(HALVES)


@pytest.mark.parametrize(("kind", "form"), OF_DEMO)
def test_no_answer_that_people_wrote_raises_an_alarm(kind: str, form: str) -> None:
    found = demo(kind, form)
    assert len(found) == 51
    assert [each.example.base for each in found if each.codes] == []


def test_a_model_is_asked_in_the_prompts_language_and_told_what_to_mend() -> None:
    asked = {each.example.language: "".join(each.asks) for each in LOOKED if each.example.code}
    assert asked["zh"] != asked["en"]
    for each in LOOKED:
        for ask in each.asks:
            assert "{" not in ask
            assert any("一" <= character <= "鿿" for character in ask[:8]) == (
                each.example.language == "zh"
            )


def test_an_answer_like_an_earlier_one_names_the_question_and_the_share() -> None:
    gate = Gate(PLAIN)
    gate.remember(41, ANSWER)
    (problem,) = gate.problems(Draft(ANSWER), question_id=7)
    assert problem.code == "near_duplicate"
    assert problem.why == (
        "is hardly its own: 100 % of its text stands word for word in the answer to question 41"
    )
    assert gate.problems(Draft(ANSWER), question_id=41) == [], "another answer to that question"


def test_what_the_question_says_itself_is_no_problem_of_the_answer() -> None:
    gate = Gate(PLAIN)
    own = f"{ANSWER}你留的邮箱 lin@example.com 我看到了。"
    assert [each.code for each in gate.problems(Draft(own), question_id=1)] == ["personal_data"]
    question = "可以写信给我：lin@example.com"
    assert gate.problems(Draft(own), question_id=1, question=question) == []
    example = (PLAIN.example.description if PLAIN.example else "").splitlines()[0]
    echo = f"{ANSWER}你写道：“{example}”"
    assert [each.code for each in gate.problems(Draft(echo), question_id=1)] == ["example_echo"]
    assert gate.problems(Draft(echo), question_id=1, question=example) == []


def test_a_question_in_traditional_characters_may_be_answered_in_them() -> None:
    answer = "聽起來你很難過，這些話在心裡壓了很久。慢慢來，先從今晚開始，把擔心寫下來。"
    gate = Gate(PLAIN)
    codes = [each.code for each in gate.problems(Draft(answer), question_id=1)]
    assert codes == ["traditional"]
    question = "我總覺得對不起媽媽，睡不著覺，該怎麼辦？"
    assert gate.problems(Draft(answer), question_id=1, question=question) == []


def test_a_helpline_and_a_definition_are_no_echo_of_the_prompt() -> None:
    prompt = replace(library.find(None, "cbt-zh"), characters=None)
    lines = prompt.system.splitlines()
    helpline = next(line for line in lines if "12356" in line)
    definition = next(line for line in lines if line.startswith("- mind_reading"))
    for said in (helpline, definition.partition("：")[2]):
        draft = Draft(f"{ANSWER}{said}", marked_by="parser", parts=None)
        codes = [each.code for each in Gate(prompt).problems(draft, question_id=1)]
        assert "prompt_echo" not in codes


def test_a_reply_that_could_not_be_read_is_asked_for_again() -> None:
    prompt = library.find(None, "cbt-zh")
    (problem,) = Gate(prompt).problems(read("你好", prompt, structured=True), question_id=1)
    assert (problem.code, problem.why) == ("no_json", "is no JSON")
    assert "distortions" in problem.ask
    assert "validation, thought, challenge, strategy, encouragement" in problem.ask


PIECES = st.sampled_from(
    [
        *ANSWER.split("，")[:12], "，", "。", "\n\n", "“", "：", "# ", "验证和共情：", "thought: ",
        "a b c ", "慢慢来，", "\ud800", "の", "轉", "（全文共 500 字）", "{", "}",
        "I am here for you and with you. ",
    ]
)  # fmt: skip
TEXTS = st.text() | st.lists(PIECES, max_size=40).map("".join)
PROMPTS = [library.find(None, name) for name in ("cbt-zh", "cbt-en", "act-zh", "plain-en")]


@given(
    earlier=st.lists(TEXTS, max_size=2),
    content=TEXTS,
    prompt=st.sampled_from(PROMPTS),
    structured=st.booleans(),
)
def test_a_gate_never_raises(
    earlier: list[str], content: str, prompt: Prompt, *, structured: bool
) -> None:
    gate = Gate(prompt)
    for number, text in enumerate(earlier):
        gate.remember(number, text)
    for draft in (read(content, prompt, structured=structured), Draft(content)):
        found = gate.problems(draft, question_id=9, question=content)
        assert {each.code for each in found} <= CODES.keys()
        assert all(each.why and each.ask for each in found)
