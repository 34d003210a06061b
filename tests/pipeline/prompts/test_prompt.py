import json
from typing import Any

import pytest

from pipeline.codebook.distortions import shipped
from pipeline.parts import PARTS, parse
from pipeline.prompts.library import find

ANSWERING = ["cbt-zh", "cbt-en", "act-zh", "act-en", "dbt-zh", "dbt-en", "plain-zh", "plain-en"]
DETECTING = ["distortions-zh", "distortions-en"]


def contents(name: str, **how: Any) -> list[str]:
    given = {"question": "问题", "description": "描述", "structured": True, **how}
    return [message["content"] for message in find(None, name).messages(**given)]


@pytest.mark.parametrize("name", ANSWERING)
def test_a_model_is_told_shown_an_example_and_asked(name: str) -> None:
    messages = find(None, name).messages(question="问题", description="描述", structured=True)
    roles = [message["role"] for message in messages]
    assert roles == ["system", "user", "assistant", "user"]
    assert "问题" in messages[-1]["content"]
    assert "描述" in messages[-1]["content"]


@pytest.mark.parametrize("name", ANSWERING[:6])
def test_the_example_has_the_form_that_is_asked_for(name: str) -> None:
    prompt = find(None, name)
    schema = prompt.schema() or {}
    shown = json.loads(contents(name)[2])
    assert list(shown) == schema["required"] == list(schema["properties"])
    assert prompt.as_json
    assert all(f'"{field}"' in prompt.as_json for field in schema["required"])
    as_text = contents(name, structured=False)
    for part in prompt.parts:
        assert part.name in as_text[0]
        assert f"{part.name}】" in as_text[2] or f"{part.name}]" in as_text[2]


def test_a_cbt_answer_in_text_mode_is_read_by_the_parser() -> None:
    for name in ("cbt-zh", "cbt-en"):
        example = find(None, name).example
        answer = contents(name, structured=False)[2]
        spans = parse(answer)
        assert tuple(span["part"] for span in spans) == PARTS
        texts = [answer[span["start"] : span["end"]] for span in spans]
        assert example
        assert example.parts
        assert texts == list(example.parts.values())


def test_a_cbt_schema_is_strict_and_knows_the_codebook() -> None:
    schema = find(None, "cbt-zh").schema() or {}
    assert set(schema["required"]) == {*PARTS, "distortions"}
    each = schema["properties"]["distortions"]["items"]
    assert each["properties"]["id"]["enum"] == list(shipped().ids)
    for table in (schema, each):
        assert table["additionalProperties"] is False
        assert table["required"] == list(table["properties"])
    assert find(None, "plain-zh").schema() is None


def test_what_a_question_says_is_never_filled_in_again() -> None:
    said = 'a {description} {answer} {question} {"x": {}} {'
    asked = contents("cbt-zh", question=said, description="{question}")[-1]
    assert asked.count(said) == 1
    assert asked.endswith("{question}")


def test_a_question_without_description_has_no_empty_place() -> None:
    asked = contents("cbt-zh", description="")[-1]
    assert asked == "提问标题：问题"


@pytest.mark.parametrize("name", ANSWERING)
def test_a_person_in_danger_is_answered_without_an_example(name: str) -> None:
    prompt = find(None, name)
    system, *others = contents(name, danger=True)
    assert len(others) == 1
    assert prompt.when_in_danger
    assert system.endswith(prompt.when_in_danger)
    assert system.count("12356") >= 2, "the ordinary instruction knows of help too"
    assert "12356" in contents(name)[0]


@pytest.mark.parametrize("name", DETECTING)
def test_examples_of_detection_are_of_what_is_looked_at(name: str) -> None:
    prompt = find(None, name)
    of_question = contents(name)
    of_answer = contents(name, answer="别人的回复 {question}")
    assert "别人的回复 {question}" in of_answer[-1]
    found = [json.loads(text) for text in (*of_question[2:-1:2], *of_answer[2:-1:2])]
    assert [each["presence"] for each in found] == ["yes", "no", "yes", "no"]
    assert (prompt.schema() or {})["required"] == list(found[0])
    for quote in (each["quote"] for each in found[0]["distortions"]):
        assert quote in of_question[1]
    for quote in (each["quote"] for each in found[2]["distortions"]):
        assert quote in of_answer[1]


def test_a_prompt_with_another_example_is_another_version() -> None:
    prompt = find(None, "cbt-zh")
    bare = prompt.with_example(None)
    assert bare.example is None
    assert bare.version != prompt.version
    assert bare.with_example(prompt.example) == prompt
    roles = [m["role"] for m in bare.messages(question="a", description="b", structured=False)]
    assert roles == ["system", "user"]
