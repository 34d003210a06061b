"""What every prompt that comes with the program must keep to, as a careful reader would."""

import re
from itertools import chain

import pytest

from pipeline.codebook.distortions import shipped
from pipeline.codebook.lexicon import named_in
from pipeline.danger.danger import in_danger
from pipeline.prompts.library import SHIPPED, from_file
from pipeline.prompts.prompt import Example, Prompt
from pipeline.scan import identifies_a_person, names_a_system

PROMPTS = {path.stem: from_file(path) for path in sorted(SHIPPED.glob("*.toml"))}
ANSWERING = [prompt for prompt in PROMPTS.values() if prompt.purpose == "answer"]
TRANSLATED = re.compile("作为一[名个]|进行了?一[个次]|被[^，。]{1,6}所|您|让我们一起")
CLOSED = re.compile(
    r"有没有|是不是|是否|会不会|吗？|(?:^|[.?:] )(?:is|are|was|did|do|have|could)\b", re.IGNORECASE
)
SOOTHED = re.compile("一定会好|想开点|别想太多|坚强一点|你要相信自己|everything will be|cheer up")


def answer(example: Example) -> str:
    return example.answer or "\n\n".join((example.parts or {}).values())


def name(prompt: Prompt) -> str:
    return prompt.name


def test_each_protocol_is_there_in_both_languages_under_its_name() -> None:
    assert set(PROMPTS) == {
        f"{protocol}-{language}"
        for protocol in ("cbt", "act", "dbt", "plain", "distortions")
        for language in ("zh", "en")
    }
    for file, prompt in PROMPTS.items():
        assert file == prompt.name == f"{prompt.protocol}-{prompt.language}"


def test_the_five_parts_have_the_papers_names() -> None:
    assert [part.name for part in PROMPTS["cbt-zh"].parts] == [
        "验证和共情",
        "识别关键思维或信念",
        "提出挑战或反思",
        "提供策略或见解",
        "鼓励与前瞻",
    ]


@pytest.mark.parametrize("prompt", ANSWERING, ids=name)
def test_an_example_is_as_long_as_its_prompt_asks(prompt: Prompt) -> None:
    assert prompt.example
    assert prompt.characters
    least, most = prompt.characters
    assert least <= len(answer(prompt.example)) <= most
    assert f"{least}" in prompt.system
    assert f"{most}" in prompt.system


@pytest.mark.parametrize("prompt", PROMPTS.values(), ids=name)
def test_an_example_names_no_system_no_person_and_is_by_people(prompt: Prompt) -> None:
    for example in prompt.examples:
        texts = [example.question, example.description, answer(example)]
        assert not [found for text in texts for found in names_a_system(text)]
        assert not [found for text in texts for found in identifies_a_person(text)]
        assert not in_danger(text=texts[0], description=texts[1], tags=())
        assert example.origin
        assert example.origin.by == "people"
        assert not SOOTHED.search(texts[2])
        if prompt.language == "zh":
            assert not TRANSLATED.search(texts[2])
            assert not re.search(r"[\"',;?!]", "".join(texts)), "full-width marks in Chinese"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_cbt_example_names_just_the_distortions_that_it_lists(language: str) -> None:
    example = PROMPTS[f"cbt-{language}"].example
    assert example
    assert example.parts
    listed = [named.id for named in example.distortions]
    assert [found.label for found in named_in(answer(example))] == listed
    for id_ in listed:
        assert shipped().label(id_).name[language].lower() in example.parts["thought"].lower()
    for named in example.distortions:
        quotes = re.findall("“([^”]+)”", named.reason)
        assert quotes
        assert all(quote in example.description for quote in quotes)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_cbt_challenge_asks_two_or_three_open_questions(language: str) -> None:
    example = PROMPTS[f"cbt-{language}"].example
    assert example
    assert example.parts
    challenge = example.parts["challenge"]
    assert 2 <= len(re.findall("[?？](?!”)", challenge)) <= 3
    assert not CLOSED.search(challenge)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_cbt_example_names_no_more_distortions_than_are_usual(language: str) -> None:
    example = PROMPTS[f"cbt-{language}"].example
    assert example
    assert len(example.distortions) == 1, "a model names as many as it is shown"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_answers_by_all_protocols_are_to_one_question(language: str) -> None:
    examples = [p.example for p in ANSWERING if p.language == language and p.example]
    assert len({(each.question, each.description) for each in examples}) == 1
    assert len(examples) == len({answer(each) for each in examples}) == 4


@pytest.mark.parametrize("prompt", ANSWERING, ids=name)
def test_the_instruction_for_danger_asks_directly_and_names_help(prompt: Prompt) -> None:
    said = prompt.when_in_danger or ""
    for number in ("12356", "120", "110"):
        assert number in said
    asks = {"zh": "不想活下去", "en": "thoughts of ending your life"}
    assert asks[prompt.language] in said
    if prompt.language == "en":
        assert "988" in said
        assert "116 123" in said
        assert "findahelpline.com" in said


@pytest.mark.parametrize("prompt", ANSWERING, ids=name)
def test_the_instruction_for_danger_knows_whose_danger_it_may_be(prompt: Prompt) -> None:
    said = prompt.when_in_danger or ""
    told = {
        "zh": ["对方担心的人", "不是对方的错", "怕自己会伤害别人", "听见声音", "拿不准"],
        "en": ["Someone they worry about", "not their fault", "afraid of hurting", "hear voices",
               "in doubt"],
    }  # fmt: skip
    assert all(each in said for each in told[prompt.language])


@pytest.mark.parametrize("prompt", PROMPTS.values(), ids=name)
def test_a_model_that_may_name_distortions_is_told_all_of_the_codebook(prompt: Prompt) -> None:
    for label in shipped().labels:
        told = label.name[prompt.language] in prompt.system
        assert told == (prompt.distortions is not None)
        if prompt.purpose == "detection":
            assert label.boundary[prompt.language] in prompt.system


def test_no_text_of_a_prompt_is_in_the_wrong_language() -> None:
    for prompt in PROMPTS.values():
        texts = chain([prompt.ask], (part.name + part.holds for part in prompt.parts))
        for text in texts:
            chinese = re.search("[\u4e00-\u9fff]", text) is not None
            assert chinese == (prompt.language == "zh")
